"""What happened to a request, in sentences for the patient."""

import datetime as dt

from appointments.choices import WAITING, Action, Attempt, Status
from appointments.models import AuditEvent, ConsultationRequest
from appointments.visit_time import from_detail
from clinic_site.dates import day_and_clock

ATTEMPTS: dict[str, str] = {
    Attempt.NO_ANSWER: "We called you, and nobody answered.",
    Attempt.VOICEMAIL: "We left you a message.",
    Attempt.WRONG_NUMBER: "We called, and did not reach you.",
    Attempt.REACHED: "We reached you.",
    Attempt.WROTE: "We wrote to you.",
}
# By action and whether the patient took the step. {when}: time of the visit.
SENTENCES: dict[tuple[str, bool], str] = {
    (Action.SUBMITTED, True): "You sent your request.",
    (Action.SUBMITTED, False): "You told us your request on the phone.",
    (Action.PICKED, True): "You picked {when}.",
    (Action.MOVED, True): "You moved your visit to {when}.",
    (Action.MOVED, False): "We moved your visit to {when}.",
    (Action.VISIT_CANCELLED, True): "You cancelled your visit.",
    (Action.VISIT_CANCELLED, False): "We cancelled your visit.",
    (Action.ANSWERED, False): "We wrote you an answer.",
}
BOOKED = {True: "You booked {when}.", False: "We booked your visit: {when}."}
OFFERED = {True: "We offered you an earlier time.", False: "We offered you times to choose from."}
NONE_FITS = {True: "You kept your booked time.", False: "You said that no offered time fits."}
EARLIER = {"on": "You asked for an earlier time.", "off": "You asked for no earlier time any more."}


def happenings(stored: ConsultationRequest) -> list[tuple[dt.datetime, str]]:
    """Return the events that the patient may know of: moment and sentence, without undone steps."""
    events = list(stored.audit_events.changes())
    undone = {event.undoes_id for event in events}
    return [(event.at, text) for event in events if event.pk not in undone and (text := _in_words(event))]


def _in_words(event: AuditEvent) -> str:
    """Return the sentence for the patient; "" for an event of the desk alone."""
    is_booked = event.after == Status.SCHEDULED
    own = not event.actor
    if event.action == Action.ATTEMPT:
        return ATTEMPTS[event.detail]
    if event.action == Action.CORRECTED:
        return f"You changed your {event.detail}."
    if event.action == Action.OFFERED:
        return OFFERED[is_booked]
    if event.action == Action.NO_TIME_FITS:
        return NONE_FITS[is_booked]
    if event.action == Action.EARLIER_WANTED:
        return EARLIER[event.detail]
    if event.action == Action.TRANSITION:
        return _transition(event, own=own)
    return _with_time(SENTENCES.get((event.action, own), ""), event)


def _transition(event: AuditEvent, *, own: bool) -> str:
    if event.after == Status.SCHEDULED:
        return _with_time(BOOKED[own], event) if event.detail else ""
    if event.before == Status.SCHEDULED and event.after in WAITING:
        return "We took up your request again."
    return "You took your request back." if own and event.after == Status.WITHDRAWN else ""


def _with_time(sentence: str, event: AuditEvent) -> str:
    if "{when}" not in sentence:
        return sentence
    when = day_and_clock(from_detail(event.detail).at)
    return sentence.format(when=when.removesuffix("."))  # “p.m.” has its period
