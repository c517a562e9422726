"""Why a step of workflow.py was not taken."""

from appointments.choices import WAITING, Status
from appointments.models import ConsultationRequest


class RefusedStep(Exception):  # noqa: N818 (reads as what happened)
    """The step cannot be taken; the text says why, in a sentence for the desk."""


class IllegalTransition(RefusedStep):
    """The way from the one status to the other is not in TRANSITIONS."""

    def __init__(self, before: Status, after: Status) -> None:
        super().__init__(f"A request that is “{before.label}” cannot become “{after.label}”.")


class ChangedMeanwhile(RefusedStep):
    """Somebody else changed the request since it was read. Nothing was overwritten; the text says what they did."""

    def __init__(self, request: ConsultationRequest) -> None:
        last = request.audit_events.changes().order_by("pk").last()
        super().__init__(f"{request.reference} was left as it is: it changed meanwhile. {last}.")


def refuse_erased(request: ConsultationRequest) -> None:
    """Raises RefusedStep for a request of which nothing is left to change."""
    if request.erased_at:
        raise RefusedStep(f"{request.reference} was erased: nothing is written to it any more.")


def refuse_ended(request: ConsultationRequest) -> None:
    """Raises RefusedStep where nobody waits any more."""
    refuse_erased(request)
    if request.status not in WAITING:
        raise RefusedStep(f"{request.reference} is “{request.get_status_display()}”. Reopen it first.")
