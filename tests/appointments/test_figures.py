"""What the figures count. The clinic's day is November 23, 2026, a Monday, 10 a.m."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from appointments import workflow
from appointments.choices import Attempt, DeclineReason, Status
from appointments.figures import WEEKS, Figures, Span, declined_by_article, figures
from appointments.models import ConsultationRequest
from clinic_site import outcomes
from tests.appointments.builders import LATER, NOW, VISIT, make_request
from tests.conftest import CLINIC_TIME

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
THIS_MONDAY = dt.date(2026, 11, 23)
AFTER_THE_PROMISE = NOW + dt.timedelta(days=3)


def contacted(after: dt.timedelta, now: dt.datetime = NOW) -> ConsultationRequest:
    """A request for which somebody was called so long after it was sent."""
    request = make_request(now=now)
    workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", now + after)
    return request


def this_week(now: dt.datetime = AFTER_THE_PROMISE) -> Span:
    return figures(now).weeks[THIS_MONDAY]


class TestWeeks:
    def test_twelve_of_them_from_monday_to_monday_with_this_one_last(self) -> None:
        mondays = list(figures(NOW).weeks)
        assert len(mondays) == WEEKS == 12
        assert {monday.weekday() for monday in mondays} == {0}
        assert mondays[-1] == THIS_MONDAY

    def test_they_turn_at_midnight_on_the_clinics_clock(self) -> None:
        midnight = dt.datetime(2026, 11, 23, tzinfo=CLINIC_TIME)
        make_request(now=midnight)
        make_request(now=midnight - dt.timedelta(seconds=1))
        assert [week.requests for week in figures(NOW).weeks.values()][-2:] == [1, 1]

    def test_a_clock_that_was_put_back_moves_no_midnight(self) -> None:
        first = dt.datetime(2026, 9, 7, tzinfo=CLINIC_TIME)  # in summer time
        make_request(now=first)
        make_request(now=first - dt.timedelta(seconds=1))
        found = figures(NOW)
        assert found.weeks[first.date()].requests == found.total.requests == 1

    def test_spam_is_left_out_everywhere(self) -> None:
        workflow.transition(contacted(HOUR), Status.SPAM, "dana", LATER)
        found = figures(NOW)
        assert found.total == Span(0, (), ())
        assert (found.outcomes, found.declined, found.hours) == ({}, {}, {})


class TestFirstContact:
    def test_it_is_the_first_attempt(self) -> None:
        request = contacted(2 * HOUR)
        workflow.record_attempt(request, Attempt.REACHED, "dana", NOW + 5 * HOUR)
        assert this_week().waits == (2 * HOUR,)

    def test_or_the_desk_was_done_with_a_new_request(self) -> None:
        workflow.schedule(make_request(), VISIT, "dana", NOW + 3 * HOUR)
        assert this_week().waits == (3 * HOUR,)

    def test_looks_notes_and_hands_do_not_count(self) -> None:
        request = make_request()
        workflow.assign(request, "kim", "dana", LATER)
        workflow.note(request, "Prefers Kim", "dana", LATER)
        assert this_week().waits == ()

    def test_nor_does_what_the_patient_did(self) -> None:
        workflow.transition(make_request(), Status.WITHDRAWN, "", LATER)
        assert this_week().waits == ()

    def test_nor_what_was_undone(self) -> None:
        request = contacted(HOUR)
        workflow.undo(request, "dana", NOW + 2 * HOUR)
        assert this_week().waits == ()
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW + 4 * HOUR)
        assert this_week().waits == (4 * HOUR,)

    def test_it_belongs_to_the_week_in_which_the_request_was_sent(self) -> None:
        contacted(after=dt.timedelta(days=4), now=NOW - dt.timedelta(days=3))
        assert [len(week.waits) for week in figures(NOW + dt.timedelta(days=2)).weeks.values()][-2:] == [1, 0]

    @pytest.mark.parametrize(
        ("hours", "median", "ninetieth"),
        [([4], 4, 4), ([1, 2], 1, 2), ([3, 1, 2], 2, 3), ([*range(1, 11)], 5, 9), ([*range(1, 21)], 10, 18)],
    )
    def test_median_and_90th_percentile(self, hours: list[int], median: int, ninetieth: int) -> None:
        span = Span(0, tuple(sorted(each * HOUR for each in hours)), ())
        assert (span.wait(50), span.wait(90)) == (median * HOUR, ninetieth * HOUR)

    def test_without_any_contact_there_are_none(self) -> None:
        assert Span(0, (), ()).wait(50) is None


class TestPromise:
    def test_contact_at_the_promised_moment_keeps_it_and_later_breaks_it(self) -> None:
        request = make_request()
        contacted(request.reply_by - NOW)
        contacted(request.reply_by - NOW + dt.timedelta(seconds=1))
        week = this_week()
        assert sorted(week.promises) == [False, False, True]
        assert (week.kept, week.kept_percent) == (1, 33)

    def test_it_is_open_until_its_time_has_come(self) -> None:
        request = make_request()
        assert this_week(request.reply_by).promises == ()
        assert this_week(request.reply_by + dt.timedelta(seconds=1)).promises == (False,)

    def test_who_took_a_request_back_in_time_was_not_let_down(self) -> None:
        workflow.transition(make_request(), Status.WITHDRAWN, "", LATER)
        week = this_week()
        assert (week.promises, week.kept_percent) == ((), None)

    def test_who_took_it_back_because_nobody_called_was(self) -> None:
        workflow.transition(make_request(), Status.WITHDRAWN, "", NOW + dt.timedelta(days=2))
        assert this_week().promises == (False,)


class TestOutcomesAndReasons:
    def test_outcomes_are_counted_by_status(self) -> None:
        for status in (Status.SCHEDULED, Status.SCHEDULED, Status.CLOSED, Status.NEW):
            make_request(status=status)
        assert figures(NOW).outcomes == {Status.SCHEDULED: 2, Status.CLOSED: 1, Status.NEW: 1}

    def test_reasons_for_declining_are_counted_by_the_article_that_led_there(self) -> None:
        for article, reason in [("walking", "no_room"), ("walking", "no_room"), ("", "other_state"), ("walking", None)]:
            request = make_request(article=article)
            workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason(reason) if reason else None)
        make_request(article="walking")
        assert figures(NOW).declined == {("walking", "no_room"): 2, ("", "other_state"): 1, ("walking", ""): 1}

    def test_hours_are_those_of_the_clinics_day(self) -> None:
        make_request(now=NOW)
        make_request(now=dt.datetime(2026, 11, 22, 3, 59, tzinfo=dt.UTC))  # Saturday, 10:59 p.m.
        assert figures(NOW).hours == {(0, 10): 1, (5, 22): 1}


def test_many_requests_take_as_many_queries_as_one(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    def counted() -> Figures:
        with django_assert_num_queries(1):
            return figures(AFTER_THE_PROMISE)

    contacted(HOUR)
    assert counted().total.requests == 1
    for _ in range(5):
        contacted(HOUR)
    assert counted().total.requests == 6


def test_an_erased_request_still_counts_without_its_article() -> None:
    request = make_request(article="walking")
    workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason.NO_ROOM)
    workflow.erase(request, "retention", LATER)
    found = figures(NOW)
    assert (found.total.requests, found.declined) == (1, {("", "no_room"): 1})


class TestDeclinedByArticle:
    def test_the_editors_are_told_why_requests_from_an_article_were_declined(self) -> None:
        for article, reason in [("walking", "no_room"), ("walking", "no_room"), ("", "other_state"), ("walking", None)]:
            request = make_request(article=article)
            workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason(reason) if reason else None)
        make_request(article="walking")
        told = {"walking": {"No room at present": 2, "No reason given": 1}}
        assert declined_by_article(NOW) == outcomes.declined_by_article(NOW) == told

    def test_of_the_same_weeks_as_the_desks_figures(self) -> None:
        first = dt.datetime(2026, 9, 7, tzinfo=CLINIC_TIME)
        for now in (first, first - dt.timedelta(seconds=1)):
            request = make_request(article="walking", now=now)
            workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason.NO_ROOM)
        assert declined_by_article(NOW) == {"walking": {"No room at present": 1}}
