"""Opening hours and reply times, in the clinic's local time."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from clinic_site.clinic import FIRST_MOMENT, Clinic, after_working_time, next_open, open_now, open_time_ago, reply_by
from clinic_site.clinic_yaml import load_clinic
from clinic_site.text.phones import format_phone
from tests.conftest import CLINIC_TIME

CONTENT = Path(__file__).parent.parent / "content"


@pytest.fixture
def clinic() -> Clinic:
    """Return the clinic. Port Alder: Mon to Thu 8 to 5, Fri 8 to 4. Lake Wren: Mon and Tue 9 to 5 with a break."""
    return load_clinic(CONTENT)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=CLINIC_TIME)


@pytest.mark.parametrize(
    ("now", "is_open", "changes"),
    [
        ("23 08:00", True, "23 17:00"),
        ("23 16:59", True, "23 17:00"),
        ("23 17:00", False, "24 08:00"),
        ("23 07:59", False, "23 08:00"),
        ("21 12:00", False, "23 08:00"),
        ("25 18:00", False, "27 08:00"),  # Thursday the 26th is Thanksgiving
    ],
)
def test_open_now_respects_hours_weekends_and_closures(clinic: Clinic, now: str, is_open: bool, changes: str) -> None:
    opening = open_now(clinic, clinic.offices[0], at(now))
    assert (opening.is_open, opening.changes_at) == (is_open, at(changes))


def test_open_now_respects_the_lunch_break(clinic: Clinic) -> None:
    opening = open_now(clinic, clinic.offices[1], at("23 12:30"))
    assert (opening.is_open, opening.changes_at) == (False, at("23 13:00"))


def test_open_now_accepts_any_time_zone(clinic: Clinic) -> None:
    assert open_now(clinic, clinic.offices[0], dt.datetime(2026, 11, 23, 13, 0, tzinfo=dt.UTC)).is_open


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("23 10:00", "23 10:00"),
        ("23 12:30", "23 12:30"),  # one office has its break, the other is open
        ("23 18:00", "24 08:00"),
        ("21 12:00", "23 08:00"),
    ],
)
def test_the_next_open_moment_of_any_office(clinic: Clinic, now: str, opens: str) -> None:
    assert next_open(clinic, at(now)) == at(opens)


def test_a_clinic_closed_for_good_has_no_open_time(clinic: Clinic) -> None:
    closed = dataclasses.replace(clinic, offices=())
    assert next_open(closed, at("23 10:00")) is None
    assert open_time_ago(closed, dt.timedelta(minutes=30), at("23 10:00")) == FIRST_MOMENT


@pytest.mark.parametrize(
    ("hours", "now", "since"),
    [
        (0.5, "23 10:00", "23 09:30"),
        (0.5, "23 08:30", "23 08:00"),
        (1, "23 08:30", "20 15:30"),  # half an hour on Monday, the other half on Friday, which closes at 4
        (0.5, "23 20:00", "23 16:30"),
        (0.5, "22 12:00", "20 15:30"),
        (9, "23 17:00", "23 08:00"),  # the hours of two offices at once count once
        (10, "24 17:00", "23 16:00"),
    ],
)
def test_open_time_counts_only_while_an_office_is_open(clinic: Clinic, hours: float, now: str, since: str) -> None:
    assert open_time_ago(clinic, dt.timedelta(hours=hours), at(now)) == at(since)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("23 10:00", "24 17:00"),  # a day that has begun does not count
        ("23 07:00", "23 17:00"),  # before opening: still the night before
        ("20 15:59", "23 17:00"),  # Friday afternoon: Monday
        ("20 16:30", "23 17:00"),
        ("21 12:00", "23 17:00"),  # Saturday: Monday
        ("25 12:00", "27 16:00"),  # over Thanksgiving, to Friday's early closing
    ],
)
def test_reply_by_is_the_end_of_the_next_working_day(clinic: Clinic, now: str, due: str) -> None:
    assert reply_by(clinic, clinic.offices[0], at(now)) == at(due)


@pytest.mark.parametrize(
    ("now", "due"), [("2026-10-30 17:00", "2026-11-02 17:00"), ("2026-03-06 17:00", "2026-03-09 17:00")]
)
def test_reply_by_is_local_time_across_a_clock_change(clinic: Clinic, now: str, due: str) -> None:
    sent, due_at = (dt.datetime.fromisoformat(text).replace(tzinfo=CLINIC_TIME) for text in (now, due))
    assert reply_by(clinic, clinic.offices[0], sent.astimezone(dt.UTC)) == due_at


def test_without_an_office_the_latest_reply_time_applies(clinic: Clinic) -> None:
    assert reply_by(clinic, None, at("25 12:00")) == at("30 17:00")


def test_a_longer_reply_time_counts_working_days(clinic: Clinic) -> None:
    slower = dataclasses.replace(clinic, reply_within=3)
    assert reply_by(slower, clinic.offices[0], at("23 10:00")) == at("27 16:00")


def test_an_office_closed_for_a_year_uses_the_reply_time_of_the_others(clinic: Clinic) -> None:
    days = {dt.date(2026, 11, 1) + dt.timedelta(days=n): "Closed" for n in range(500)}
    closed = dataclasses.replace(clinic.offices[0], closures=days)
    alone = dataclasses.replace(clinic, offices=(closed,))
    assert open_now(clinic, closed, at("23 10:00")).changes_at is None
    assert reply_by(clinic, closed, at("23 10:00")) == reply_by(clinic, None, at("23 10:00"))
    with pytest.raises(ValueError, match="empty"):
        reply_by(alone, closed, at("23 10:00"))


def test_an_office_is_found_by_its_slug(clinic: Clinic) -> None:
    assert clinic.office("lake-wren") is clinic.offices[1]
    assert clinic.office("nowhere") is None


def test_phone_numbers_are_formatted(clinic: Clinic) -> None:
    assert clinic.offices[0].phone_shown == "(727) 555-0142"
    assert format_phone("+442079460000") == "+44 20 7946 0000"


@pytest.mark.parametrize(
    ("now", "hours", "end"),
    [
        ("23 10:00", 2, "23 12:00"),
        ("23 15:00", 2, "23 17:00"),
        ("23 16:00", 2, "24 09:00"),
        ("23 06:00", 2, "23 10:00"),
        ("25 16:30", 2, "27 09:30"),  # the 26th is closed
        ("27 15:00", 2, "30 09:00"),  # Friday until 4 p.m.
        ("23 16:00", 20, "27 09:00"),
    ],
)
def test_working_time_is_counted_in_open_hours(clinic: Clinic, now: str, hours: int, end: str) -> None:
    found = after_working_time(clinic, clinic.offices[0], at(now), dt.timedelta(hours=hours))
    assert found == at(end)


def test_working_time_skips_the_lunch_break(clinic: Clinic) -> None:
    found = after_working_time(clinic, clinic.offices[1], at("23 11:30"), dt.timedelta(hours=2))
    assert found == at("23 14:30")


def test_working_time_at_an_office_closed_for_a_year_runs_at_once(clinic: Clinic) -> None:
    office = dataclasses.replace(clinic.offices[0], hours=((),) * 7)
    found = after_working_time(clinic, office, at("23 10:00"), dt.timedelta(hours=2))
    assert found == at("23 12:00")
