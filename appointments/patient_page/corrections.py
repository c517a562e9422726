"""What patients correct in their request: number, good times, language and access needs.

As in workflow.py, each function writes state and audit event in one transaction, and raises ChangedMeanwhile and
RefusedStep.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from appointments.choices import WAITING, Action, Attempt
from appointments.models import ConsultationRequest
from appointments.phones import Phone
from appointments.policies.consents import consents_for_number
from appointments.policies.refusals import ChangedTooOften, is_changed_too_often, refuse_ended
from appointments.workflow import RETRIED, change, new_promise, next_try_fields, raise_alarm
from clinic_site.clinic_yaml import get_clinic
from clinic_site.crisis_words import speaks_of_crisis

PHONE, TIMES, NEEDS = "phone number", "good times", "language and access needs"  # in the audit trail


def correct_phone(request: ConsultationRequest, phone: Phone, now: dt.datetime) -> None:
    """Store the patient's new number and repeat the consents for it. After a wrong number a new promise starts.

    Raises RefusedStep for an ended request, and after too many changes.
    """
    refuse_ended(request)
    number = {"phone": phone.number, "phone_typed": phone.typed, "phone_extension": phone.extension}
    consents = consents_for_number(request.consents, phone.number, get_clinic(), now)
    reset = {"last_attempt": "", "last_attempt_at": None, "try_from": None, "due_at": new_promise(request, now)}
    also = reset if request.last_attempt == Attempt.WRONG_NUMBER else {}
    _correct(request, PHONE, now, number, consents=[*request.consents, *consents], **also)


def change_times(request: ConsultationRequest, best_times: list[str], now: dt.datetime) -> None:
    """Replace the patient's good times and move the next try. Raises RefusedStep like correct_phone()."""
    refuse_ended(request)
    also = next_try_fields(request, best_times, now) if request.last_attempt in RETRIED else {}
    _correct(request, TIMES, now, {"best_times": best_times}, **also)


def change_needs(
    request: ConsultationRequest, interpreter: str, access: list[str], access_note: str, now: dt.datetime
) -> None:
    """Replace the patient's language and access needs. Words of a crisis mark the request.

    Also while a visit is booked: then the words raise the alarm at once, because the queue does not show the request.
    Raises RefusedStep like correct_phone().
    """
    if request.visit_at is None:
        refuse_ended(request)
    crisis, is_new = request.crisis or speaks_of_crisis(access_note), not request.crisis
    needs = {"interpreter": interpreter, "access": access, "access_note": access_note}
    with transaction.atomic():
        _correct(request, NEEDS, now, needs, crisis=crisis)
        if crisis and is_new and request.status not in WAITING:
            raise_alarm(request, now)


def _correct(request: ConsultationRequest, what: str, now: dt.datetime, answers: dict[str, Any], **also: Any) -> None:
    """Write the patient's correction; nothing if no answer changes, so that a double press is one event."""
    if all(getattr(request, name) == value for name, value in answers.items()):
        return
    if is_changed_too_often(request, (Action.CORRECTED,), now):
        raise ChangedTooOften(request)
    change(request, Action.CORRECTED, "", now, what, undoable=False, **answers, **also)
