"""What a step of the desk is made of.

A step takes the stored request, the answers of its form, the user name and the moment. It returns the sentence for the
user, and raises RefusedStep if nothing happened.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from appointments.desk.request.step_forms import StepForm
from appointments.models import ConsultationRequest
from appointments.policies.refusals import ChangedMeanwhile

Answers = dict[str, Any]
Act = Callable[[ConsultationRequest, Answers, str, dt.datetime], str]


@dataclass(frozen=True)
class Step:
    form: type[StepForm]
    take: Act


def as_shown(obj: ConsultationRequest, answers: Answers) -> ConsultationRequest:
    """Return `obj` while it is as the page showed it. Raises RefusedStep."""
    if obj.version != answers["version"]:
        raise ChangedMeanwhile(obj)
    return obj


def news(obj: ConsultationRequest, to_say: str = "", mail: str = "says that there is news") -> str:
    """Return whether the patient hears of the step without the desk, by what `mail`, and if not what to tell them."""
    if obj.email:
        return f"A mail to the patient {mail}."
    to_read_out = f" Say: “{to_say}”" if to_say else ""
    return f"There is no e-mail address: tell the patient yourself.{to_read_out}"
