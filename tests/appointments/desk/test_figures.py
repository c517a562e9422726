"""The figures' counts. It is Monday, November 23, 2026, 10 a.m. at the clinic."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from appointments import workflow
from appointments.choices import Attempt, DeclineReason, Status, VisitStatus
from appointments.desk.figures import WEEKS, Figures, Period, declined_by_article, figures
from appointments.models import ConsultationRequest
from appointments.policies import promises
from clinic_site.hooks import hooks
from tests.appointments.builders import LATER, NOW, VISIT, make_request, schedule
from tests.conftest import CLINIC_TIME

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
THIS_MONDAY = dt.date(2026, 11, 23)
AFTER_THE_PROMISE = NOW + dt.timedelta(days=3)


def contacted(after: dt.timedelta, now: dt.datetime = NOW) -> ConsultationRequest:
    """Make a request of which the patient was called `after` the moment it was sent."""
    request = make_request(now=now)
    workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", now + after)
    return request


def this_week(now: dt.datetime = AFTER_THE_PROMISE) -> Period:
    return figures(now).weeks[THIS_MONDAY]


class TestWeeks:
    def test_there_are_twelve_weeks_from_monday_the_current_one_last(self) -> None:
        mondays = list(figures(NOW).weeks)
        assert len(mondays) == WEEKS == 12
        assert {monday.weekday() for monday in mondays} == {0}
        assert mondays[-1] == THIS_MONDAY

    def test_weeks_turn_at_midnight_at_the_clinic(self) -> None:
        midnight = dt.datetime(2026, 11, 23, tzinfo=CLINIC_TIME)
        make_request(now=midnight)
        make_request(now=midnight - dt.timedelta(seconds=1))
        assert [week.requests for week in figures(NOW).weeks.values()][-2:] == [1, 1]

    def test_weeks_turn_at_midnight_across_the_end_of_summer_time(self) -> None:
        first = dt.datetime(2026, 9, 7, tzinfo=CLINIC_TIME)  # in summer time
        make_request(now=first)
        make_request(now=first - dt.timedelta(seconds=1))
        found = figures(NOW)
        assert found.weeks[first.date()].requests == found.total.requests == 1

    def test_spam_is_left_out(self) -> None:
        workflow.transition(contacted(HOUR), Status.SPAM, "dana", LATER)
        found = figures(NOW)
        assert found.total == Period(0, (), ())
        assert (found.outcomes, found.declined, found.hours) == ({}, {}, {})


class TestFirstContact:
    def test_the_first_attempt_counts(self) -> None:
        request = contacted(2 * HOUR)
        workflow.record_attempt(request, Attempt.REACHED, "dana", NOW + 5 * HOUR)
        assert this_week().waits == (2 * HOUR,)

    def test_ending_a_new_request_counts(self) -> None:
        schedule(make_request(), VISIT, "dana", NOW + 3 * HOUR)
        assert this_week().waits == (3 * HOUR,)

    def test_views_notes_and_assignments_do_not_count(self) -> None:
        request = make_request()
        workflow.assign(request, "kim", "dana", LATER)
        workflow.note(request, "Prefers Kim", "dana", LATER)
        assert this_week().waits == ()

    def test_actions_of_the_patient_do_not_count(self) -> None:
        workflow.transition(make_request(), Status.WITHDRAWN, "", LATER)
        assert this_week().waits == ()

    def test_undone_attempts_do_not_count(self) -> None:
        request = contacted(HOUR)
        workflow.undo(request, "dana", NOW + 2 * HOUR)
        assert this_week().waits == ()
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW + 4 * HOUR)
        assert this_week().waits == (4 * HOUR,)

    def test_it_counts_in_the_week_the_request_was_sent(self) -> None:
        contacted(after=dt.timedelta(days=4), now=NOW - dt.timedelta(days=3))
        assert [len(week.waits) for week in figures(NOW + dt.timedelta(days=2)).weeks.values()][-2:] == [1, 0]

    @pytest.mark.parametrize(
        ("hours", "median", "ninetieth"),
        [([4], 4, 4), ([1, 2], 1, 2), ([3, 1, 2], 2, 3), ([*range(1, 11)], 5, 9), ([*range(1, 21)], 10, 18)],
    )
    def test_median_and_90th_percentile(self, hours: list[int], median: int, ninetieth: int) -> None:
        span = Period(0, tuple(sorted(hour * HOUR for hour in hours)), ())
        assert (span.wait(50), span.wait(90)) == (median * HOUR, ninetieth * HOUR)

    def test_without_a_contact_there_is_no_percentile(self) -> None:
        assert Period(0, (), ()).wait(50) is None


class TestPromise:
    def test_contact_by_the_promised_moment_keeps_the_promise(self) -> None:
        request = make_request()
        contacted(request.reply_by - NOW)
        contacted(request.reply_by - NOW + dt.timedelta(seconds=1))
        week = this_week()
        assert sorted(week.promises) == [False, False, True]
        assert (week.on_time, week.on_time_percent) == (1, 33)

    def test_a_promise_is_open_until_its_moment(self) -> None:
        request = make_request()
        assert this_week(request.reply_by).promises == ()
        assert this_week(request.reply_by + dt.timedelta(seconds=1)).promises == (False,)

    def test_a_request_withdrawn_in_time_has_no_promise(self) -> None:
        workflow.transition(make_request(), Status.WITHDRAWN, "", LATER)
        week = this_week()
        assert (week.promises, week.on_time_percent) == ((), None)

    def test_a_request_withdrawn_too_late_breaks_the_promise(self) -> None:
        workflow.transition(make_request(), Status.WITHDRAWN, "", NOW + dt.timedelta(days=2))
        assert this_week().promises == (False,)


class TestOutcomesAndReasons:
    def test_outcomes_are_counted_by_status(self) -> None:
        for status in (Status.SCHEDULED, Status.SCHEDULED, Status.CLOSED, Status.NEW):
            make_request(status=status)
        assert figures(NOW).outcomes == {Status.SCHEDULED: 2, Status.CLOSED: 1, Status.NEW: 1}

    def test_decline_reasons_are_counted_by_article(self) -> None:
        for article, reason in [("walking", "no_room"), ("walking", "no_room"), ("", "other_state"), ("walking", None)]:
            request = make_request(article=article)
            workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason(reason) if reason else None)
        make_request(article="walking")
        assert figures(NOW).declined == {("walking", "no_room"): 2, ("", "other_state"): 1, ("walking", ""): 1}

    def test_hours_are_local_to_the_clinic(self) -> None:
        make_request(now=NOW)
        make_request(now=dt.datetime(2026, 11, 22, 3, 59, tzinfo=dt.UTC))  # Saturday, 10:59 p.m.
        assert figures(NOW).hours == {(0, 10): 1, (5, 22): 1}


def test_the_number_of_queries_is_constant(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    def counted() -> Figures:
        promises._counted.cache_clear()
        with django_assert_num_queries(3):  # requests, visits, promises
            return figures(AFTER_THE_PROMISE)

    contacted(HOUR)
    assert counted().total.requests == 1
    for _ in range(5):
        contacted(HOUR)
    assert counted().total.requests == 6


class TestVisits:
    def test_the_wait_counts_until_the_first_visit_that_took_place(self) -> None:
        ends = (VisitStatus.NO_SHOW, VisitStatus.FULFILLED, VisitStatus.ARRIVED)
        twice = make_request()
        for day, end in enumerate(ends, 1):
            make_visit(twice, end, NOW + day * DAY)
        make_visit(make_request(), VisitStatus.FULFILLED, NOW + 9 * DAY)
        found = figures(NOW + 30 * DAY).visits
        assert (found.waits, found.median) == ((2 * DAY, 9 * DAY), 2 * DAY)
        assert (found.came, found.missed, found.missed_percent) == (3, 1, 25)

    def test_visits_to_come_and_cancelled_ones_do_not_count(self) -> None:
        for end in (VisitStatus.BOOKED, VisitStatus.CANCELLED):
            make_visit(make_request(), end, NOW + DAY)
        found = figures(NOW + 30 * DAY).visits
        assert (found.waits, found.median, found.missed_percent) == ((), None, None)


def make_visit(request: ConsultationRequest, status: VisitStatus, at: dt.datetime) -> None:
    request.visits.create(status=status, office="port-alder", starts_at=at, changed_at=at)


def test_an_erased_request_counts_without_its_article() -> None:
    request = make_request(article="walking")
    workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason.NO_ROOM)
    workflow.erase(request, "retention", LATER)
    found = figures(NOW)
    assert (found.total.requests, found.declined) == (1, {("", "no_room"): 1})


class TestDeclinedByArticle:
    def test_editors_see_why_requests_from_an_article_were_declined(self) -> None:
        for article, reason in [("walking", "no_room"), ("walking", "no_room"), ("", "other_state"), ("walking", None)]:
            request = make_request(article=article)
            workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason(reason) if reason else None)
        make_request(article="walking")
        wanted = {"walking": {"No room at present": 2, "No reason given": 1}}
        assert declined_by_article(NOW) == hooks.declined_by_article(NOW) == wanted

    def test_it_covers_the_same_weeks_as_the_figures(self) -> None:
        first = dt.datetime(2026, 9, 7, tzinfo=CLINIC_TIME)
        for now in (first, first - dt.timedelta(seconds=1)):
            request = make_request(article="walking", now=now)
            workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason.NO_ROOM)
        assert declined_by_article(NOW) == {"walking": {"No room at present": 1}}
