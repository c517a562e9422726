"""What an audit event says, in plain words and without anything the patient typed."""

from appointments.choices import Action, Attempt, DeclineReason, MailKind, Status
from appointments.visit_time import from_detail, when_and_where

SENTENCES: dict[str, str] = {
    Action.SUBMITTED: "The patient sent the request; status {after}",
    Action.TRANSITION: "{actor} changed the status from {before} to {after}{because}",
    Action.MOVED: "{actor} set the visit to {detail}",
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
THE_PATIENT = "The patient"
NOBODY = "nobody"


def sentence(action: str, actor: str, before: str, after: str, detail: str) -> str:
    """`actor`: a user name, "" for the patient; `detail`: as workflow.py wrote it for that action."""
    return SENTENCES[action].format(
        actor=actor or THE_PATIENT,
        before=_status(before),
        after=_status(after),
        detail=_detail(action, detail),
        because=_because(after, detail) if action == Action.TRANSITION and detail else "",
    )


def _status(value: str) -> str:
    return Status(value).label if value else ""


def _because(after: str, detail: str) -> str:
    if after == Status.SCHEDULED:
        return f" (visit: {when_and_where(from_detail(detail))})"
    return f" ({DeclineReason(detail).label.lower()})"


def _detail(action: str, detail: str) -> str:
    if action == Action.ATTEMPT:
        return Attempt(detail).label.lower()
    if action == Action.MOVED:
        return when_and_where(from_detail(detail))
    if action == Action.MAILED_AGAIN:
        return MailKind(detail).label.lower()
    if action == Action.UNDONE:
        return Action(detail).label.lower()
    return detail or NOBODY
