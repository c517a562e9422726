"""Times and days are worded for readers."""

import datetime as dt

import pytest

from clinic_site import dates
from tests.conftest import MONDAY_MORNING


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (dt.time(8), "8 a.m."),
        (dt.time(0), "12 a.m."),
        (dt.time(12), "noon"),
        (dt.time(12, 30), "12:30 p.m."),
        (dt.time(17, 5), "5:05 p.m."),
        (dt.datetime(2026, 11, 23, 13, tzinfo=dt.UTC), "8 a.m."),
    ],
)
def test_clock_times_are_worded_as_people_say_them(time: dt.time | dt.datetime, text: str) -> None:
    assert dates.clock(time).replace(dates.NO_BREAK, " ") == text


def test_a_moment_is_shown_in_the_clinics_local_time() -> None:
    assert dates.day_and_clock(MONDAY_MORNING.astimezone(dt.UTC)) == "Monday, November 23, 10\u00a0a.m."
    assert dates.dated(MONDAY_MORNING.astimezone(dt.UTC)) == "November 23, 2026, 10\u00a0a.m."
    assert dates.dated(dt.date(2027, 1, 3)) == "January 3, 2027"


@pytest.mark.parametrize(
    ("date", "words"),
    [
        (dt.date(2026, 11, 23), "Mon 5 p.m."),
        (dt.date(2026, 11, 29), "Sun 5 p.m."),
        (dt.date(2026, 11, 17), "Tue 5 p.m."),
        (dt.date(2026, 11, 30), "Nov 30"),
        (dt.date(2026, 11, 16), "Nov 16"),
        (dt.date(2027, 1, 4), "Jan 4, 2027"),
    ],
)
def test_a_list_has_short_dates(date: dt.date, words: str) -> None:
    moment = dt.datetime.combine(date, dt.time(17), tzinfo=MONDAY_MORNING.tzinfo)
    assert dates.short(moment, MONDAY_MORNING).replace(dates.NO_BREAK, " ") == words
