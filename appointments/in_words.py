"""A request as the desk reads it: in words, never by color alone."""

import datetime as dt
from dataclasses import dataclass

from appointments.callbacks import LAWFUL
from appointments.choices import WAITING, BestTime, ContactWay, ForWhom, Status
from appointments.consents import Consent
from appointments.models import ConsultationRequest
from appointments.safe_contact import (
    ContactPermissions,
    contact_permissions,
    own_permissions,
    stricter_look_alikes,
)
from appointments.visit_time import Visit, when_and_where
from clinic_site.clinic import ACCESS, Clinic, Office, open_now
from clinic_site.phones import format_phone
from clinic_site.wording import clock, day_and_clock

NO_PREFERENCE = "No preference"
NOT_SAID = "Not said"
NO_VISIT_TIME = "No time is stored"  # scheduled before visits had one
DO_NOT_CALL = "Do not call"
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
UNITS = (("day", dt.timedelta(days=1)), ("hour", dt.timedelta(hours=1)), ("minute", dt.timedelta(minutes=1)))


def age(span: dt.timedelta) -> str:
    """In its largest unit, rounded down: 3 days, 2 hours, 1 minute."""
    for name, length in UNITS:
        count = span // length
        if count >= 1:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "Less than a minute"


def waiting_time(request: ConsultationRequest, now: dt.datetime) -> str:
    return age(now - request.created_at) if request.status in WAITING else "Ended"


def due(request: ConsultationRequest, clinic: Clinic, now: dt.datetime) -> str:
    """When somebody must act next, and what it means today while the request waits."""
    moment = _stretch(request.try_from, request.due_at) if request.try_from else day_and_clock(request.due_at)
    if request.status not in WAITING:
        return moment
    if request.due_at < now:
        return f"Overdue: {moment}"
    if clinic.local(request.due_at).date() == clinic.local(now).date():
        return f"Due today: {moment}"
    return moment


def visit(request: ConsultationRequest) -> str:
    """When and where the visit of a scheduled request is; "" for others."""
    if request.status != Status.SCHEDULED or request.erased_at:
        return ""
    return when_and_where(Visit(request.visit_at, request.visit_office)) if request.visit_at else NO_VISIT_TIME


def safe_contact(request: ConsultationRequest) -> str:
    """What somebody must know before reaching for the phone, and which look-alikes make it stricter."""
    marks = ", ".join(_marks(contact_permissions(request)))
    stricter = [other.reference for other in stricter_look_alikes(request)]
    return f"{marks} (see {', '.join(stricter)})" if stricter else marks


def own_wishes(request: ConsultationRequest) -> str:
    """safe_contact() without the look-alikes: what this request says, to set it beside others."""
    return ", ".join(_marks(own_permissions(request)))


def ruled_out_by(request: ConsultationRequest, other: ConsultationRequest) -> str:
    """What the look-alike `other` adds to the wishes of `request`."""
    own = own_permissions(request)
    both = own.with_look_alikes([other])
    marks = [mark for mark in _marks(both) if mark not in _marks(own)]
    if both.others_may and both.others_may != own.others_may:
        marks.append(f"If others answer: {both.others_may.label}")
    return ", ".join(marks)


def _marks(permissions: ContactPermissions) -> list[str]:
    marks = [_way_mark(permissions), *(_phone_marks(permissions) if permissions.request.phone else ["No phone number"])]
    return list(filter(None, marks))


def _way_mark(permissions: ContactPermissions) -> str:
    return DO_NOT_CALL if permissions.calls_ruled_out else WAY_MARKS.get(permissions.request.contact_way, "")


def _phone_marks(permissions: ContactPermissions) -> list[str]:
    return [
        WRONG_NUMBER if permissions.is_wrong_number else "",
        "Voicemail OK" if permissions.may_leave_voicemail else "No voicemail",
        "Texts OK" if permissions.may_text else "No texts",
    ]


def office_name(clinic: Clinic, slug: str) -> str:
    """The slug itself where the clinic no longer has that office."""
    office = clinic.office(slug)
    return office.name if office else slug or NO_PREFERENCE


def best_times(request: ConsultationRequest) -> str:
    return ", ".join(BestTime(each).label for each in request.best_times) or NO_PREFERENCE


def access_needs(request: ConsultationRequest) -> str:
    needs = [*(ACCESS.get(each, each) for each in request.access), request.access_note]
    return ", ".join(filter(None, needs)) or "None"


@dataclass(frozen=True)
class Rule:
    """What the patient allows, or does not, about one way of reaching them."""

    way: str
    allowed: bool
    text: str


def rules(request: ConsultationRequest) -> list[Rule]:
    """Each way by itself, for the request's own page."""
    permissions = contact_permissions(request)
    return [
        _phone_rule(request, "Calls", permissions.may_call, _no_calls(permissions)),
        _phone_rule(request, "Voicemail", permissions.may_leave_voicemail, "Do not leave a message"),
        _phone_rule(request, "Texts", permissions.may_text, "Do not text"),
        Rule("E-mail", bool(request.email), "Allowed" if request.email else "No address"),
    ]


def _phone_rule(request: ConsultationRequest, way: str, allowed: bool, refusal: str) -> Rule:
    return Rule(way, allowed, "Allowed" if allowed else refusal if request.phone else "No phone number")


def no_calls(request: ConsultationRequest) -> str:
    """Why a number is not called; "" where it may be."""
    permissions = contact_permissions(request)
    return "" if permissions.may_call else _no_calls(permissions)


def _no_calls(permissions: ContactPermissions) -> str:
    return DO_NOT_CALL if permissions.calls_ruled_out else WRONG_NUMBER


def others_may(request: ConsultationRequest) -> str:
    """What may be said to somebody else who answers; "" where nobody is called."""
    may = contact_permissions(request).others_may
    return may.label if may else ""


def preferred_way(request: ConsultationRequest) -> str:
    return _way_mark(contact_permissions(request)) or NO_PREFERENCE


def asks_for(request: ConsultationRequest) -> str:
    """For whom, and with it who is on the line."""
    return ASKS_FOR.get(request.for_whom, NOT_SAID)


def lawful_to_call(clinic: Clinic, now: dt.datetime) -> bool:
    """By the clinic's clock: where the patient is, nobody knows."""
    return LAWFUL.opens <= clinic.local(now).time() < LAWFUL.closes


def calling_hours(clinic: Clinic, now: dt.datetime) -> str:
    """It is 7:10 p.m. at the clinic: calls are allowed from 8 a.m. to 9 p.m."""
    warning = "" if lawful_to_call(clinic, now) else ". Do not call now"
    hours = f"calls are allowed from {clock(LAWFUL.opens)} to {clock(LAWFUL.closes)}"
    return f"It is {clock(now)} at the clinic{warning}: {hours}"


def opening(clinic: Clinic, office: Office, now: dt.datetime) -> str:
    """Port Alder office: open until 5 p.m."""
    state = open_now(clinic, office, now)
    if state.changes_at is None:
        return f"{office.name}: closed"
    if state.is_open:
        return f"{office.name}: open until {clock(state.changes_at)}"
    return f"{office.name}: closed until {day_and_clock(state.changes_at)}"


def openings(clinic: Clinic, slug: str, now: dt.datetime) -> list[str]:
    """Whether the office that was asked for is open; without one, each of them."""
    office = clinic.office(slug)
    return [opening(clinic, each, now) for each in ((office,) if office else clinic.offices)]


def next_act(request: ConsultationRequest) -> str:
    """When to call next, or by when somebody must act."""
    if request.try_from:
        return f"Next try {_stretch(request.try_from, request.due_at)}"
    return f"Next step due {day_and_clock(request.due_at)}"


def _stretch(opens: dt.datetime, closes: dt.datetime) -> str:
    """Monday, November 23, 2 p.m. to 5 p.m."""
    return f"{day_and_clock(opens)} to {clock(closes)}"


def consent(given: Consent) -> str:
    """Word for word, with version and moment, and the number where it is about one."""
    moment = day_and_clock(dt.datetime.fromisoformat(given["at"]))
    number = f", for {format_phone(given['number'])}" if given["number"] else ""
    return f"“{given['text']}” (version {given['version']}, {moment}{number})"
