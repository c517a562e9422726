"""Banners on top of a request's page: what somebody must know before they touch it."""

import datetime as dt
from dataclasses import dataclass

from appointments.audit_text import sentence
from appointments.choices import FAST, NEWS_KINDS, Action, MailKind, MailStatus, Status
from appointments.desk.labels import age, own_wishes, ruled_out_by
from appointments.desk.request.history import History
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.policies.contact import stricter_look_alikes, with_joined
from clinic_site.dates import day_and_clock

RECENT = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Banner:
    text: str
    details: tuple[str, ...] = ()
    links: tuple[ConsultationRequest, ...] = ()
    urgent: bool = False


def banners(request: ConsultationRequest, history: History, viewer: str, now: dt.datetime) -> list[Banner]:
    """Return the banners, the most urgent first, for the user `viewer`."""
    candidates = [
        _crisis(request),
        _corrected(request, history),
        _others(history, viewer, now),
        _undelivered(request),
        _lost(request, now),
        _erased(request),
        _joined_to(request),
        _joined(request),
        _withdrawn(request, history),
        _fast(history),
    ]
    return [banner for banner in candidates if banner]


def _crisis(request: ConsultationRequest) -> Banner | None:
    """Return the banner about words of a crisis, in this request or in one joined to it."""
    urgent = [joined for joined in with_joined(request) if joined.crisis]
    notes = tuple(note for joined in urgent for note in (joined.note, joined.access_note) if note)
    text = "This note has words of a crisis. Follow the clinic's crisis plan now."
    return Banner(text, notes, urgent=True) if urgent else None


def stricter(request: ConsultationRequest) -> Banner | None:
    """Return the banner of the call card: why the card allows less than this request, and which request says so."""
    others = tuple(stricter_look_alikes(request))
    details = tuple(f"{other.reference}, {other.name}: {ruled_out_by(request, other)}" for other in others)
    text = "Probably the same person allows less elsewhere. Until you join them, the strictest wish of all counts:"
    return Banner(text, details, others) if others else None


def _corrected(request: ConsultationRequest, history: History) -> Banner | None:
    """Return what the patient changed since somebody last tried to reach them."""
    tried = request.last_attempt_at
    new = [event for event in history.corrections if tried is None or event.at > tried]
    details = tuple(f"{event} on {day_and_clock(event.at)}" for event in new)
    return Banner("Read again what the patient sent: it changed.", details) if new else None


def _others(history: History, viewer: str, now: dt.datetime) -> Banner | None:
    """Return who else works on the request: what they did, then who looked, each with how long ago."""
    did = [(event.at, event.actor, str(event)) for event in reversed(history.happenings)]
    looked = [(read.last, read.actor, sentence(read.action, read.actor, "", "", "")) for read in history.reads]
    details = tuple(
        f"{text}, {age(now - at).lower()} ago"
        for at, actor, text in (*did, *looked)
        if actor not in ("", viewer) and at >= now - RECENT
    )
    return Banner("Somebody else is at this request.", details) if details else None


def _undelivered(request: ConsultationRequest) -> Banner | None:
    """Return the news that was not delivered, until somebody notes that the patient knows."""
    again = "If the address is right, send the mail again under “Next steps”."
    if request.messages.given_up().to_act_on().filter(kind__in=NEWS_KINDS).exists():
        text = "The mail that there is news could not be delivered. Tell the patient, then note that you did."
        return Banner(f"{text} {again}")
    failed = any(message.kind == MailKind.CONFIRMATION for message in undelivered(request))
    text = "The confirmation mail to the patient could not be delivered. Check the e-mail address when you reach them."
    text = f"{text} {again}"
    return Banner(text) if failed else None


def undelivered(request: ConsultationRequest) -> list[OutboxMessage]:
    """Return the failed mails of `request`, with one query unless its messages are prefetched."""
    return [message for message in request.messages.all() if message.status == MailStatus.FAILED]


def _lost(request: ConsultationRequest, now: dt.datetime) -> Banner | None:
    """Return the banner of a request that seems lost, until somebody tries to reach the person."""
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
    """Return the joined requests, each with its contact wishes and its note: none may be overlooked."""
    joined = tuple(request.joined.all())
    details = tuple(_contact_and_note(other) for other in joined)
    return Banner("Joined to this request:", details, joined) if joined else None


def _contact_and_note(request: ConsultationRequest) -> str:
    note = f"Note: {request.note}" if request.note else "No note"
    return f"{request.reference}: {own_wishes(request)}. {note}"


def _fast(history: History) -> Banner | None:
    """Return the mark of a form that was sent at once."""
    is_fast = any(event.action == Action.SUBMITTED and event.detail == FAST for event in history.happenings)
    text = "Sent within 3 seconds. A browser that fills in forms is that fast, and so is a robot."
    return Banner(text) if is_fast else None


def _withdrawn(request: ConsultationRequest, history: History) -> Banner | None:
    """Return the banner of a request that the patient withdrew."""
    if request.status != Status.WITHDRAWN:
        return None
    last = [event for event in history.transitions if event.after == Status.WITHDRAWN][-1:]
    texts = [f"The patient took the request back on {day_and_clock(event.at)}" for event in last if not event.actor]
    return Banner(texts[0]) if texts else None
