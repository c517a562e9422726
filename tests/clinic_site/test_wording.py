"""How times and days read."""

import datetime as dt

import pytest

from clinic_site import wording
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
def test_clock_times_read_as_people_say_them(time: dt.time | dt.datetime, text: str) -> None:
    assert wording.clock(time).replace(wording.NO_BREAK, " ") == text


def test_a_moment_reads_on_the_clinics_wall_clock() -> None:
    assert wording.day_and_clock(MONDAY_MORNING.astimezone(dt.UTC)) == "Monday, November 23, 10\u00a0a.m."
    assert wording.dated(MONDAY_MORNING.astimezone(dt.UTC)) == "November 23, 2026, 10\u00a0a.m."
    assert wording.dated(dt.date(2027, 1, 3)) == "January 3, 2027"
