"""Opening hours and reply times, on the clinic's own wall clock."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from clinic_site.clinic import Clinic, open_now, reply_by
from clinic_site.clinic_file import load_clinic
from clinic_site.phones import format_phone
from tests.conftest import CLINIC_TIME

CONTENT = Path(__file__).parent.parent / "content"


@pytest.fixture
def clinic() -> Clinic:
    """Port Alder: Monday to Thursday 8 to 5, Friday 8 to 4. Lake Wren: Monday and Tuesday 9 to 5 with a break."""
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
def test_open_now_knows_hours_weekends_and_closures(clinic: Clinic, now: str, is_open: bool, changes: str) -> None:
    opening = open_now(clinic, clinic.offices[0], at(now))
    assert (opening.is_open, opening.changes_at) == (is_open, at(changes))


def test_open_now_knows_the_lunch_break(clinic: Clinic) -> None:
    opening = open_now(clinic, clinic.offices[1], at("23 12:30"))
    assert (opening.is_open, opening.changes_at) == (False, at("23 13:00"))


def test_open_now_reads_any_time_zone(clinic: Clinic) -> None:
    assert open_now(clinic, clinic.offices[0], dt.datetime(2026, 11, 23, 13, 0, tzinfo=dt.UTC)).is_open


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
def test_the_promise_is_wall_clock_time_when_the_clocks_change(clinic: Clinic, now: str, due: str) -> None:
    asked, answered = (dt.datetime.fromisoformat(text).replace(tzinfo=CLINIC_TIME) for text in (now, due))
    assert reply_by(clinic, clinic.offices[0], asked.astimezone(dt.UTC)) == answered


def test_without_an_office_the_latest_promise_holds(clinic: Clinic) -> None:
    assert reply_by(clinic, None, at("25 12:00")) == at("30 17:00")


def test_a_longer_promise_counts_working_days(clinic: Clinic) -> None:
    slower = dataclasses.replace(clinic, reply_within=3)
    assert reply_by(slower, clinic.offices[0], at("23 10:00")) == at("27 16:00")


def test_for_an_office_closed_for_a_year_the_others_answer(clinic: Clinic) -> None:
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


def test_numbers_are_shown_as_people_write_them(clinic: Clinic) -> None:
    assert clinic.offices[0].phone_shown == "(727) 555-0142"
    assert format_phone("+442079460000") == "+44 20 7946 0000"
