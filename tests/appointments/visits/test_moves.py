"""Patients move their visit themselves, until so many hours before it."""

import datetime as dt
from dataclasses import replace

import pytest

from appointments.booking import book, changes_until, move, offer, submit_with_time
from appointments.choices import MailKind, Status, VisitStatus
from appointments.models import ConsultationRequest, Visit
from appointments.policies.refusals import ChangedMeanwhile, RefusedStep
from appointments.visits.free_times import quarter_of
from appointments.visits.holds import TimeTaken, find_slot
from clinic_site.clinic_yaml import get_clinic, pinned_clinic
from tests.appointments.builders import NOW, VISIT, make_answers, make_request, schedule
from tests.appointments.visits.slots import free_slots

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def the_visit(request: ConsultationRequest) -> Visit:
    return request.visits.open().get()


def test_a_booked_visit_stays_booked_and_keeps_its_calendar_entry() -> None:
    request, (first, second) = make_request(email="ana@example.com"), free_slots()[:2]
    before = book(request, first, "dana", NOW)
    move(request, second, NOW)
    visit = the_visit(request)
    assert (visit.pk, visit.uid, visit.sequence) == (before.pk, before.uid, 1)
    assert (visit.status, visit.starts_at, request.visit_at) == ("booked", second.starts_at, second.starts_at)
    assert first in free_slots()
    assert request.messages.filter(kind=MailKind.CHANGED).count() == 1


def test_a_picked_time_still_waits_for_the_answer() -> None:
    first, second = free_slots()[:2]
    request = submit_with_time(make_answers(), first, NOW)
    promised = request.due_at
    move(request, second, NOW)
    visit = the_visit(request)
    assert (visit.status, visit.starts_at) == (VisitStatus.PENDING, second.starts_at)
    assert (request.status, request.visit_at, request.due_at) == (Status.NEW, None, promised)
    assert first in free_slots()


def test_a_picked_time_is_booked_by_moving_it_once_its_kind_needs_no_answer() -> None:
    first, second = free_slots()[:2]
    request = submit_with_time(make_answers(), first, NOW)
    clinic = get_clinic()
    kinds = tuple(replace(kind, needs_answer=False) for kind in clinic.visit_kinds)
    offices = tuple(
        replace(office, calendars=tuple(replace(calendar, kinds=kinds) for calendar in office.calendars))
        for office in clinic.offices
    )
    with pinned_clinic(replace(clinic, visit_kinds=kinds, offices=offices)):
        move(request, second, NOW)
    assert (request.status, the_visit(request).starts_at) == (Status.SCHEDULED, second.starts_at)


def test_a_time_that_overlaps_the_own_one_is_free_for_its_holder_alone() -> None:
    slot = free_slots()[0]
    request = make_request()
    book(request, slot, "dana", NOW)
    overlapping = f"{slot.calendar}.{slot.kind}.{quarter_of(slot.starts_at) + 2}"
    assert find_slot(get_clinic(), overlapping, NOW) is None
    found = find_slot(get_clinic(), overlapping, NOW, holder=request)
    assert found is not None
    assert slot in free_slots(holder=request)
    move(request, found, NOW)
    assert the_visit(request).starts_at == slot.starts_at + dt.timedelta(minutes=30)


def test_offers_do_not_block_those_who_got_them() -> None:
    request, slots = make_request(), free_slots()[:3]
    offer(request, slots, "dana", NOW)
    assert set(slots) <= set(free_slots(holder=request))
    assert not set(slots) & set(free_slots())


def test_of_two_people_after_one_time_one_gets_it_and_the_other_keeps_theirs() -> None:
    wanted, own = free_slots()[:2]
    request, other = make_request(), make_request()
    book(request, own, "dana", NOW)
    book(other, wanted, "dana", NOW)
    with pytest.raises(TimeTaken):
        move(request, wanted, NOW)
    stored = ConsultationRequest.objects.get(pk=request.pk)
    assert (the_visit(stored).starts_at, stored.visit_at) == (own.starts_at, own.starts_at)
    assert own not in free_slots()


def test_a_move_from_an_old_page_changes_nothing() -> None:
    request, (first, second, third) = make_request(), free_slots()[:3]
    book(request, first, "dana", NOW)
    old = ConsultationRequest.objects.get(pk=request.pk)
    move(request, second, NOW)
    with pytest.raises(ChangedMeanwhile):
        move(old, third, NOW)
    assert the_visit(request).starts_at == second.starts_at
    assert third in free_slots()


@pytest.mark.parametrize(("kind", "hours"), [("call", 4), ("visit", 48)])
def test_moving_ends_at_the_second_of_the_cut_off(kind: str, hours: int) -> None:
    request, slots = make_request(), free_slots(kind)
    visit = book(request, slots[0], "dana", NOW)
    cut_off = slots[0].starts_at - dt.timedelta(hours=hours)
    assert changes_until(visit) == cut_off
    with pytest.raises(RefusedStep):
        move(request, slots[5], cut_off)
    move(request, slots[5], cut_off - SECOND)
    assert request.visit_at == slots[5].starts_at


def test_a_visit_of_a_date_alone_can_be_moved_until_a_day_before() -> None:
    request = make_request()
    schedule(request, VISIT, "dana", NOW)
    assert changes_until(the_visit(request)) == VISIT.at - dt.timedelta(days=1)


def test_without_a_visit_there_is_nothing_to_move() -> None:
    with pytest.raises(RefusedStep):
        move(make_request(), free_slots()[0], NOW)


def test_the_clocks_change_and_the_visit_is_at_the_right_time_of_day() -> None:
    """Clocks go back on November 1, 2026: 15:00 is 19:00 UTC before, and 20:00 UTC after."""
    now = dt.datetime(2026, 10, 26, 14, 0, tzinfo=dt.UTC)
    clinic = get_clinic()
    at_three = [slot for slot in free_slots("call", now) if clinic.local(slot.starts_at).hour == 15]
    days = {slot.starts_at.day: slot for slot in at_three if clinic.local(slot.starts_at).minute == 0}
    before, after = days[30], days[2]
    request = make_request(now=now)
    book(request, before, "dana", now)
    move(request, after, now)
    assert (before.starts_at.hour, after.starts_at.hour) == (19, 20)
    assert request.visit_at == dt.datetime(2026, 11, 2, 20, 0, tzinfo=dt.UTC)
