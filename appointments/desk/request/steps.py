"""Steps of the desk by the name in their address: the form of each, and what it does.

A step takes the stored request, the answers of its form, the user name and the moment. It returns the sentence for the
user, and raises RefusedStep if nothing happened.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from appointments import booking, outbox, workflow
from appointments.choices import Attempt, CancelReason, DeclineReason, Status, VisitStatus
from appointments.desk import labels
from appointments.desk.request import step_forms
from appointments.desk.visit_labels import current_visit
from appointments.models import ConsultationRequest
from appointments.policies.duplicates import LookAlike
from appointments.policies.refusals import ChangedMeanwhile, RefusedStep, refuse_erased
from appointments.visit_time import VisitTime, when, when_and_where
from appointments.visits.free_times import Slot
from appointments.visits.holds import slot_of
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import day_and_clock

Answers = dict[str, Any]
Act = Callable[[ConsultationRequest, Answers, str, dt.datetime], str]


@dataclass(frozen=True)
class Step:
    form: type[step_forms.StepForm]
    take: Act


def _as_shown(obj: ConsultationRequest, answers: Answers) -> ConsultationRequest:
    """Return `obj` while it is as the page showed it. Raises RefusedStep."""
    if obj.version != answers["version"]:
        raise ChangedMeanwhile(obj)
    return obj


def _news(obj: ConsultationRequest, to_say: str = "", mail: str = "says that there is news") -> str:
    """Return whether the patient hears of the step without the desk, by what `mail`, and if not what to tell them."""
    if obj.email:
        return f"A mail to the patient {mail}."
    to_read_out = f" Say: “{to_say}”" if to_say else ""
    return f"There is no e-mail address: tell the patient yourself.{to_read_out}"


def attempt(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    outcome = Attempt(answers["outcome"])
    workflow.record_attempt(_as_shown(obj, answers), outcome, actor, now)
    return f"Written down for {obj.reference}: {outcome.label.lower()}. {labels.next_act(obj)}"


def move(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    before, to = obj.get_status_display(), Status(answers["to"])
    workflow.transition(_as_shown(obj, answers), to, actor, now)
    return f"{obj.reference}: {before} → {to.label}."


def decline(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    reason = DeclineReason(answers["because"])
    workflow.transition(_as_shown(obj, answers), Status.DECLINED, actor, now, reason)
    return f"{obj.reference} was declined: {reason.label.lower()}. {_news(obj)}"


def assign(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    workflow.assign(_as_shown(obj, answers), answers["colleague"], actor, now)
    return f"{obj.reference} is with {answers['colleague']} now."


def claim(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    return assign(obj, answers | {"colleague": actor}, actor, now)


def release(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    workflow.assign(_as_shown(obj, answers), "", actor, now)
    return f"Nobody has {obj.reference} now."


def undo(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    step = workflow.last_step(_as_shown(obj, answers))
    workflow.undo(obj, actor, now)
    return f"{obj.reference}, undone: {step}."


def note(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    workflow.note(obj, answers["text"], actor, now)
    return f"The note was added to {obj.reference}."


def join(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    """Join the newer request into the older one, whichever of them the page is about."""
    pair = LookAlike(obj, answers["other"])
    newer, older = _as_shown(pair.newer, answers), pair.older
    alike = ConsultationRequest.objects.like(obj).contains(pair.other)
    if not (alike and pair.can_be_joined):
        raise RefusedStep(f"{newer.reference} cannot be joined to {older.reference}. Both were left as they are.")
    workflow.join(newer, older, actor, now)
    return f"{newer.reference} was joined to {older.reference}."


def send_again(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    refuse_erased(obj)
    if not outbox.send_again(_as_shown(obj, answers).messages.all(), actor, now):
        raise RefusedStep(f"No mail of {obj.reference} was sent again: none waits for that any more.")
    return f"The mail of {obj.reference} is sent again now."


def answer(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    text = answers["answer_text"]
    workflow.answer(_as_shown(obj, answers), text, actor, now)
    return f"The patient's page of {obj.reference} shows the answer. {_news(obj, text)}"


def erase(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    workflow.erase(obj, actor, now)
    return f"{obj.reference} was erased."


def offer(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    slots: list[Slot] = answers["slots"]
    booking.offer(_as_shown(obj, answers), slots, actor, now)
    until = day_and_clock(obj.due_at)
    many = f"{len(slots)} times are" if len(slots) > 1 else "one time is"
    offered = "; ".join(_when_and_where(slot) for slot in slots)
    hears = _news(obj, f"Until {until} you can choose from these times: {offered}. Please call us.", "leads to them")
    return f"Until {until} {many} offered to {obj.reference}. {hears}"


def book(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    """Book the time, or move the visit to it."""
    return _book(_shown_with_time(obj, answers), answers["slot"], actor, now)


def _shown_with_time(obj: ConsultationRequest, answers: Answers) -> ConsultationRequest:
    """Return _as_shown(); the error names the time that was entered, which may be agreed on with the patient."""
    try:
        return _as_shown(obj, answers)
    except RefusedStep as refused:
        raise _with_time(refused, answers["slot"]) from refused


def confirm(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    picked = _as_shown(obj, answers).visits.filter(status=VisitStatus.PENDING).first()
    if picked is None:
        raise RefusedStep(f"{obj.reference} has no picked time that waits for an answer.")
    return _book(obj, slot_of(picked), actor, now)


def _book(obj: ConsultationRequest, slot: Slot, actor: str, now: dt.datetime) -> str:
    try:
        booking.book(obj, slot, actor, now)
    except RefusedStep as refused:
        raise _with_time(refused, slot) from refused
    return f"{obj.reference} has a visit: {_when_and_where(slot)}. {_news(obj, _to_say(slot), 'names the time')}"


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
    reason, visit = CancelReason(answers["cancelled_because"]), current_visit(_as_shown(obj, answers))
    booking.cancel(obj, actor, now, reason)
    at = f" on {when(visit.starts_at)}" if visit else ""
    to_say = f"Your appointment{at} is cancelled. By {day_and_clock(obj.due_at)} you hear from us."
    hears = _news(obj, to_say, "says so")
    return f"The visit of {obj.reference}{at} is cancelled: {reason.label.lower()}. The request waits again. {hears}"


def record_outcome(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    result, visit = VisitStatus(answers["visit_status"]), current_visit(_as_shown(obj, answers))
    if visit is None:
        raise RefusedStep(f"{obj.reference} has no visit.")
    booking.record_outcome(obj, visit, result, actor, now)
    return f"The visit of {obj.reference}: {result.label.lower()}."


STEPS = {
    "attempt": Step(step_forms.AttemptForm, attempt),
    "move": Step(step_forms.MoveForm, move),
    "offer": Step(step_forms.OfferForm, offer),
    "book": Step(step_forms.BookForm, book),
    "schedule": Step(step_forms.ScheduleForm, book),
    "confirm": Step(step_forms.VersionForm, confirm),
    "cancel": Step(step_forms.CancelForm, cancel),
    "outcome": Step(step_forms.OutcomeForm, record_outcome),
    "answer": Step(step_forms.AnswerForm, answer),
    "decline": Step(step_forms.DeclineForm, decline),
    "assign": Step(step_forms.AssignForm, assign),
    "claim": Step(step_forms.VersionForm, claim),
    "release": Step(step_forms.VersionForm, release),
    "undo": Step(step_forms.VersionForm, undo),
    "note": Step(step_forms.NoteForm, note),
    "join": Step(step_forms.JoinForm, join),
    "send-again": Step(step_forms.VersionForm, send_again),
}
ERASE = Step(step_forms.EraseForm, erase)


def take(step: Step, form: step_forms.StepForm, request: HttpRequest) -> bool:
    """Take the step with the values of the valid form, and tell the user the result. Return False if it was refused.

    A note that was typed is added first, so that it stays when the step is refused.
    """
    taken = True
    for act in _acts(step, form.cleaned_data):
        try:
            messages.success(request, act(form.obj, form.cleaned_data, form.actor, timezone.now()))
        except RefusedStep as refusal:
            messages.warning(request, str(refusal))
            taken = False
    return taken


def _acts(step: Step, answers: Answers) -> list[Act]:
    with_note = step.take is not note and answers.get("text")
    return [note, step.take] if with_note else [step.take]
