"""Reminders: one mail 3 days before a booked visit and one mail 1 day before, and no other."""

import datetime as dt

import pytest
import time_machine

from appointments import booking
from appointments.booking import cancel, occasion_of, offer, remind
from appointments.choices import MailKind, MailStatus, VisitStatus
from appointments.models import ConsultationRequest, OutboxMessage, Visit
from appointments.outbox import deliver_due
from appointments.reminders import days_before, write_reminders
from appointments.visit_time import VisitTime
from appointments.visits.free_times import dated_slot
from clinic_site.background import before_mail
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, VISIT, make_request, schedule
from tests.appointments.visits.slots import closed_on

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
THREE_DAYS_BEFORE, ONE_DAY_BEFORE = VISIT.at - 3 * DAY, VISIT.at - DAY
LATER = VisitTime(VISIT.at + 2 * DAY, "port-alder")


def booked(email: str = "ana@example.com", visit: VisitTime = VISIT, now: dt.datetime = NOW) -> ConsultationRequest:
    request = make_request(email=email)
    schedule(request, visit, "dana", now)
    return request


def reminders(request: ConsultationRequest) -> list[dt.datetime]:
    """Return when the reminders of the request were written."""
    found = request.messages.filter(kind=MailKind.REMINDER).order_by("created_at")
    return [message.created_at for message in found]


def run_every_hour(start: dt.datetime, end: dt.datetime) -> None:
    while start < end:
        write_reminders(start)
        start += HOUR


def test_there_is_one_three_days_before_and_one_the_day_before() -> None:
    request = booked()
    run_every_hour(VISIT.at - 4 * DAY, VISIT.at)
    assert reminders(request) == [THREE_DAYS_BEFORE, ONE_DAY_BEFORE]
    message = request.messages.filter(kind=MailKind.REMINDER)[0]
    assert message.subject == f"Your appointment: {request.reference}"
    assert message.body.startswith("A reminder: your appointment is on Tuesday, December 1, 2026, 3\u00a0p.m. EST.")
    assert message.calendar_file == ""


def test_nothing_is_written_before_that_moment_and_nothing_twice() -> None:
    request = booked()
    moments = (THREE_DAYS_BEFORE - MINUTE, THREE_DAYS_BEFORE, THREE_DAYS_BEFORE + MINUTE)
    assert [write_reminders(moment) for moment in moments] == [0, 1, 0]
    assert reminders(request) == [THREE_DAYS_BEFORE]


@pytest.mark.parametrize(
    ("booked_at", "expected"),
    [
        (THREE_DAYS_BEFORE, [THREE_DAYS_BEFORE, ONE_DAY_BEFORE]),
        (THREE_DAYS_BEFORE + MINUTE, [ONE_DAY_BEFORE]),
        (ONE_DAY_BEFORE + MINUTE, []),
    ],
)
def test_a_visit_booked_after_that_moment_has_no_reminder(booked_at: dt.datetime, expected: list[dt.datetime]) -> None:
    request = booked(now=booked_at)
    run_every_hour(THREE_DAYS_BEFORE, VISIT.at)
    assert reminders(request) == expected


def test_after_a_long_pause_only_the_last_reminder_is_written() -> None:
    request = booked()
    run_every_hour(ONE_DAY_BEFORE + MINUTE, VISIT.at)
    assert reminders(request) == [ONE_DAY_BEFORE + MINUTE]


def test_nobody_is_reminded_without_an_address_or_a_booked_visit() -> None:
    slot = dated_slot(VISIT.office, VISIT.at)
    booked(email="")
    offer(make_request(email="kim@example.com"), [slot], "dana", NOW)
    assert write_reminders(THREE_DAYS_BEFORE) == 0


class TestHours:
    @pytest.mark.parametrize(("hour", "written"), [(2, 0), (7, 0), (8, 1), (19, 1), (20, 0)])
    def test_a_worker_that_comes_back_at_night_waits_for_the_morning(self, hour: int, written: int) -> None:
        booked()
        night = get_clinic().midnight(dt.date(2026, 11, 29)) + hour * HOUR
        assert write_reminders(night) == written

    @pytest.mark.parametrize(
        ("start", "due"),
        [
            (dt.time(6, 30), dt.time(8)),
            (dt.time(8), dt.time(8)),
            (dt.time(14, 20), dt.time(14, 20)),
            (dt.time(21), dt.time(19)),
        ],
    )
    def test_early_and_late_visits_are_reminded_of_by_day(self, start: dt.time, due: dt.time) -> None:
        clinic, day = get_clinic(), dt.date(2026, 12, 1)
        visit = Visit(starts_at=clinic.moment(dt.datetime.combine(day, start)), changed_at=NOW)
        moment = clinic.moment(dt.datetime.combine(day - DAY, due))
        assert [days_before(clinic, visit, now) for now in (moment - MINUTE, moment)] == [3, 1]

    def test_the_wall_clock_counts_when_the_clocks_change(self) -> None:
        # clocks change on the 14th
        clinic = get_clinic()
        start, due = (clinic.midnight(dt.date(2027, 3, day)) + 10 * HOUR for day in (15, 12))
        visit = Visit(starts_at=start, changed_at=NOW)
        assert [days_before(clinic, visit, now) for now in (due - MINUTE, due)] == [None, 3]


class TestChangedVisits:
    def test_a_cancelled_visit_withdraws_the_reminder_that_has_not_left(self) -> None:
        request = booked()
        write_reminders(THREE_DAYS_BEFORE)
        cancel(request, "dana", THREE_DAYS_BEFORE)
        run_every_hour(THREE_DAYS_BEFORE, VISIT.at)
        assert reminders(request) == []

    def test_a_reminder_that_left_stays_in_the_outbox(self) -> None:
        request = booked()
        write_reminders(THREE_DAYS_BEFORE)
        deliver_due(clock=lambda: THREE_DAYS_BEFORE)
        cancel(request, "dana", THREE_DAYS_BEFORE)
        assert reminders(request) == [THREE_DAYS_BEFORE]

    def test_a_moved_visit_has_the_reminders_of_its_new_time(self) -> None:
        request = booked()
        write_reminders(THREE_DAYS_BEFORE)
        schedule(request, LATER, "dana", THREE_DAYS_BEFORE)
        run_every_hour(THREE_DAYS_BEFORE, LATER.at)
        assert reminders(request) == [LATER.at - 3 * DAY, LATER.at - DAY]

    def test_a_reminder_of_one_time_does_not_stand_for_that_of_another(self) -> None:
        # two days later, 1 day before the old time is 3 days before the new one
        occasions = {occasion_of(at, days) for at in (VISIT.at, VISIT.at + 2 * DAY) for days in (3, 1)}
        assert len(occasions) == 4

    def test_a_visit_that_changed_since_it_was_read_is_not_reminded_of(self) -> None:
        request = booked()
        read = request.visits.get()
        cancel(request, "dana", NOW)
        assert remind(read, 3, THREE_DAYS_BEFORE) is False
        assert reminders(request) == []

    def test_a_reminder_that_could_not_leave_before_the_visit_is_dropped(self) -> None:
        request = booked()
        write_reminders(ONE_DAY_BEFORE)
        OutboxMessage.objects.filter(kind=MailKind.REMINDER).update(status=MailStatus.FAILED)
        write_reminders(VISIT.at - MINUTE)
        assert reminders(request) == [ONE_DAY_BEFORE]
        write_reminders(VISIT.at)
        assert reminders(request) == []


def test_of_two_workers_one_writes_the_reminder(monkeypatch: pytest.MonkeyPatch) -> None:
    request = booked()

    def late(visit: Visit, days: int, now: dt.datetime) -> bool:
        """Try after another worker has written it."""
        assert remind(visit, days, now)
        return remind(visit, days, now)

    monkeypatch.setattr(booking, "remind", late)
    assert write_reminders(THREE_DAYS_BEFORE) == 0
    assert reminders(request) == [THREE_DAYS_BEFORE]


def test_a_round_of_the_mail_worker_writes_the_reminders_first() -> None:
    request = booked()
    with time_machine.travel(THREE_DAYS_BEFORE, tick=False):
        before_mail(THREE_DAYS_BEFORE)
    assert reminders(request) == [THREE_DAYS_BEFORE]
    assert request.visits.get().status == VisitStatus.BOOKED


def test_a_visit_on_a_day_that_is_closed_now_gets_none_until_the_office_is_open_again() -> None:
    request = booked()
    with closed_on(dt.date(2026, 12, 1)):
        assert write_reminders(THREE_DAYS_BEFORE) == 0
    assert write_reminders(THREE_DAYS_BEFORE + MINUTE) == 1
    assert len(reminders(request)) == 1
