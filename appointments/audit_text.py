"""Audit events in plain words, without anything the patient typed."""

from appointments.choices import FAST, Action, Attempt, CancelReason, DeclineReason, MailKind, Status, VisitStatus
from appointments.visit_time import from_detail, when_and_where

SENTENCES: dict[str, str] = {
    Action.SUBMITTED: "The patient sent the request{fast}; status {after}",
    Action.TRANSITION: "{actor} changed the status from {before} to {after}{because}",
    Action.MOVED: "{actor} set the visit to {detail}",
    Action.PICKED: "{actor} picked a time: {detail}",
    Action.OFFERED: "{actor} offered times to choose from: {detail}",
    Action.NO_TIME_FITS: "{actor} said that none of the offered times fits",
    Action.LAPSED: "Nobody took the offered times before their hold ran out",
    Action.VISIT_CANCELLED: "{actor} cancelled the visit{because}",
    Action.VISITED: "{actor} recorded the visit: {detail}",
    Action.EARLIER_WANTED: "{actor} turned the waiting list for an earlier time {detail}",
    Action.ANSWERED: "{actor} wrote an answer for the patient's page",
    Action.ATTEMPT: "{actor} tried to reach the patient: {detail}",
    Action.ASSIGNED: "{actor} gave the request to {detail}",
    Action.NOTED: "{actor} added a note",
    Action.JOINED: "{actor} joined this request with {detail}",
    Action.UNDONE: "{actor} undid a step ({detail}); status {after}",
    Action.CORRECTED: "{actor} changed the {detail}",
    Action.UNCONFIRMED: "Somebody with the patient's link could not confirm who they are",
    Action.OPENED: "{actor} opened the request",
    Action.COMPARED: "{actor} saw the request beside another one",
    Action.PRINTED: "{actor} printed the request",
    Action.EXPORTED: "{actor} exported the request",
    Action.ALARMED: "An alarm mail to the clinic's fallback address was written",
    Action.MAILED_AGAIN: "{actor} had a mail sent again: {detail}",
    Action.ERASED: "{actor} erased what the patient sent; status {after}",
}
BY_PHONE = "{actor} wrote down the request of a caller; status {after}"
THE_PATIENT = "The patient"
NOBODY = "nobody"


def sentence(action: str, actor: str, before: str, after: str, detail: str) -> str:
    """Return the sentence. `actor` is a user name, "" for the patient; `detail` is what workflow.py stored."""
    text = BY_PHONE if action == Action.SUBMITTED and actor else SENTENCES[action]
    return text.format(
        actor=actor or THE_PATIENT,
        before=_status(before),
        after=_status(after),
        detail=_detail(action, detail),
        fast=" within 3 seconds" if action == Action.SUBMITTED and detail == FAST else "",
        because=_because(action, after, detail) if detail else "",
    )


def _status(value: str) -> str:
    return Status(value).label if value else ""


def _because(action: str, after: str, detail: str) -> str:
    if action == Action.VISIT_CANCELLED:
        return f" ({CancelReason(detail).label.lower()})"
    if action != Action.TRANSITION:
        return ""
    if after == Status.SCHEDULED:
        return f" (visit: {when_and_where(from_detail(detail))})"
    return f" ({DeclineReason(detail).label.lower()})"


def _detail(action: str, detail: str) -> str:
    if action == Action.ATTEMPT:
        return Attempt(detail).label.lower()
    if action == Action.VISITED:
        return VisitStatus(detail).label.lower()
    if action in (Action.MOVED, Action.PICKED):
        return when_and_where(from_detail(detail))
    if action == Action.MAILED_AGAIN:
        return MailKind(detail).label.lower()
    if action == Action.UNDONE:
        return Action(detail).label.lower()
    return detail or NOBODY
