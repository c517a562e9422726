"""Errors that say why workflow.py did not take a step, and how often patients may change a request."""

import datetime as dt
from collections.abc import Iterable

from appointments.choices import WAITING, Action, Status
from appointments.models import ConsultationRequest

CHANGES_AN_HOUR, CHANGES = 5, 20  # of one kind, by the patient: each one is work for the desk or a mail
AN_HOUR = dt.timedelta(hours=1)


class RefusedStep(Exception):  # noqa: N818 (reads as what happened)
    """The step cannot be taken. The error's text is a sentence for the desk."""


class IllegalTransition(RefusedStep):
    """The change from one status to the other is not in TRANSITIONS."""

    def __init__(self, before: Status, after: Status) -> None:
        super().__init__(f"A request that is “{before.label}” cannot become “{after.label}”.")


class ChangedMeanwhile(RefusedStep):
    """Somebody else changed the request since it was read. Nothing was overwritten; the text names that change."""

    def __init__(self, request: ConsultationRequest) -> None:
        last = request.audit_events.changes().order_by("pk").last()
        super().__init__(f"{request.reference} was left as it is: it changed meanwhile. {last}.")


class ChangedTooOften(RefusedStep):
    """The patient changed the request so often that only a call helps: each change is work or a mail."""

    def __init__(self, request: ConsultationRequest) -> None:
        super().__init__(f"{request.reference} was changed too often. The patient has to call.")


def refuse_erased(request: ConsultationRequest) -> None:
    """Raise RefusedStep for an erased request."""
    if request.erased_at:
        raise RefusedStep(f"{request.reference} was erased: nothing is written to it any more.")


def refuse_ended(request: ConsultationRequest) -> None:
    """Raise RefusedStep for a request that ended."""
    refuse_erased(request)
    if request.status not in WAITING:
        raise RefusedStep(f"{request.reference} is “{request.get_status_display()}”. Reopen it first.")


def is_changed_too_often(request: ConsultationRequest, actions: Iterable[Action], now: dt.datetime) -> bool:
    """Return whether the patient did these actions CHANGES_AN_HOUR times within the hour, or CHANGES times in all."""
    own = request.audit_events.filter(actor="", action__in=actions)
    return own.since(now - AN_HOUR).count() >= CHANGES_AN_HOUR or own.count() >= CHANGES
