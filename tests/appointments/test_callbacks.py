import dataclasses
import datetime as dt

import pytest

from appointments.callbacks import next_try
from clinic_site.clinic import Clinic, Span
from clinic_site.clinic_file import get_clinic


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of November 2026 on the clinic's clock; the 23rd is a Monday, the 26th is Thanksgiving Day."""
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=get_clinic().time_zone)


@pytest.mark.parametrize(
    ("office", "best_times", "now", "wanted"),
    [
        ("port-alder", [], at(23, 10), at(23, 12)),  # two hours later
        ("port-alder", [], at(23, 16), at(24, 8)),  # the office closes at 5
        ("port-alder", ["morning"], at(23, 10), at(24, 8)),
        ("port-alder", ["midday"], at(23, 8), at(23, 11)),
        ("port-alder", ["midday", "afternoon"], at(23, 13, 30), at(23, 15, 30)),
        ("lake-wren", [], at(23, 10, 30), at(23, 13)),  # closed for lunch
        ("lake-wren", ["afternoon"], at(24, 15, 30), at(30, 14)),  # closed on Wednesday, Thanksgiving Day and Friday
        (None, ["afternoon"], at(24, 15, 30), at(25, 14)),  # the other office is open on Wednesday
    ],
)
def test_when_to_try_again(office: str | None, best_times: list[str], now: dt.datetime, wanted: dt.datetime) -> None:
    clinic = get_clinic()
    assert next_try(clinic, clinic.office(office or ""), best_times, now).opens == wanted


@pytest.mark.parametrize(
    ("office", "best_times", "now", "closes"),
    [
        ("port-alder", [], at(23, 10), at(23, 17)),
        ("port-alder", ["morning"], at(23, 10), at(24, 11)),
        ("lake-wren", ["midday"], at(23, 8), at(23, 12)),  # the office closes for lunch
    ],
)
def test_until_when_to_try(office: str, best_times: list[str], now: dt.datetime, closes: dt.datetime) -> None:
    clinic = get_clinic()
    assert next_try(clinic, clinic.office(office), best_times, now).closes == closes


def with_hours(clinic: Clinic, *spans: Span) -> Clinic:
    [office, *_] = clinic.offices
    return dataclasses.replace(clinic, offices=(dataclasses.replace(office, hours=(spans,) * 7),))


def test_nobody_is_called_before_eight_or_after_nine_at_night() -> None:
    clinic = with_hours(get_clinic(), Span(dt.time(0), dt.time(23, 59)))
    assert next_try(clinic, None, [], at(23, 20)) == (at(24, 8), at(24, 21))
    assert next_try(clinic, None, [], at(23, 3)) == (at(23, 8), at(23, 21))


def test_a_good_time_at_which_the_office_is_never_open_gives_way_to_its_hours() -> None:
    clinic = with_hours(get_clinic(), Span(dt.time(14), dt.time(17)))
    assert next_try(clinic, None, ["morning"], at(23, 9)) == (at(23, 14), at(23, 17))


def test_where_no_office_opens_it_is_better_to_try_than_to_forget() -> None:
    assert next_try(with_hours(get_clinic()), None, [], at(23, 9)) == (at(23, 11), at(23, 13))
