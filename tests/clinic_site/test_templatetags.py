"""How times, days and numbers read on a page."""

import datetime as dt

import pytest
import time_machine

from clinic_site.clinic_file import get_clinic
from clinic_site.templatetags import clinic as tags
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
    assert tags.clock(time).replace(tags.NO_BREAK, " ") == text


def test_a_moment_reads_on_the_clinics_wall_clock() -> None:
    assert tags.day_and_clock(MONDAY_MORNING.astimezone(dt.UTC)) == "Monday, November 23, 10\u00a0a.m."


def test_a_number_reads_as_people_write_it() -> None:
    assert tags.phone("+17275550142") == "(727) 555-0142"


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_an_office_lists_its_week_its_closures_to_come_and_its_access() -> None:
    clinic = get_clinic()
    office = clinic.offices[0]
    assert [day for day, spans in tags.week(office) if not spans] == ["Saturday", "Sunday"]
    assert tags.coming_closures(office, clinic)[0] == (dt.date(2026, 11, 26), "Thanksgiving Day")
    assert "Step-free access" in tags.access_names(office)
    assert tags.opening(clinic, office).is_open
