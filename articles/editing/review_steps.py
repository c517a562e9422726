"""The steps that the page of a review offers: who may take each, what it asks for, what it does."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from articles.editing import sign_off, store
from articles.editing.attempts import overtaken
from articles.editing.pages.base import CHANGE, SIGN
from articles.editing.pages.steps import user_name
from articles.editing.review_forms import AskForm, SendBackForm, SignForm, StepForm, TypingFixForm
from articles.editing.sign_off import Clinician, Reading, Refused

NOT_COMPLETE = (
    "You cannot sign yet: your full name, your credentials or the state of your license is missing. "
    "Somebody with the owner’s rights adds them on the start page, under “Users” and “Reviewer profiles”."
)


@dataclass(frozen=True)
class Step:
    right: str
    form: type[StepForm]
    take: Callable[[HttpRequest, Reading, StepForm, dt.datetime], object]
    told: str  # once it is taken


def refusal(step: Step, request: HttpRequest, reading: Reading, form: StepForm, now: dt.datetime) -> str:
    """Takes the step; "" or one sentence that says why it could not be taken."""
    try:
        step.take(request, reading, form, now)
    except store.Stale as stale:
        return overtaken(stale)
    except (Refused, store.CannotWrite) as error:
        return str(error)
    return ""


def _ask(request: HttpRequest, reading: Reading, form: StepForm, now: dt.datetime) -> None:
    article, told = sign_off.same_text(reading, form.cleaned_data["seen"]), form.cleaned_data
    by = user_name(request)
    sign_off.ask(reading.revision.path, article, by, now, told["note"], told["typing_fix"])


def _sign(request: HttpRequest, reading: Reading, form: StepForm, now: dt.datetime) -> None:
    sign_off.sign(reading, _clinician(request), form.cleaned_data["seen"], now)


def _typing_fix(request: HttpRequest, reading: Reading, form: StepForm, now: dt.datetime) -> None:
    sign_off.accept_typing_fix(reading, _clinician(request), form.cleaned_data["seen"], now)


def _send_back(request: HttpRequest, reading: Reading, form: StepForm, now: dt.datetime) -> None:
    by, told = user_name(request), form.cleaned_data
    sign_off.send_back(reading, by, told["note"], told["seen"], now)


def _clinician(request: HttpRequest) -> Clinician:
    who = sign_off.clinician(request.user)
    if who is None:
        raise Refused(NOT_COMPLETE)
    return who


STEPS = {
    "ask": Step(CHANGE, AskForm, _ask, "The text was sent to review."),
    "sign": Step(SIGN, SignForm, _sign, "You signed this text."),
    "typing_fix": Step(SIGN, TypingFixForm, _typing_fix, "You accepted the change as a typing fix."),
    "send_back": Step(SIGN, SendBackForm, _send_back, "The text was sent back to the editors."),
}
