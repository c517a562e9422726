"""What the page of one request tells, gathered before it is written down that somebody looked."""

import datetime as dt
from typing import Any

from django.db.models import prefetch_related_objects

from appointments import in_words
from appointments.choices import WAITING, Attempt, Status
from appointments.desk.banners import banners, undelivered
from appointments.desk.history import History, history
from appointments.desk.step_forms import StepForm
from appointments.desk.steps import STEPS
from appointments.duplicates import LookAlike, look_alikes
from appointments.models import ConsultationRequest
from appointments.needs import gaps_in_words
from appointments.safe_contact import attach_look_alikes, contact_permissions
from appointments.transitions import TRANSITIONS
from appointments.workflow import last_step
from clinic_site.clinic_file import get_clinic

MOVES = {
    Status.NEW: "Back to new",
    Status.CONTACTING: "Start contacting",
    Status.CLOSED: "Close",
    Status.WITHDRAWN: "Withdrawn by the patient",
    Status.SPAM: "Mark as spam",
}
REOPENINGS = {Status.NEW: "Reopen as new", Status.CONTACTING: "Reopen as contacting"}


def page_context(
    request: ConsultationRequest, viewer: str, now: dt.datetime, refused: dict[str, StepForm]
) -> dict[str, Any]:
    """`viewer`: the user name; `refused`: the form that something is missing from, by the name of its step."""
    prefetch_related_objects([request], "joined__joined", "messages")
    attach_look_alikes([request])
    past = history(request)
    typed = {name: form.data[name] for form in refused.values() for name in form.data}
    forms = {name: step.form(obj=request, actor=viewer, typed=typed) for name, step in STEPS.items()}
    return {
        "obj": request,
        "title": f"{'Error: ' if refused else ''}{request.reference}: {request.get_status_display()}",
        "viewer": viewer,
        "banners": banners(request, past, viewer, now),
        "refused": next(iter(refused.values()), None),
        "forms": forms | refused,
        "note_box": next(iter(refused.values()), forms["note"])["text"],  # keeps what was typed there
        "top": _top(request, now),
        "contact": _contact(request, now),
        "attempts": _attempts(request, past),
        "moves": _moves(request),
        "may_schedule": request.status == Status.SCHEDULED or Status.SCHEDULED in TRANSITIONS[Status(request.status)],
        "may_decline": Status.DECLINED in TRANSITIONS[Status(request.status)],
        "last_step": last_step(request),
        "undelivered": undelivered(request),
        "notes": list(request.notes.all()),
        "look_alikes": _compared(request),
        "own_wishes": in_words.own_wishes(request),
        "consents": [in_words.consent(each) for each in request.consents],
        "history": past,
    }


def _top(request: ConsultationRequest, now: dt.datetime) -> dict[str, Any]:
    clinic = get_clinic()
    waits = request.status in WAITING
    return {
        "office": in_words.office_name(clinic, request.office),
        "visit": in_words.visit(request),
        "waiting": in_words.waiting_time(request, now) if waits else "",
        "due": in_words.due(request, clinic, now) if waits else "",
        "overdue": waits and request.due_at < now,
    }


def _contact(request: ConsultationRequest, now: dt.datetime) -> dict[str, Any]:
    clinic = get_clinic()
    no_calls = in_words.no_calls(request)
    return {
        "way": in_words.preferred_way(request),
        "rules": in_words.rules(request),
        "others_may": in_words.others_may(request),
        "best_times": in_words.best_times(request),
        "asks_for": in_words.asks_for(request),
        "interpreter": request.interpreter or "None",
        "access": in_words.access_needs(request),
        "gaps": gaps_in_words(clinic, request.office, request.interpreter, request.access),
        "hours": in_words.calling_hours(clinic, now),
        "openings": in_words.openings(clinic, request.office, now),
        "phone_link": _phone_link(request) if not no_calls and in_words.lawful_to_call(clinic, now) else "",
        "warning": no_calls or "Do not call now",
        "typed_otherwise": request.phone_typed if request.phone_typed != request.phone_shown else "",
    }


def _compared(request: ConsultationRequest) -> list[tuple[LookAlike, str, str]]:
    """Each with the name of its office, and what it says itself about contact."""
    pairs, clinic = look_alikes(request), get_clinic()
    prefetch_related_objects([pair.other for pair in pairs], "joined")
    return [(pair, in_words.office_name(clinic, pair.other.office), in_words.own_wishes(pair.other)) for pair in pairs]


def _phone_link(request: ConsultationRequest) -> str:
    """RFC 3966."""
    return f"tel:{request.phone}" + (f";ext={request.phone_extension}" if request.phone_extension else "")


def _attempts(request: ConsultationRequest, past: History) -> dict[str, Any]:
    open_to_us = contact_permissions(request).attempts if request.status in WAITING else []
    return {
        "offered": open_to_us,
        "past": [(event, Attempt(event.detail).label) for event in past.attempts],
        "next": in_words.next_act(request) if request.status in WAITING else "",
    }


def _moves(request: ConsultationRequest) -> list[tuple[Status, str]]:
    """Each status that can follow, with the words on its button; scheduling and declining have forms of their own."""
    words = MOVES if request.status in WAITING else REOPENINGS
    return [(to, words[to]) for to in Status if to in TRANSITIONS[Status(request.status)] and to in words]
