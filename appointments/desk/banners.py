"""What somebody must know before they touch a request: said on top of its page."""

import datetime as dt
from dataclasses import dataclass

from appointments.audit_words import sentence
from appointments.choices import MailKind, MailStatus, Status
from appointments.desk.history import History
from appointments.in_words import age, own_wishes, ruled_out_by
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.safe_contact import stricter_look_alikes, with_joined
from clinic_site.wording import day_and_clock

RECENT = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Banner:
    text: str
    details: tuple[str, ...] = ()
    links: tuple[ConsultationRequest, ...] = ()
    urgent: bool = False


def banners(request: ConsultationRequest, history: History, viewer: str, now: dt.datetime) -> list[Banner]:
    """The most urgent first. `viewer`: who looks at the page, a user name."""
    said = [
        _crisis(request),
        _stricter(request),
        _corrected(request, history),
        _others(history, viewer, now),
        _undelivered(request),
        _lost(request, now),
        _erased(request),
        _joined_to(request),
        _joined(request),
        _withdrawn(request, history),
    ]
    return [banner for banner in said if banner]


def _crisis(request: ConsultationRequest) -> Banner | None:
    """Of this request, or of one that was joined to it."""
    urgent = [each for each in with_joined(request) if each.crisis]
    notes = tuple(note for each in urgent for note in (each.note, each.access_note) if note)
    text = "This note has words of a crisis. Follow the clinic's crisis plan now."
    return Banner(text, notes, urgent=True) if urgent else None


def _stricter(request: ConsultationRequest) -> Banner | None:
    """Why the page allows less than this request does, and where that was said."""
    others = tuple(stricter_look_alikes(request))
    details = tuple(f"{other.reference}: {ruled_out_by(request, other)}" for other in others)
    text = "Probably the same person allows less elsewhere. Until you join them, the strictest wish of all counts:"
    return Banner(text, details, others) if others else None


def _corrected(request: ConsultationRequest, history: History) -> Banner | None:
    """What the patient changed since somebody last tried to reach them."""
    tried = request.last_attempt_at
    new = [event for event in history.corrections if tried is None or event.at > tried]
    details = tuple(f"{event} on {day_and_clock(event.at)}" for event in new)
    return Banner("Read again what the patient sent: it changed.", details) if new else None


def _others(history: History, viewer: str, now: dt.datetime) -> Banner | None:
    """Who else is at it: what they did, then who looked, each with how long ago."""
    did = [(event.at, event.actor, str(event)) for event in reversed(history.happenings)]
    looked = [(read.last, read.actor, sentence(read.action, read.actor, "", "", "")) for read in history.reads]
    details = tuple(
        f"{text}, {age(now - at).lower()} ago"
        for at, actor, text in (*did, *looked)
        if actor not in ("", viewer) and at >= now - RECENT
    )
    return Banner("Somebody else is at this request.", details) if details else None


def _undelivered(request: ConsultationRequest) -> Banner | None:
    """Report news that was not delivered until somebody notes that the patient knows."""
    again = "If the address is right, send the mail again under “Next steps”."
    if request.messages.given_up().to_act_on().filter(kind=MailKind.NEWS).exists():
        text = "The mail that there is news could not be delivered. Tell the patient, then note that you did."
        return Banner(f"{text} {again}")
    failed = any(message.kind == MailKind.CONFIRMATION for message in undelivered(request))
    text = "The confirmation mail to the patient could not be delivered. Check the e-mail address when you reach them."
    text = f"{text} {again}"
    return Banner(text) if failed else None


def undelivered(request: ConsultationRequest) -> list[OutboxMessage]:
    """Return the mails of `request` that were given up. Asks the database once, where its messages are prefetched."""
    return [message for message in request.messages.all() if message.status == MailStatus.FAILED]


def _lost(request: ConsultationRequest, now: dt.datetime) -> Banner | None:
    """Said until somebody tries to reach the person."""
    lost = ConsultationRequest.objects.lost(now).contains(request)
    text = "This request was nearly lost: nobody heard of it, or nobody tried to reach the person. Act on it now."
    return Banner(text, urgent=True) if lost else None


def _erased(request: ConsultationRequest) -> Banner | None:
    if request.erased_at is None:
        return None
    return Banner(f"What the patient sent was erased on {day_and_clock(request.erased_at)}")


def _joined_to(request: ConsultationRequest) -> Banner | None:
    if request.joined_to is None:
        return None
    return Banner("This request was joined to another. Go on there:", links=(request.joined_to,))


def _joined(request: ConsultationRequest) -> Banner | None:
    """With what each says about contact, and its note: nothing of it may be overlooked."""
    joined = tuple(request.joined.all())
    details = tuple(_contact_and_note(each) for each in joined)
    return Banner("Joined to this request:", details, joined) if joined else None


def _contact_and_note(request: ConsultationRequest) -> str:
    note = f"Note: {request.note}" if request.note else "No note"
    return f"{request.reference}: {own_wishes(request)}. {note}"


def _withdrawn(request: ConsultationRequest, history: History) -> Banner | None:
    """By the patient, not by the desk in their name."""
    if request.status != Status.WITHDRAWN:
        return None
    last = [event for event in history.transitions if event.after == Status.WITHDRAWN][-1:]
    texts = [f"The patient took the request back on {day_and_clock(each.at)}" for each in last if not each.actor]
    return Banner(texts[0]) if texts else None
