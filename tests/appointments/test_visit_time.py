import dataclasses
import datetime as dt

import pytest

from appointments.visit_time import obstacle, parse_date, parse_time, typed_date
from clinic_site.clinic import Clinic, Span
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import clock
from tests.appointments.builders import NOW

TUESDAY = dt.date(2026, 12, 1)


@pytest.mark.parametrize(
    "text",
    [
        "12/1/2026", "12/01/2026", "12/1/26", "12-1-2026", "2026-12-01", "December 1, 2026", "december 1 2026",
        "Dec 1, 2026", "Dec. 1, 2026", "  DEC  1 ,2026 ",
    ],
)  # fmt: skip
def test_a_date_is_parsed_in_any_spelling(text: str) -> None:
    assert parse_date(text) == TUESDAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "12/1",
        "Tuesday",
        "13/1/2026",
        "2/30/2026",
        "2/29/2027",
        "31.12.2026",
        "12/1/2026 3 p.m.",
        "0/1/2026",
    ],
)
def test_an_invalid_or_ambiguous_date_is_not_parsed(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("3 p.m.", (15, 0)), ("3pm", (15, 0)), ("3:30 PM", (15, 30)), ("03:30 p.m.", (15, 30)), ("15:30", (15, 30)),
        ("9 a.m.", (9, 0)), ("9:05am", (9, 5)), ("12 p.m.", (12, 0)), ("12 a.m.", (0, 0)), ("12:15 am", (0, 15)),
        ("noon", (12, 0)), ("12 noon", (12, 0)), ("3\u00a0p.m.", (15, 0)), ("23:59", (23, 59)),
    ],
)  # fmt: skip
def test_a_time_is_parsed_in_any_spelling(text: str, time: tuple[int, int]) -> None:
    assert parse_time(text) == dt.time(*time)


@pytest.mark.parametrize(
    "text",
    ["", "3", "3:30", "9:00", "12:30", "15", "13 p.m.", "0 a.m.", "24:00", "15:60", "3:5 pm", "afternoon", "three"],
)
def test_an_invalid_or_ambiguous_time_is_not_parsed(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize("day", [dt.date(2026, 12, 1), dt.date(2027, 7, 15)])
@pytest.mark.parametrize("time", [dt.time(8), dt.time(12), dt.time(16, 45)])
def test_the_displayed_visit_is_parsed_as_the_same_visit(day: dt.date, time: dt.time) -> None:
    at = get_clinic().moment(dt.datetime.combine(day, time))
    assert (parse_date(typed_date(at)), parse_time(clock(at))) == (day, time)


def obstacle_text(day: dt.date, time: tuple[int, int], office: str = "lake-wren", clinic: Clinic | None = None) -> str:
    """Return the part to correct and the sentence; "" if the visit is possible."""
    found = obstacle(clinic or get_clinic(), day, dt.time(*time), office, NOW)
    return f"{found.part}: {found.text}".replace("\u00a0", " ") if found else ""


class TestObstacles:
    """NOW is Monday, November 23, 10 a.m. Lake Wren opens on Monday, Tuesday and Thursday, not at noon."""

    @pytest.mark.parametrize("time", [(9, 0), (11, 59), (13, 0), (16, 59)])
    def test_no_obstacle_while_the_office_is_open(self, time: tuple[int, int]) -> None:
        assert obstacle_text(TUESDAY, time) == ""

    @pytest.mark.parametrize("time", [(8, 59), (12, 0), (12, 59), (17, 0), (3, 0)])
    def test_an_hour_at_which_the_office_is_closed(self, time: tuple[int, int]) -> None:
        assert obstacle_text(TUESDAY, time) == (
            "time: The Lake Wren office is open from 9 a.m. to noon and from 1 p.m. to 5 p.m. on December 1, 2026: "
            "enter a time in these hours"
        )

    def test_a_day_on_which_the_office_is_closed(self) -> None:
        assert obstacle_text(dt.date(2026, 12, 2), (10, 0)) == (
            "date: The Lake Wren office is closed on Wednesday, December 2, 2026: "
            "enter another day or choose another office"
        )
        assert obstacle_text(dt.date(2026, 12, 2), (10, 0), "port-alder") == ""

    def test_a_closure_is_reported_with_its_reason(self) -> None:
        assert "closed on Thursday, November 26, 2026 (Thanksgiving Day)" in obstacle_text(
            dt.date(2026, 11, 26), (10, 0)
        )

    @pytest.mark.parametrize(
        ("day", "time", "part"),
        [((2026, 11, 23), (9, 59), "time"), ((2026, 11, 23), (10, 0), "time"), ((2026, 11, 19), (15, 0), "date")],
    )
    def test_a_time_that_has_passed(self, day: tuple[int, int, int], time: tuple[int, int], part: str) -> None:
        message = obstacle_text(dt.date(*day), time)
        assert message.startswith(f"{part}: November {day[2]}, 2026, ")
        assert message.endswith("has passed: enter a time that is still to come")

    @pytest.mark.parametrize("year", [2028, 2062, 9999])
    def test_a_typo_in_the_year(self, year: int) -> None:
        assert obstacle_text(dt.date(year, 12, 1), (10, 0)) == (
            f"date: December 1, {year} is more than a year away: check the year"
        )

    def test_a_skipped_local_time(self) -> None:
        clinic = get_clinic()
        night = dataclasses.replace(clinic.offices[0], hours=((Span(dt.time(0), dt.time(6)),),) * 7)
        clinic = dataclasses.replace(clinic, offices=(night,))
        spring = dt.date(2027, 3, 14)
        assert obstacle_text(spring, (2, 30), "port-alder", clinic) == (
            "time: Clocks skip 2:30 a.m. on March 14, 2027: enter another time"
        )
        assert obstacle_text(spring, (3, 30), "port-alder", clinic) == ""

    def test_an_unknown_office(self) -> None:
        assert obstacle_text(TUESDAY, (10, 0), "gone") == "office: Choose the office of the visit"


@pytest.mark.parametrize(
    ("day", "utc"), [(dt.date(2026, 12, 1), 20), (dt.date(2027, 3, 12), 20), (dt.date(2027, 3, 15), 19)]
)
def test_a_local_time_stays_the_same_across_a_clock_change(day: dt.date, utc: int) -> None:
    at = get_clinic().moment(dt.datetime.combine(day, dt.time(15)))
    assert (at.hour, typed_date(at)) == (utc, f"{day.month}/{day.day}/{day.year}")
