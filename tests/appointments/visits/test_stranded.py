"""Visits to come whose time no longer lies in open hours."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from appointments.booking import book, cancel, offer, record_outcome, submit_with_time
from appointments.choices import VisitStatus
from appointments.visits.stranded import name_stranded, stranded_visits
from clinic_site.clinic import Clinic, Office
from clinic_site.clinic_yaml import get_clinic
from clinic_site.hooks import StrandedVisit, hooks
from tests.appointments.builders import NOW, VISIT, VISIT_WORDS, make_answers, make_request, schedule
from tests.appointments.visits.slots import free_slots

pytestmark = pytest.mark.django_db
CLOSED = ((),) * 7


def with_office(change: Callable[[Office], Office]) -> Clinic:
    clinic = get_clinic()
    return replace(clinic, offices=(change(clinic.offices[0]), *clinic.offices[1:]))


CHANGES: dict[str, Callable[[Office], Office]] = {
    "closed that day": lambda office: replace(office, closures={dt.date(2026, 11, 25): "Painting"}),
    "other hours of the calendar": lambda office: replace(
        office, calendars=tuple(replace(calendar, hours=CLOSED) for calendar in office.calendars)
    ),
    "no such calendar": lambda office: replace(office, calendars=()),
    "no such office": lambda office: replace(office, slug="another"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_strands_booked_and_picked_visits(change: str) -> None:
    first, second = free_slots()[:2]
    booked = book(make_request(), first, "dana", NOW)
    picked = submit_with_time(make_answers(), second, NOW).visits.get()
    assert stranded_visits(get_clinic(), NOW) == []
    assert stranded_visits(with_office(CHANGES[change]), NOW) == [booked, picked]


def test_visits_with_a_date_alone_need_the_hours_of_the_office() -> None:
    request = make_request()
    schedule(request, VISIT, "dana", NOW)
    assert stranded_visits(get_clinic(), NOW) == []
    assert stranded_visits(with_office(lambda office: replace(office, calendars=())), NOW) == []
    closed = with_office(lambda office: replace(office, hours=CLOSED))
    assert stranded_visits(closed, NOW) == [request.visits.get()]


def test_a_visit_that_ends_after_closing_time_is_stranded() -> None:
    visit = book(make_request(), free_slots()[0], "dana", NOW)
    local = get_clinic().local(visit.starts_at)
    span = replace(get_clinic().offices[0].hours[0][0], closes=(local + dt.timedelta(minutes=45)).time())
    shorter = with_office(
        lambda office: replace(
            office, calendars=tuple(replace(calendar, hours=((span,),) * 7) for calendar in office.calendars)
        )
    )
    assert stranded_visits(shorter, NOW) == [visit]


def test_offers_and_visits_that_are_over_are_not_stranded() -> None:
    slots = free_slots()
    offer(make_request(), slots[:1], "dana", NOW)
    cancelled, over = make_request(), make_request()
    book(cancelled, slots[1], "dana", NOW)
    cancel(cancelled, "dana", NOW)
    visit = book(over, slots[2], "dana", NOW)
    record_outcome(over, visit, VisitStatus.NO_SHOW, "dana", visit.starts_at)
    assert stranded_visits(with_office(CHANGES["no such office"]), NOW) == []


def test_the_next_visit_comes_first() -> None:
    slots = free_slots()
    visits = [book(make_request(), slot, "dana", NOW) for slot in (slots[20], slots[2], slots[9])]
    found = stranded_visits(replace(get_clinic(), offices=get_clinic().offices[:0]), NOW)
    assert found == sorted(visits, key=lambda visit: visit.starts_at)


def test_those_who_change_the_hours_see_reference_time_and_office() -> None:
    request = make_request()
    schedule(request, VISIT, "dana", NOW)
    changed = with_office(CHANGES["no such office"])
    found = name_stranded(changed, NOW)
    address = f"/admin/appointments/consultationrequest/{request.pk}/change/"
    [visit] = found
    assert visit == StrandedVisit(request.reference, visit.when_and_where, address)
    assert visit.when_and_where.replace("\u00a0", " ") == VISIT_WORDS
    assert hooks.stranded_visits(changed, NOW) == found
