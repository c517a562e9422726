"""The steps that offer, book, move, confirm, cancel and close a visit. See step.py."""

import datetime as dt

from appointments import booking
from appointments.choices import CancelReason, VisitStatus
from appointments.desk.request.step import Answers, as_shown, news
from appointments.desk.visit_labels import current_visit
from appointments.models import ConsultationRequest
from appointments.policies.refusals import RefusedStep
from appointments.visit_time import VisitTime, when, when_and_where
from appointments.visits.free_times import Slot
from appointments.visits.holds import slot_of
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import day_and_clock


def offer(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    slots: list[Slot] = answers["slots"]
    booking.offer(as_shown(obj, answers), slots, actor, now)
    until = day_and_clock(obj.due_at)
    many = f"{len(slots)} times are" if len(slots) > 1 else "one time is"
    offered = "; ".join(_when_and_where(slot) for slot in slots)
    hears = news(obj, f"Until {until} you can choose from these times: {offered}. Please call us.", "leads to them")
    return f"Until {until} {many} offered to {obj.reference}. {hears}"


def book(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    """Book the time, or move the visit to it."""
    return _book(_shown_with_time(obj, answers), answers["slot"], actor, now)


def _shown_with_time(obj: ConsultationRequest, answers: Answers) -> ConsultationRequest:
    """Return as_shown(); the error names the time that was entered, which may be agreed on with the patient."""
    try:
        return as_shown(obj, answers)
    except RefusedStep as refused:
        raise _with_time(refused, answers["slot"]) from refused


def confirm(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    picked = as_shown(obj, answers).visits.filter(status=VisitStatus.PENDING).first()
    if picked is None:
        raise RefusedStep(f"{obj.reference} has no picked time that waits for an answer.")
    return _book(obj, slot_of(picked), actor, now)


def _book(obj: ConsultationRequest, slot: Slot, actor: str, now: dt.datetime) -> str:
    try:
        booking.book(obj, slot, actor, now)
    except RefusedStep as refused:
        raise _with_time(refused, slot) from refused
    return f"{obj.reference} has a visit: {_when_and_where(slot)}. {news(obj, _to_say(slot), 'names the time')}"


def _with_time(refused: RefusedStep, slot: Slot) -> RefusedStep:
    return RefusedStep(f"{refused} You entered: {_when_and_where(slot)}.")


def _to_say(slot: Slot) -> str:
    kind = get_clinic().visit_kind(slot.kind)
    if kind and kind.by_phone:
        return f"We call you on {when(slot.starts_at)}."
    return f"Your appointment is on {_when_and_where(slot)}."


def _when_and_where(slot: Slot) -> str:
    return when_and_where(VisitTime(slot.starts_at, slot.office))


def cancel(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    reason, visit = CancelReason(answers["cancelled_because"]), current_visit(as_shown(obj, answers))
    booking.cancel(obj, actor, now, reason)
    at = f" on {when(visit.starts_at)}" if visit else ""
    hears = news(obj, f"Your appointment{at} is cancelled. By {day_and_clock(obj.due_at)} you hear from us.", "says so")
    return f"The visit of {obj.reference}{at} is cancelled: {reason.label.lower()}. The request waits again. {hears}"


def record_outcome(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    result, visit = VisitStatus(answers["visit_status"]), current_visit(as_shown(obj, answers))
    if visit is None:
        raise RefusedStep(f"{obj.reference} has no visit.")
    booking.record_outcome(obj, visit, result, actor, now)
    return f"The visit of {obj.reference}: {result.label.lower()}."
