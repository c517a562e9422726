"""Where a request is, as the names of the templates in appointments/status/ that say so, and never why."""

import datetime as dt

from appointments.choices import WAITING, Action, Attempt, Status
from appointments.models import ConsultationRequest
from appointments.patient_page.shown_visits import OVER, ShownOffer, ShownVisit

# Spam looks like a new request: a robot learns nothing, and a person marked by mistake is not lost.
CHANGEABLE = (*WAITING, Status.SPAM)
PROMISED = ("received", Status.CONTACTING, "corrected")  # states in which the page shows the promised time
# The states of a request without a visit, by what happened to its visit or its offers last.
AFTER_A_VISIT: dict[str, str] = {Action.VISIT_CANCELLED: "visit_cancelled", Action.NO_TIME_FITS: "none_fits"}


def states_of(
    stored: ConsultationRequest, shown: ShownVisit | None, offers: list[ShownOffer], now: dt.datetime
) -> list[str]:
    """Return the states to show: two if the desk tried to reach the patient since a time was picked or offered."""
    if stored.joined_to_id:
        return ["joined"]
    if stored.status == Status.SCHEDULED:
        return [_visit_state(shown)]
    if stored.status not in WAITING:
        return [state_without_visit(stored, now)]
    if pending := _pending_state(shown, offers):
        return [pending, state_without_visit(stored, now)] if _is_newer_attempt(stored, shown, offers) else [pending]
    return [_state_after_visit(stored) or state_without_visit(stored, now)]


def state_without_visit(stored: ConsultationRequest, now: dt.datetime) -> str:
    """Name the template for a request without a visit."""
    if stored.status not in CHANGEABLE:
        return stored.status
    if stored.last_attempt and stored.status != Status.SPAM:
        states: dict[str, str] = {Attempt.REACHED: "reached", Attempt.WRONG_NUMBER: "wrong_number"}
        return states.get(stored.last_attempt, "tried")
    if stored.promised_by < now:
        return "late"
    return _in_work(stored) if stored.status == Status.CONTACTING else "received"


def _in_work(stored: ConsultationRequest) -> str:
    """Name the template for a request that is worked on. A call to a number that was corrected since does not count."""
    return "corrected" if stored.audit_events.attempts().exists() else Status.CONTACTING


def _visit_state(shown: ShownVisit | None) -> str:
    """Name the template for a scheduled request."""
    if shown is None:
        return "visit_unknown"
    if not shown.is_to_come or shown.visit.status in OVER:
        return "visit_over"
    return "visit_stranded" if shown.is_stranded else Status.SCHEDULED


def _pending_state(shown: ShownVisit | None, offers: list[ShownOffer]) -> str:
    """Name the template for the time that a patient picked, or for offers; "" without either."""
    if shown is not None:
        return "picked" if shown.is_to_come and not shown.is_stranded else "picked_gone"
    if not offers:
        return ""
    return "offered" if any(offer.can_be_taken for offer in offers) else "offered_gone"


def _state_after_visit(stored: ConsultationRequest) -> str:
    """Name the template for a cancelled visit or refused offers; "" if the desk tried to reach the patient since."""
    last = stored.audit_events.filter(action__in=AFTER_A_VISIT).last()
    if last is None or (stored.last_attempt_at and stored.last_attempt_at > last.at):
        return ""
    return AFTER_A_VISIT[last.action]


def _is_newer_attempt(stored: ConsultationRequest, shown: ShownVisit | None, offers: list[ShownOffer]) -> bool:
    """Return whether the desk tried to reach the patient after the time was picked or offered."""
    since = [shown.visit.changed_at] if shown else [offer.shown.visit.changed_at for offer in offers]
    return stored.last_attempt_at is not None and stored.last_attempt_at > max(since)
