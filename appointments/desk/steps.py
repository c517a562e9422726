"""The steps of the desk, each by the name in its address: what it is told, and what it does.

Each takes the request as it is stored, the answers of its form, the user name and the moment. It returns the sentence
that tells what happened, and raises RefusedStep where nothing did.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from appointments import in_words, outbox, workflow
from appointments.choices import Attempt, DeclineReason, Status
from appointments.desk import step_forms
from appointments.duplicates import LookAlike
from appointments.models import ConsultationRequest
from appointments.refusals import refuse_erased
from appointments.visit_time import Visit, when_and_where
from appointments.workflow import ChangedMeanwhile, RefusedStep

Answers = dict[str, Any]
Act = Callable[[ConsultationRequest, Answers, str, dt.datetime], str]


def attempt(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    outcome = Attempt(answers["outcome"])
    workflow.record_attempt(_as_shown(obj, answers), outcome, actor, now)
    return f"Written down: {outcome.label.lower()}. {in_words.next_act(obj)}"


def move(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    before, to = obj.get_status_display(), Status(answers["to"])
    workflow.transition(_as_shown(obj, answers), to, actor, now)
    return f"{obj.reference}: {before} → {to.label}."


def decline(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    reason = DeclineReason(answers["because"])
    workflow.transition(_as_shown(obj, answers), Status.DECLINED, actor, now, reason)
    return f"{obj.reference} was declined: {reason.label.lower()}. {_news(obj)}"


def schedule(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    visit: Visit = answers["visit"]
    try:
        workflow.schedule(_as_shown(obj, answers), visit, actor, now)
    except RefusedStep as refused:
        raise RefusedStep(f"{refused} You entered: {when_and_where(visit)}.") from refused
    return f"{obj.reference} has a visit: {when_and_where(visit)}. {_news(obj)}"


def _news(obj: ConsultationRequest) -> str:
    """Whether the patient hears of it without the desk."""
    if obj.email:
        return "A mail to the patient says that there is news."
    return "There is no e-mail address: tell the patient yourself."


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
    return f"Undone: {step}."


def note(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    workflow.note(obj, answers["text"], actor, now)
    return "The note was added."


def join(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    """The newer one into the older one, whichever of them the page is about."""
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


def erase(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    workflow.erase(obj, actor, now)
    return f"{obj.reference} was erased."


def _as_shown(obj: ConsultationRequest, answers: Answers) -> ConsultationRequest:
    """`obj`, where it still is what the page showed. Raises RefusedStep."""
    if obj.version != answers["version"]:
        raise ChangedMeanwhile(obj)
    return obj


@dataclass(frozen=True)
class Step:
    form: type[step_forms.StepForm]
    take: Act


STEPS = {
    "attempt": Step(step_forms.AttemptForm, attempt),
    "move": Step(step_forms.MoveForm, move),
    "schedule": Step(step_forms.ScheduleForm, schedule),
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


def take(step: Step, form: step_forms.StepForm, request: HttpRequest) -> None:
    """Takes the step with what the valid form holds, and tells the person what became of it.

    A note that was typed is added first, so that it stays when the step is refused.
    """
    for act in _acts(step, form.cleaned_data):
        try:
            messages.success(request, act(form.obj, form.cleaned_data, form.actor, timezone.now()))
        except RefusedStep as refusal:
            messages.warning(request, str(refusal))


def _acts(step: Step, answers: Answers) -> list[Act]:
    with_note = step.take is not note and answers.get("text")
    return [note, step.take] if with_note else [step.take]
