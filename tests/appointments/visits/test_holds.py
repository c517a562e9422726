"""No two visits share a time of a calendar."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from appointments.booking import book, cancel, offer, refuse_offers, submit_with_time, take_offer
from appointments.choices import Status
from appointments.models import ConsultationRequest, TakenTime
from appointments.models.visits import TakenTimeQuerySet
from appointments.visits.free_times import by_day
from appointments.visits.holds import TimeTaken, bookable_of, find_slot, taken_times
from clinic_site.clinic_yaml import get_clinic, pinned_clinic
from tests.appointments.builders import NOW, make_answers, make_request
from tests.appointments.visits.slots import free_slots

pytestmark = pytest.mark.django_db


def test_a_booked_time_and_its_buffer_are_no_longer_free() -> None:
    slot = free_slots()[0]
    book(make_request(), slot, "dana", NOW)
    bookable = bookable_of(get_clinic(), slot.calendar, slot.kind)
    assert bookable is not None
    assert slot not in free_slots()
    assert set(TakenTime.objects.filter(calendar=slot.calendar).values_list("quarter", flat=True)) == set(
        bookable.quarters(slot.starts_at)
    )


def test_a_time_that_is_taken_is_refused_and_changes_nothing() -> None:
    slot, other = free_slots()[0], make_request()
    book(make_request(), slot, "dana", NOW)
    with pytest.raises(TimeTaken):
        book(other, slot, "dana", NOW)
    stored = ConsultationRequest.objects.get(pk=other.pk)
    assert (stored.status, stored.version, stored.visits.count()) == (Status.NEW, 0, 0)


def test_a_cancelled_time_is_free_again() -> None:
    slot, request = free_slots()[0], make_request()
    book(request, slot, "dana", NOW)
    cancel(request, "dana", NOW)
    assert slot in free_slots()


def test_a_picked_time_is_stored_with_its_request_or_neither() -> None:
    slot = free_slots()[0]
    request = submit_with_time(make_answers(), slot, NOW)
    assert [visit.status for visit in request.visits.all()] == ["pending"]
    with pytest.raises(TimeTaken):
        submit_with_time(make_answers(), slot, NOW)
    assert ConsultationRequest.objects.count() == 1


def test_a_double_press_takes_one_time() -> None:
    answers, slot = make_answers(), free_slots()[0]
    first, second = (submit_with_time(answers, slot, NOW) for _ in range(2))
    assert first == second
    assert [visit.sequence for visit in first.visits.all()] == [0]


@pytest.mark.parametrize("kind", ["visit", "call"])
def test_who_goes_back_and_picks_another_time_gets_that_one(kind: str) -> None:
    answers, slots = make_answers(), free_slots(kind)[::4][:3]
    for slot in slots:
        request = submit_with_time(answers, slot, NOW)
    assert [visit.starts_at for visit in request.visits.all()] == [slots[2].starts_at]
    assert set(slots[:2]) <= set(free_slots(kind))


def test_a_second_press_does_not_move_what_the_desk_moved() -> None:
    answers, (first, second, third) = make_answers(), free_slots()[::4][:3]
    book(submit_with_time(answers, first, NOW), third, "dana", NOW)
    request = submit_with_time(answers, second, NOW)
    assert request.visits.get().starts_at == third.starts_at


def test_a_time_in_a_calendar_that_is_gone_is_refused() -> None:
    slot = free_slots()[0]._replace(calendar="gone")
    with pytest.raises(TimeTaken):
        book(make_request(), slot, "dana", NOW)


def test_a_second_press_changes_nothing_once_the_desk_acted() -> None:
    answers, (first, second) = make_answers(), free_slots()[::4][:2]
    cancel(submit_with_time(answers, first, NOW), "dana", NOW)
    request = submit_with_time(answers, second, NOW)
    assert not request.visits.open().exists()


def test_a_kind_that_needs_no_answer_is_booked_at_once() -> None:
    request = submit_with_time(make_answers(), free_slots("call")[0], NOW)
    assert request.status == Status.SCHEDULED
    assert [visit.status for visit in request.visits.all()] == ["booked"]


class TestOffers:
    def test_offered_times_are_held_until_one_is_taken(self) -> None:
        request, slots = make_request(), free_slots()[:3]
        offer(request, slots, "dana", NOW)
        assert not set(slots) & set(free_slots())
        take_offer(request, request.visits.offered(NOW)[1], NOW)
        free = free_slots()
        assert [slot in free for slot in slots] == [True, False, True]
        assert request.status == Status.SCHEDULED

    def test_an_offer_that_ran_out_gives_way_to_the_next_taker(self) -> None:
        request, slot = make_request(), free_slots()[5]
        offer(request, [slot], "dana", NOW)
        offered = request.visits.get()
        assert offered.held_until is not None
        later = offered.held_until
        assert find_slot(get_clinic(), slot.value, later) == slot
        book(make_request(), slot, "kim", later)
        with pytest.raises(TimeTaken):
            take_offer(request, offered, later)

    def test_an_offer_that_ran_out_can_be_taken_while_the_time_is_free(self) -> None:
        request, slot = make_request(), free_slots()[5]
        offer(request, [slot], "dana", NOW)
        offered = request.visits.get()
        assert offered.held_until is not None
        take_offer(request, offered, offered.held_until)
        assert request.visit_at == slot.starts_at

    def test_refused_offers_are_free_and_the_desk_has_to_act(self) -> None:
        request, slots = make_request(), free_slots()[:2]
        offer(request, slots, "dana", NOW)
        refuse_offers(request, NOW)
        assert set(slots) <= set(free_slots())
        assert request.status == Status.CONTACTING

    def test_an_offer_on_a_day_that_was_closed_since_cannot_be_taken(self) -> None:
        request, slot, clinic = make_request(), free_slots()[0], get_clinic()
        offer(request, [slot], "dana", NOW)
        closures = {clinic.today(slot.starts_at): "Painters"}
        closed = [dataclasses.replace(office, closures=closures) for office in clinic.offices]
        with pinned_clinic(dataclasses.replace(clinic, offices=tuple(closed))), pytest.raises(TimeTaken):
            take_offer(request, request.visits.get(), NOW)


class TestFindingASlot:
    def test_a_free_slot_is_found_by_its_word(self) -> None:
        for slot in free_slots()[:3]:
            assert find_slot(get_clinic(), slot.value, NOW) == slot

    @pytest.mark.parametrize(
        "value",
        [
            *("", "..", "alder-first", "alder-first.visit", "alder-first.visit.", "alder-first.visit.-1"),
            *("alder-first.visit.1e3", "alder-first.visit.²", "alder-first.visit.0"),
            *("alder-first.visit.99999999", "alder-first.visit.999999999"),
            *("gone.visit.1995000", "alder-first.gone.1995000", "wren-room.call.1995000", "\0.\0.1"),
        ],
    )
    def test_other_words_are_no_slots(self, value: str) -> None:
        assert find_slot(get_clinic(), value, NOW) is None

    def test_a_taken_slot_is_not_found(self) -> None:
        slot = free_slots()[0]
        book(make_request(), slot, "dana", NOW)
        assert find_slot(get_clinic(), slot.value, NOW) is None

    def test_a_full_day_is_not_found_and_refused(self) -> None:
        day = [slot for slot in free_slots() if slot.calendar == "alder-first"][:5]
        assert {slot.starts_at.date() for slot in day} == {day[0].starts_at.date()}
        for slot in day[:4]:
            book(make_request(), slot, "dana", NOW)
        assert find_slot(get_clinic(), day[4].value, NOW) is None
        with pytest.raises(TimeTaken):
            book(make_request(), day[4], "dana", NOW)

    def test_a_full_day_is_full_until_its_last_hour_also_when_clocks_are_set_back(self) -> None:
        """November 1 has 25 hours: its places are counted from a midnight that is longer ago than a day."""
        clinic = get_clinic()
        bookable = bookable_of(clinic, "alder-first", "visit")
        assert bookable is not None
        sunday, late = dt.date(2026, 11, 1), dt.datetime(2026, 11, 2, 4, 50, tzinfo=dt.UTC)
        visit = book(make_request(), free_slots()[0], "dana", NOW)
        TakenTime.objects.bulk_create(
            TakenTime(visit=visit, calendar=bookable.keys[1], quarter=quarter)
            for quarter in bookable.day_quarters(sunday)
        )
        assert clinic.today(late) == sunday
        assert taken_times([bookable], late)[bookable.keys[1]] >= set(bookable.day_quarters(sunday))  # type: ignore[operator]

    def test_times_of_several_calendars_come_in_order_with_one_query(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            slots = free_slots()
        assert {slot.calendar for slot in slots} == {"alder-first", "wren-room"}
        assert slots == sorted(slots, key=lambda slot: slot.starts_at)


class TestFasterTakers:
    """Another transaction takes the time between the look and the insert."""

    def test_the_unique_rows_decide_about_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        slot = free_slots()[0]
        book(make_request(), slot, "dana", NOW)
        monkeypatch.setattr(TakenTimeQuerySet, "exists", lambda _: False)
        with pytest.raises(TimeTaken):
            book(make_request(), slot, "dana", NOW)

    def test_the_next_place_of_the_day_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first, second = free_slots()[:2]
        book(make_request(), first, "dana", NOW)
        monkeypatch.setattr(TakenTimeQuerySet, "values_list", lambda *_, **__: [])
        visit = book(make_request(), second, "dana", NOW)
        monkeypatch.undo()
        assert visit.taken_times.filter(calendar="alder-first/visit").count() == 1


def test_a_taken_time_is_named() -> None:
    visit = book(make_request(), free_slots()[0], "dana", NOW)
    taken = visit.taken_times.order_by("calendar", "quarter")[0]
    assert str(taken) == f"alder-first, quarter {taken.quarter}"


def test_slots_are_grouped_by_the_day_at_the_clinic() -> None:
    slots = free_slots()
    days = by_day(get_clinic(), list(reversed(slots)))
    assert list(days) == sorted(days)
    assert [slot.starts_at for group in days.values() for slot in group] == [slot.starts_at for slot in slots]
