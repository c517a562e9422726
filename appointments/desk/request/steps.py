"""Steps of the desk by the name in their address: the form of each, and what it does. See step.py."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from appointments import outbox, workflow
from appointments.choices import Attempt, DeclineReason, Status
from appointments.desk import labels
from appointments.desk.request import answer_step, step_forms, visit_forms, visit_steps
from appointments.desk.request.step import Act, Answers, Step, as_shown, news
from appointments.models import ConsultationRequest
from appointments.policies.duplicates import LookAlike
from appointments.policies.refusals import refuse_erased
from appointments.workflow import RefusedStep


def attempt(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    outcome = Attempt(answers["outcome"])
    workflow.record_attempt(as_shown(obj, answers), outcome, actor, now)
    return f"Written down for {obj.reference}: {outcome.label.lower()}. {labels.next_act(obj)}"


def move(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    before, to = obj.get_status_display(), Status(answers["to"])
    workflow.transition(as_shown(obj, answers), to, actor, now)
    return f"{obj.reference}: {before} → {to.label}."


def decline(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    reason = DeclineReason(answers["because"])
    workflow.transition(as_shown(obj, answers), Status.DECLINED, actor, now, reason)
    return f"{obj.reference} was declined: {reason.label.lower()}. {news(obj)}"


def assign(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    workflow.assign(as_shown(obj, answers), answers["colleague"], actor, now)
    return f"{obj.reference} is with {answers['colleague']} now."


def claim(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    return assign(obj, answers | {"colleague": actor}, actor, now)


def release(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    workflow.assign(as_shown(obj, answers), "", actor, now)
    return f"Nobody has {obj.reference} now."


def undo(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    step = workflow.last_step(as_shown(obj, answers))
    workflow.undo(obj, actor, now)
    return f"{obj.reference}, undone: {step}."


def note(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    workflow.note(obj, answers["text"], actor, now)
    return f"The note was added to {obj.reference}."


def join(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    """Join the newer request into the older one, whichever of them the page is about."""
    pair = LookAlike(obj, answers["other"])
    newer, older = as_shown(pair.newer, answers), pair.older
    alike = ConsultationRequest.objects.like(obj).contains(pair.other)
    if not (alike and pair.can_be_joined):
        raise RefusedStep(f"{newer.reference} cannot be joined to {older.reference}. Both were left as they are.")
    workflow.join(newer, older, actor, now)
    return f"{newer.reference} was joined to {older.reference}."


def send_again(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    refuse_erased(obj)
    if not outbox.send_again(as_shown(obj, answers).messages.all(), actor, now):
        raise RefusedStep(f"No mail of {obj.reference} was sent again: none waits for that any more.")
    return f"The mail of {obj.reference} is sent again now."


def erase(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    workflow.erase(obj, actor, now)
    return f"{obj.reference} was erased."


STEPS = {
    "attempt": Step(step_forms.AttemptForm, attempt),
    "move": Step(step_forms.MoveForm, move),
    "offer": Step(visit_forms.OfferForm, visit_steps.offer),
    "book": Step(visit_forms.BookForm, visit_steps.book),
    "schedule": Step(visit_forms.ScheduleForm, visit_steps.book),
    "confirm": Step(step_forms.VersionForm, visit_steps.confirm),
    "cancel": Step(visit_forms.CancelForm, visit_steps.cancel),
    "outcome": Step(visit_forms.OutcomeForm, visit_steps.record_outcome),
    "answer": Step(answer_step.AnswerForm, answer_step.answer),
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
