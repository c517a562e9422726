"""What the desk may book beyond what patients may choose, and what it may not."""

import datetime as dt

import pytest

from appointments.booking import book, offer
from appointments.visits.free_times import Slot, quarter_of
from appointments.visits.holds import find_slot
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, VISIT, make_request

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
JUNE = dt.datetime(2027, 6, 1, 19, 0, tzinfo=dt.UTC)


def found(at: dt.datetime, *, for_desk: bool, calendar: str = "alder-first", kind: str = "visit") -> Slot | None:
    return find_slot(get_clinic(), f"{calendar}.{kind}.{quarter_of(at)}", NOW, for_desk=for_desk)


@pytest.mark.parametrize("at", [NOW + HOUR, JUNE])
def test_lead_time_and_horizon_bind_patients_alone(at: dt.datetime) -> None:
    assert found(at, for_desk=True)
    assert found(at, for_desk=False) is None


def test_nobody_books_a_time_that_has_passed() -> None:
    assert found(NOW - HOUR, for_desk=True) is None


def test_a_day_with_as_many_visits_as_it_may_have_is_full_for_all_but_their_requests() -> None:
    requests = [make_request() for _ in range(4)]
    for number, request in enumerate(requests):
        slot = found(VISIT.at - 3 * HOUR + number * 5 * HOUR / 4, for_desk=True)
        assert slot
        book(request, slot, "dana", NOW)
    morning = VISIT.at - 6 * HOUR
    value = f"alder-first.visit.{quarter_of(morning)}"
    assert found(morning, for_desk=True) is None
    assert find_slot(get_clinic(), value, NOW, for_desk=True, holder=requests[0])


def test_a_time_that_the_request_holds_itself_is_free_for_it() -> None:
    request, other, slot = make_request(), make_request(), found(VISIT.at, for_desk=True)
    assert slot
    offer(request, [slot], "dana", NOW)
    assert find_slot(get_clinic(), slot.value, NOW, for_desk=True, holder=request) == slot
    assert find_slot(get_clinic(), slot.value, NOW, for_desk=True, holder=other) is None


@pytest.mark.parametrize(("calendar", "kind"), [("gone", "visit"), ("alder-first", "gone"), ("wren-room", "call")])
def test_a_calendar_without_that_kind_has_no_time(calendar: str, kind: str) -> None:
    assert found(VISIT.at, for_desk=True, calendar=calendar, kind=kind) is None


@pytest.mark.parametrize("value", ["", "alder-first", "alder-first.visit", "alder-first.visit.soon"])
def test_anything_else_than_a_slot_has_no_time(value: str) -> None:
    assert find_slot(get_clinic(), value, NOW, for_desk=True) is None
