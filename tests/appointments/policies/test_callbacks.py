import dataclasses
import datetime as dt

import pytest

from appointments.policies.callbacks import is_good_time, next_try
from clinic_site.clinic import Clinic, Span
from clinic_site.clinic_yaml import get_clinic


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """Return a moment of November 2026 at the clinic; the 23rd is a Monday, the 26th is Thanksgiving Day."""
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
def test_the_next_try_opens_in_office_hours_at_a_good_time(
    office: str | None, best_times: list[str], now: dt.datetime, wanted: dt.datetime
) -> None:
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
def test_the_next_try_ends_with_the_good_time_or_the_office_hours(
    office: str, best_times: list[str], now: dt.datetime, closes: dt.datetime
) -> None:
    clinic = get_clinic()
    assert next_try(clinic, clinic.office(office), best_times, now).closes == closes


def with_hours(clinic: Clinic, *spans: Span) -> Clinic:
    [office, *_] = clinic.offices
    return dataclasses.replace(clinic, offices=(dataclasses.replace(office, hours=(spans,) * 7),))


def test_calls_are_planned_between_8_am_and_9_pm() -> None:
    clinic = with_hours(get_clinic(), Span(dt.time(0), dt.time(23, 59)))
    assert next_try(clinic, None, [], at(23, 20)) == (at(24, 8), at(24, 21))
    assert next_try(clinic, None, [], at(23, 3)) == (at(23, 8), at(23, 21))


def test_office_hours_win_over_a_good_time_outside_them() -> None:
    clinic = with_hours(get_clinic(), Span(dt.time(14), dt.time(17)))
    assert next_try(clinic, None, ["morning"], at(23, 9)) == (at(23, 14), at(23, 17))


def test_without_open_offices_a_try_is_planned_all_the_same() -> None:
    assert next_try(with_hours(get_clinic()), None, [], at(23, 9)) == (at(23, 11), at(23, 13))


@pytest.mark.parametrize(
    ("best_times", "hour", "good"),
    [([], 9, False), (["morning"], 9, True), (["morning"], 11, False), (["morning", "midday"], 11, True)],
)
def test_a_time_is_good_if_the_patient_called_it_so(best_times: list[str], hour: int, good: bool) -> None:
    assert is_good_time(get_clinic(), best_times, at(24, hour)) == good
