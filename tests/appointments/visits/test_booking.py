"""What booking.py writes: the visit, the state of its request, the audit event and the mail, or nothing."""

import datetime as dt
from collections.abc import Callable

import pytest

from appointments import booking
from appointments.booking import (
    book,
    cancel,
    offer,
    offer_earlier,
    record_outcome,
    refuse_offers,
    submit_with_time,
    take_offer,
    want_earlier,
)
from appointments.choices import Action, Attempt, CancelReason, MailKind, Status, VisitStatus
from appointments.models import ConsultationRequest, OutboxMessage, TakenTime, Visit
from appointments.policies.refusals import ChangedMeanwhile, IllegalTransition, RefusedStep
from appointments.visits.free_times import Slot, dated_slot
from appointments.visits.holds import TimeTaken
from appointments.workflow import erase, join, last_step, record_attempt, transition, undo
from tests.appointments.builders import LATER, NOW, VISIT, make_answers, make_request, schedule
from tests.appointments.visits.slots import free_slots

pytestmark = pytest.mark.django_db
MAIL = "ana@example.com"
SHORT = dt.timedelta(minutes=1)


def booked(slot: Slot | None = None) -> tuple[ConsultationRequest, Visit]:
    request = make_request(email=MAIL)
    return request, book(request, slot or free_slots()[0], "dana", NOW)


def offered(*slots: Slot, now: dt.datetime = NOW) -> ConsultationRequest:
    request = make_request(email=MAIL)
    offer(request, slots or free_slots()[:3], "dana", now)
    return request


def states(request: ConsultationRequest) -> list[str]:
    return list(request.visits.order_by("pk").values_list("status", flat=True))


def last_mail(request: ConsultationRequest) -> str:
    return str(request.messages.order_by("occasion").last().kind)  # type: ignore[union-attr]


def last_action(request: ConsultationRequest) -> str:
    return request.audit_events.order_by("pk").last().action  # type: ignore[union-attr]


class TestPicks:
    def test_a_pick_waits_for_the_desk(self) -> None:
        request = submit_with_time(make_answers(email=MAIL), free_slots()[0], NOW)
        assert (request.status, request.visit_at, states(request)) == (Status.NEW, None, ["pending"])
        assert last_action(request) == Action.PICKED
        assert set(request.messages.values_list("kind", flat=True)) == {"notice", "confirmation"}

    def test_a_picked_time_is_booked_by_the_desk(self) -> None:
        request = submit_with_time(make_answers(email=MAIL), free_slots()[0], NOW)
        picked = request.visits.get()
        visit = book(request, free_slots()[2], "dana", NOW)
        assert (visit.pk, visit.uid, visit.sequence) == (picked.pk, picked.uid, 1)
        assert (states(request), last_mail(request)) == (["booked"], MailKind.BOOKED)

    def test_spam_holds_no_time(self) -> None:
        for kind in ("visit", "call"):
            request = submit_with_time(make_answers(trapped=True), free_slots(kind)[0], NOW)
            assert (request.status, states(request)) == (Status.SPAM, [])
        assert not TakenTime.objects.exists()

    def test_a_second_press_after_the_request_ended_picks_nothing(self) -> None:
        answers, slot = make_answers(), free_slots()[0]
        request = submit_with_time(answers, slot, NOW)
        transition(request, Status.WITHDRAWN, "", NOW)
        submit_with_time(answers, slot, NOW)
        assert states(request) == ["cancelled"]
        assert slot in free_slots()

    def test_a_kind_that_is_gone_stores_nothing(self) -> None:
        with pytest.raises(TimeTaken):
            submit_with_time(make_answers(), free_slots()[0]._replace(kind="gone"), NOW)
        assert not ConsultationRequest.objects.exists()

    def test_a_picked_time_is_freed_when_the_request_ends(self) -> None:
        for status in (Status.DECLINED, Status.WITHDRAWN, Status.CLOSED, Status.SPAM):
            request = submit_with_time(make_answers(), free_slots()[0], NOW)
            transition(request, status, "dana", NOW)
            assert states(request) == ["cancelled"]
        assert not TakenTime.objects.exists()

    def test_a_request_with_a_pick_is_not_joined_to_another(self) -> None:
        request = submit_with_time(make_answers(), free_slots()[0], NOW)
        with pytest.raises(RefusedStep, match="picked a time"):
            join(request, make_request(), "dana", NOW)


class TestBooking:
    def test_a_moved_visit_keeps_its_identity_and_frees_its_time(self) -> None:
        request, first = booked()
        slot = free_slots()[1]
        moved = book(request, slot, "kim", NOW)
        assert (moved.uid, moved.sequence) == (first.uid, first.sequence + 1)
        assert (last_action(request), last_mail(request)) == (Action.MOVED, MailKind.CHANGED)
        quarters = set(TakenTime.objects.filter(calendar=slot.calendar).values_list("quarter", flat=True))
        assert len(quarters) == len([1, 2, 3, 4, "buffer"])

    def test_a_visit_may_move_by_a_part_of_its_length(self) -> None:
        slot = free_slots()[0]
        request, _ = booked(slot)
        quarter = dt.timedelta(minutes=15)
        assert slot.ends_at is not None
        book(request, slot._replace(starts_at=slot.starts_at + quarter, ends_at=slot.ends_at + quarter), "dana", NOW)
        assert request.visit_at == slot.starts_at + quarter

    def test_the_same_time_is_no_change(self) -> None:
        slot = free_slots()[0]
        request, _ = booked(slot)
        with pytest.raises(RefusedStep, match="has this visit already"):
            book(request, slot, "dana", NOW)

    def test_a_time_that_has_begun_is_refused(self) -> None:
        slot = free_slots()[0]
        with pytest.raises(TimeTaken):
            book(make_request(), slot, "dana", slot.starts_at)

    def test_a_time_outside_the_hours_is_refused(self) -> None:
        slot = free_slots()[0]
        request, at_night = make_request(), slot.starts_at + dt.timedelta(hours=12)
        with pytest.raises(TimeTaken):
            book(request, slot._replace(starts_at=at_night, ends_at=at_night + dt.timedelta(hours=1)), "dana", NOW)
        assert not request.visits.exists()

    def test_a_request_that_ended_otherwise_gets_no_visit(self) -> None:
        with pytest.raises(IllegalTransition):
            book(make_request(status=Status.DECLINED), free_slots()[0], "dana", NOW)

    def test_a_visit_changed_by_two_at_once_is_booked_once(self) -> None:
        request = make_request()
        stale = ConsultationRequest.objects.get()
        first, second = free_slots()[:2]
        book(request, first, "dana", NOW)
        with pytest.raises(ChangedMeanwhile):
            book(stale, second, "kim", NOW)
        assert second in free_slots()

    def test_the_link_in_the_mail_works_until_after_the_visit(self) -> None:
        request = make_request(email=MAIL)
        later = NOW + dt.timedelta(days=29)
        visit_at = VISIT.at + dt.timedelta(days=35)
        schedule(request, VISIT._replace(at=visit_at), "dana", later)
        assert "The link works until January 7, 2027." in request.messages.get(kind="booked").body
        cancel(request, "dana", later)
        assert "The link works until January 7, 2027." in request.messages.get(kind="cancelled").body


class TestOffers:
    def test_an_offer_says_only_that_there_are_times(self) -> None:
        request = offered()
        mail = request.messages.get(kind="offered")
        assert (request.status, states(request)) == (Status.CONTACTING, ["proposed"] * 3)
        assert (request.due_at, mail.calendar_file) == (request.visits.offered(NOW)[0].held_until, "")
        assert "There are times for you to choose from." in mail.body

    @pytest.mark.parametrize("end", [Status.WITHDRAWN, Status.SCHEDULED])
    def test_no_mail_about_offers_leaves_once_they_are_over(self, end: Status) -> None:
        request = offered()
        if end == Status.SCHEDULED:
            take_offer(request, request.visits.offered(NOW)[0], NOW)
        else:
            transition(request, end, "", NOW)
        assert not request.messages.filter(kind="offered").exists()

    @pytest.mark.parametrize("count", [0, 4])
    def test_one_to_three_times_are_offered(self, count: int) -> None:
        with pytest.raises(RefusedStep, match="one to 3 times"):
            offer(make_request(), free_slots()[:count], "dana", NOW)

    def test_new_offers_replace_offers_and_picks(self) -> None:
        request = submit_with_time(make_answers(), free_slots()[0], NOW)
        slots = free_slots()[:3]
        offer(request, slots, "dana", NOW)
        offer(request, slots[:1], "dana", NOW)
        assert states(request) == ["cancelled"] * 4 + ["proposed"]
        assert set(slots[1:]) <= set(free_slots())

    def test_a_taken_time_makes_no_offer_at_all(self) -> None:
        slots, request = free_slots()[:3], make_request(email=MAIL)
        booked(slots[2])
        with pytest.raises(TimeTaken):
            offer(request, slots, "dana", NOW)
        assert (request.status, states(request)) == (Status.NEW, [])
        assert set(slots[:2]) <= set(free_slots())

    def test_times_that_overlap_are_not_offered_together(self) -> None:
        slot = free_slots()[0]
        calls = [call for call in free_slots("call") if call.starts_at == slot.starts_at]
        assert calls
        with pytest.raises(TimeTaken):
            offer(make_request(), [slot, *calls], "dana", NOW)

    def test_a_withdrawn_offer_cannot_be_taken(self) -> None:
        request = offered()
        withdrawn = request.visits.offered(NOW)[0]
        refuse_offers(request, NOW)
        withdrawn.refresh_from_db()
        with pytest.raises(TimeTaken):
            take_offer(request, withdrawn, NOW)

    def test_an_offer_that_has_begun_is_not_offered_any_more(self) -> None:
        request = offered(*free_slots(for_desk=True)[:1])
        found = request.visits.offered(NOW).get()
        assert not request.visits.offered(found.starts_at).exists()
        with pytest.raises(TimeTaken):
            take_offer(request, found, found.starts_at)

    def test_an_offer_keeps_its_length_when_the_kind_gets_another_one(self) -> None:
        slot = free_slots()[0]
        assert slot.ends_at is not None
        longer = slot._replace(ends_at=slot.ends_at + dt.timedelta(minutes=30))
        request = offered(longer)
        take_offer(request, request.visits.get(), NOW)
        taken = TakenTime.objects.filter(calendar=slot.calendar)
        assert taken.count() == len([1, 2, 3, 4, 5, 6, "buffer"])

    def test_an_earlier_time_is_offered_beside_the_booked_one(self) -> None:
        slots = free_slots()
        request, visit = booked(slots[10])
        want_earlier(request, True, NOW)
        offer_earlier(request, slots[0], LATER, NOW)
        assert (request.status, states(request)) == (Status.SCHEDULED, ["booked", "proposed"])
        assert not {slots[0], slots[10]} & set(free_slots())
        moved = take_offer(request, request.visits.offered(NOW).get(), NOW)
        assert (moved.uid, moved.starts_at, request.earlier_wanted_at) == (visit.uid, slots[0].starts_at, None)
        assert (states(request), last_mail(request)) == (["booked", "cancelled"], MailKind.CHANGED)
        assert slots[10] in free_slots()

    def test_a_refused_earlier_time_leaves_the_visit(self) -> None:
        slots = free_slots()
        request, _ = booked(slots[10])
        offer_earlier(request, slots[0], LATER, NOW)
        due_at = request.due_at
        refuse_offers(request, NOW)
        assert (states(request), request.due_at) == (["booked", "cancelled"], due_at)


class TestCancelling:
    def test_a_booked_visit_is_cancelled_and_the_clinic_owes_an_answer(self) -> None:
        slot = free_slots()[0]
        request, _ = booked(slot)
        cancel(request, "dana", NOW, CancelReason.CLINIC)
        assert (request.status, request.visit_at, request.ended_at) == (Status.CONTACTING, None, None)
        assert (states(request), last_mail(request)) == (["cancelled"], MailKind.CANCELLED)
        assert slot in free_slots()

    def test_a_cancelled_pick_is_news(self) -> None:
        request = submit_with_time(make_answers(email=MAIL), free_slots()[0], NOW)
        cancel(request, "", NOW)
        assert (states(request), last_mail(request)) == (["cancelled"], MailKind.NEWS)

    def test_nobody_is_written_that_a_visit_of_the_past_is_cancelled(self) -> None:
        request, visit = booked()
        cancel(request, "dana", visit.starts_at + SHORT)
        assert (states(request), last_mail(request)) == (["cancelled"], MailKind.NEWS)

    def test_without_a_visit_there_is_nothing_to_cancel(self) -> None:
        with pytest.raises(RefusedStep, match="no visit that could be cancelled"):
            cancel(make_request(), "dana", NOW)

    @pytest.mark.parametrize("after", [VisitStatus.FULFILLED, VisitStatus.NO_SHOW, None])
    def test_no_mail_says_that_a_visit_of_the_past_is_cancelled(self, after: VisitStatus | None) -> None:
        request, visit = booked()
        if after:
            record_outcome(request, visit, after, "dana", visit.starts_at)
        transition(request, Status.CONTACTING, "dana", visit.starts_at + SHORT)
        assert last_mail(request) == MailKind.NEWS

    def test_a_booking_is_undone_and_frees_its_time(self) -> None:
        slot = free_slots()[0]
        request, _ = booked(slot)
        undo(request, "kim", NOW)
        assert (request.status, states(request)) == (Status.NEW, ["cancelled"])
        assert (last_mail(request), slot in free_slots()) == (MailKind.CANCELLED, True)

    def test_once_a_visit_was_given_up_nothing_before_it_is_undone(self) -> None:
        request, _ = booked()
        transition(request, Status.CONTACTING, "dana", NOW)
        assert last_step(request) is None
        record_attempt(request, Attempt.REACHED, "dana", NOW)
        undo(request, "dana", NOW)
        assert (request.status, last_step(request)) == (Status.CONTACTING, None)

    def test_erasing_removes_visits_and_frees_their_times(self) -> None:
        slot = free_slots()[0]
        request, _ = booked(slot)
        erase(request, "dana", NOW)
        assert not Visit.objects.exists()
        assert slot in free_slots()


class TestOutcomes:
    def test_an_outcome_is_recorded_and_corrected(self) -> None:
        request, visit = booked()
        for to in (VisitStatus.ARRIVED, VisitStatus.NO_SHOW, VisitStatus.FULFILLED):
            record_outcome(request, visit, to, "dana", visit.starts_at)
            visit.refresh_from_db()
            assert (visit.status, last_action(request)) == (to, Action.VISITED)
        assert last_mail(request) == MailKind.BOOKED

    def test_an_outcome_waits_for_the_day(self) -> None:
        request, visit = booked()
        with pytest.raises(RefusedStep, match="is not today"):
            record_outcome(request, visit, VisitStatus.ARRIVED, "dana", NOW)

    def test_a_cancelled_visit_has_no_outcome(self) -> None:
        request, visit = booked()
        cancel(request, "dana", NOW)
        visit.refresh_from_db()
        with pytest.raises(RefusedStep, match="cannot become"):
            record_outcome(request, visit, VisitStatus.ARRIVED, "dana", visit.starts_at)

    def test_an_outcome_is_not_corrected_once_there_is_another_visit(self) -> None:
        slots = free_slots()
        request, visit = booked(slots[0])
        record_outcome(request, visit, VisitStatus.NO_SHOW, "dana", visit.starts_at)
        visit.refresh_from_db()
        again = book(request, slots[-1], "dana", visit.starts_at)
        assert again.uid != visit.uid
        with pytest.raises(RefusedStep, match="another visit meanwhile"):
            record_outcome(request, visit, VisitStatus.ARRIVED, "dana", visit.starts_at)


STEPS: dict[str, Callable[[ConsultationRequest], object]] = {
    "book": lambda request: book(request, free_slots()[0], "dana", NOW),
    "offer": lambda request: offer(request, free_slots()[:1], "dana", NOW),
    "refuse": lambda request: refuse_offers(request, NOW),
    "cancel": lambda request: cancel(request, "dana", NOW),
}


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_written_to_an_erased_request(step: str) -> None:
    request = make_request()
    erase(request, "dana", NOW)
    with pytest.raises(RefusedStep, match="was erased"):
        STEPS[step](request)


def test_without_an_address_no_mail_is_written() -> None:
    request = make_request()
    book(request, free_slots()[0], "dana", NOW)
    cancel(request, "dana", NOW)
    assert not OutboxMessage.objects.exclude(kind=MailKind.NOTICE).exists()


def test_all_functions_write_in_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit event fails: visit, times and state stay as they were."""
    request = offered()
    before = list(TakenTime.objects.order_by("pk").values())

    def fail(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(booking, "change", fail)
    for step in (STEPS["book"], STEPS["offer"], STEPS["refuse"]):
        with pytest.raises(OSError):  # noqa: PT011 (ours has no text)
            step(request)
    assert list(TakenTime.objects.order_by("pk").values()) == before
    assert states(request) == ["proposed"] * 3


def test_a_visit_with_a_date_alone_takes_no_time_of_a_calendar() -> None:
    request = make_request()
    visit = book(request, dated_slot(VISIT.office, VISIT.at), "dana", NOW)
    assert (visit.calendar, visit.kind, visit.ends_at) == ("", "", None)
    assert not TakenTime.objects.exists()
    assert str(visit) == f"{request.reference}, Booked"


def test_the_visits_of_a_day_leave_out_offers_and_cancelled_ones() -> None:
    slots = free_slots()
    day = [slot for slot in slots if slot.starts_at.date() == slots[0].starts_at.date()]
    offered(day[0])
    cancelled, _ = booked(day[1])
    cancel(cancelled, "dana", NOW)
    later, sooner = booked(day[2])[1], booked(day[1])[1]
    booked(slots[-1])
    found = Visit.objects.on_days(day[0].starts_at, day[0].starts_at + dt.timedelta(days=1))
    assert list(found) == [sooner, later]
