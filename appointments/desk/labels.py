"""Labels of a request for the desk, in words and never by color alone."""

import datetime as dt
from dataclasses import dataclass

from appointments.choices import WAITING, BestTime, ContactWay, ForWhom, Status
from appointments.models import ConsultationRequest
from appointments.policies.callbacks import LAWFUL
from appointments.policies.consents import Consent, readable
from appointments.policies.contact import (
    ContactPermissions,
    contact_permissions,
    own_permissions,
    stricter_look_alikes,
    with_joined,
)
from appointments.visit_time import VisitTime, when_and_where
from clinic_site.clinic import ACCESS, Clinic, Office, open_now
from clinic_site.dates import clock, day_and_clock

NO_PREFERENCE = "No preference"
NOT_SAID = "Not said"
NO_VISIT_TIME = "No time is stored"  # scheduled before visits had one
DO_NOT_CALL = "Do not call"
NO_VOICEMAIL, NO_TEXTS, NO_NUMBER = "No voicemail", "No texts", "No phone number"
WRONG_NUMBER = "Wrong number: do not call it again"
WAY_MARKS: dict[str, str] = {
    ContactWay.PHONE: "Call first",
    ContactWay.EMAIL: "E-mail first",
    ContactWay.TEXT: "Text first",
    ContactWay.NO_CALLS: DO_NOT_CALL,
}
ASKS_FOR: dict[str, str] = {
    ForWhom.MYSELF: "Themselves",
    ForWhom.SOMEONE_ELSE: "Someone else. Name and number are those of the person who wrote",
}
NOBODY = "Nobody"
NOT_TRIED = "Not tried yet"
NOT_CALLED = "Nobody is called"
RULED_OUT = (DO_NOT_CALL, WRONG_NUMBER, NO_VOICEMAIL, NO_TEXTS, NO_NUMBER)
ANY_OFFICE = "Any"
UNITS = (("day", dt.timedelta(days=1)), ("hour", dt.timedelta(hours=1)), ("minute", dt.timedelta(minutes=1)))


def age(span: dt.timedelta) -> str:
    """Return a duration in its largest unit, rounded down: 3 days, 2 hours, 1 minute."""
    for name, length in UNITS:
        count = span // length
        if count >= 1:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "Less than a minute"


def waiting_time(request: ConsultationRequest, now: dt.datetime) -> str:
    return age(now - request.created_at) if request.status in WAITING else "Ended"


def due(request: ConsultationRequest, clinic: Clinic, now: dt.datetime) -> str:
    """Return when somebody must act next, and what that means today while the request waits."""
    moment = _stretch(request.try_from, request.due_at) if request.try_from else day_and_clock(request.due_at)
    if request.status not in WAITING:
        return moment
    if request.due_at < now:
        return f"Overdue: {moment}"
    if clinic.today(request.due_at) == clinic.today(now):
        return f"Due today: {moment}"
    return moment


def visit(request: ConsultationRequest) -> str:
    """Return when and where the visit of a scheduled request is; "" for other requests."""
    if request.status != Status.SCHEDULED or request.erased_at:
        return ""
    return when_and_where(VisitTime(request.visit_at, request.visit_office)) if request.visit_at else NO_VISIT_TIME


def safe_contact(request: ConsultationRequest) -> str:
    """Return what somebody must know before calling, and which look-alikes make it stricter."""
    marks = ", ".join(_marks(contact_permissions(request)))
    stricter = [other.reference for other in stricter_look_alikes(request)]
    return f"{marks} (see {', '.join(stricter)})" if stricter else marks


@dataclass(frozen=True)
class Chip:
    text: str
    allowed: bool


def chips(request: ConsultationRequest) -> list[Chip]:
    """Return the parts of safe_contact(), without the look-alikes, for a list."""
    return [Chip(mark, mark not in RULED_OUT) for mark in _marks(contact_permissions(request))]


def own_wishes(request: ConsultationRequest) -> str:
    """Return safe_contact() without look-alikes, to compare the request with others."""
    return ", ".join(_marks(own_permissions(request)))


def ruled_out_by(request: ConsultationRequest, other: ConsultationRequest) -> str:
    """Return what the look-alike `other` adds to the wishes of `request`."""
    own = own_permissions(request)
    both = own.with_look_alikes([other])
    marks = [mark for mark in _marks(both) if mark not in _marks(own)]
    if both.others_may and both.others_may != own.others_may:
        marks.append(f"If others answer: {both.others_may.label}")
    return ", ".join(marks)


def _marks(permissions: ContactPermissions) -> list[str]:
    marks = [_way_mark(permissions), *(_phone_marks(permissions) if permissions.request.phone else [NO_NUMBER])]
    return list(filter(None, marks))


def _way_mark(permissions: ContactPermissions) -> str:
    return DO_NOT_CALL if permissions.calls_ruled_out else WAY_MARKS.get(permissions.request.contact_way, "")


def _phone_marks(permissions: ContactPermissions) -> list[str]:
    return [
        WRONG_NUMBER if permissions.is_wrong_number else "",
        "Voicemail OK" if permissions.may_leave_voicemail else NO_VOICEMAIL,
        "Texts OK" if permissions.may_text else NO_TEXTS,
    ]


def office_name(clinic: Clinic, slug: str) -> str:
    """Return the office's name; the slug if the clinic no longer has that office."""
    office = clinic.office(slug)
    return office.name if office else slug or NO_PREFERENCE


def short_office_name(clinic: Clinic, slug: str) -> str:
    """Return the office's name for a list: Port Alder, or Any without a preference."""
    return office_name(clinic, slug).removesuffix(" office") if slug else ANY_OFFICE


def best_times(request: ConsultationRequest) -> str:
    return ", ".join(BestTime(time).label for time in request.best_times) or NO_PREFERENCE


def access_needs(request: ConsultationRequest) -> str:
    needs = [*(ACCESS.get(need, need) for need in request.access), request.access_note]
    return ", ".join(filter(None, needs)) or "None"


@dataclass(frozen=True)
class ContactRule:
    """What the patient allows, or does not, about one way of contact."""

    way: str
    allowed: bool
    text: str


def rules(request: ConsultationRequest) -> list[ContactRule]:
    """Return a rule for each way of contact, for the request's own page."""
    permissions = contact_permissions(request)
    return [
        _phone_rule(request, "Calls", permissions.may_call, _no_calls(permissions)),
        _phone_rule(request, "Voicemail", permissions.may_leave_voicemail, "Do not leave a message"),
        _phone_rule(request, "Texts", permissions.may_text, "Do not text"),
        ContactRule("E-mail", bool(request.email), "Allowed" if request.email else "No address"),
    ]


def _phone_rule(request: ConsultationRequest, way: str, allowed: bool, refusal: str) -> ContactRule:
    return ContactRule(way, allowed, "Allowed" if allowed else refusal if request.phone else NO_NUMBER)


def no_calls(request: ConsultationRequest) -> str:
    """Return why a number is not called; "" if it may be."""
    permissions = contact_permissions(request)
    return "" if permissions.may_call else _no_calls(permissions)


def _no_calls(permissions: ContactPermissions) -> str:
    return DO_NOT_CALL if permissions.calls_ruled_out else WRONG_NUMBER


def others_may(request: ConsultationRequest) -> str:
    """Return what may be said to somebody else who answers; "" if nobody is called."""
    may = contact_permissions(request).others_may
    return may.label if may else ""


def preferred_way(request: ConsultationRequest) -> str:
    return _way_mark(contact_permissions(request)) or NO_PREFERENCE


def asks_for(request: ConsultationRequest) -> str:
    """Return for whom the patient asks, and with it who is on the line."""
    return ASKS_FOR.get(request.for_whom, NOT_SAID)


def lawful_to_call(clinic: Clinic, now: dt.datetime) -> bool:
    """Return whether calls are lawful by the clinic's clock: the patient's time zone is unknown."""
    return LAWFUL.opens <= clinic.local(now).time() < LAWFUL.closes


def not_before(request: ConsultationRequest, clinic: Clinic, now: dt.datetime) -> dt.datetime | None:
    """Return the moment before which nobody should call: the planned try, or the next lawful hour; None for now."""
    if request.try_from and request.try_from > now:
        return request.try_from
    if lawful_to_call(clinic, now):
        return None
    local = clinic.local(now)
    day = local.date() + dt.timedelta(days=local.time() >= LAWFUL.closes)
    return clinic.moment(dt.datetime.combine(day, LAWFUL.opens))


def phone_link(request: ConsultationRequest) -> str:
    """Return the tel: link (RFC 3966)."""
    return f"tel:{request.phone}" + (f";ext={request.phone_extension}" if request.phone_extension else "")


def calling_hours(clinic: Clinic, now: dt.datetime) -> str:
    """Return a sentence as in: It is 7:10 p.m. at the clinic: calls are allowed from 8 a.m. to 9 p.m."""
    warning = "" if lawful_to_call(clinic, now) else ". Do not call now"
    hours = f"calls are allowed from {clock(LAWFUL.opens)} to {clock(LAWFUL.closes)}"
    return f"It is {clock(now)} at the clinic{warning}: {hours}"


def opening(clinic: Clinic, office: Office, now: dt.datetime) -> str:
    """Return a sentence as in: Port Alder office: open until 5 p.m."""
    state = open_now(clinic, office, now)
    if state.changes_at is None:
        return f"{office.name}: closed"
    if state.is_open:
        return f"{office.name}: open until {clock(state.changes_at)}"
    return f"{office.name}: closed until {day_and_clock(state.changes_at)}"


def openings(clinic: Clinic, slug: str, now: dt.datetime) -> list[str]:
    """Return whether the chosen office is open; without one, the same for each office."""
    office = clinic.office(slug)
    return [opening(clinic, listed, now) for listed in ((office,) if office else clinic.offices)]


def next_act(request: ConsultationRequest) -> str:
    """Return when to call next, or by when somebody must act."""
    if request.try_from:
        return f"Next try {_stretch(request.try_from, request.due_at)}"
    return f"Next step due {day_and_clock(request.due_at)}"


def _stretch(opens: dt.datetime, closes: dt.datetime) -> str:
    """Return a stretch as in: Monday, November 23, 2 p.m. to 5 p.m."""
    return f"{day_and_clock(opens)} to {clock(closes)}"


def consent(given: Consent) -> str:
    """Return a consent word for word, with version and moment, and the number if it is about one."""
    shown = readable(given)
    number = f", for {shown['phone']}" if shown["phone"] else ""
    return f"“{given['text']}” (version {given['version']}, {day_and_clock(shown['moment'])}{number})"


def marks(request: ConsultationRequest) -> list[str]:
    """Return what sets the request apart. Words of a crisis in requests joined to it count, too.

    Duplicates are marked in lists that call attach_look_alikes().
    """
    applies = {
        "Words of a crisis": any(joined.crisis for joined in with_joined(request)),
        "Duplicate?": bool(request.counted_look_alikes),
        "By phone": request.by_phone,
        "Joined": request.joined_to_id is not None,
        "Erased": request.erased_at is not None,
    }
    return [mark for mark, is_so in applies.items() if is_so]


def last_attempt(request: ConsultationRequest) -> str:
    """Return the result of the last attempt, and when it was."""
    if request.last_attempt_at is None:
        return NOT_TRIED
    return f"{request.get_last_attempt_display()}, {day_and_clock(request.last_attempt_at)}"


def holder(request: ConsultationRequest) -> str:
    return request.assigned_to or NOBODY


def answers(request: ConsultationRequest, clinic: Clinic) -> dict[str, str]:
    """Return all answers of the patient but the consents, contact wishes first; "" for a missing answer."""
    return {
        "How to contact safely": safe_contact(request),
        "If others answer": others_may(request) or NOT_CALLED,
        "Good times": best_times(request),
        "Asks for": asks_for(request) if request.for_whom else "",
        "Interpreter": request.interpreter,
        "Access needs": access_needs(request),
        "Name": request.name,
        "Phone": request.phone_shown,
        "Phone as typed": request.phone_typed,
        "E-mail": request.email,
        "Office": office_name(clinic, request.office),
        "About": request.get_reason_display(),
        "Note": request.note,
        "Came from": request.article,
    }
