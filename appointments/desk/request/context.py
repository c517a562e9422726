"""Template context of a request's page, gathered before the look is logged."""

import datetime as dt
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import QueryDict

from appointments import scripts
from appointments.choices import TRANSITIONS, WAITING, Attempt, Status
from appointments.desk import labels
from appointments.desk.request.banners import banners, stricter, undelivered
from appointments.desk.request.history import History, history
from appointments.desk.request.step_forms import StepForm
from appointments.desk.request.steps import STEPS
from appointments.desk.request.visit_block import visit_block
from appointments.models import ConsultationRequest
from appointments.policies.contact import attach_look_alikes, contact_permissions
from appointments.policies.duplicates import LookAlike, look_alikes
from appointments.policies.office_fit import gaps_in_words
from appointments.workflow import last_step
from clinic_site.canned_answers import get_canned_answers
from clinic_site.clinic_yaml import get_clinic

MOVES = {
    Status.NEW: "Back to new",
    Status.CONTACTING: "Start contacting",
    Status.CLOSED: "Close",
    Status.WITHDRAWN: "Withdrawn by the patient",
    Status.SPAM: "Mark as spam",
}
REOPENINGS = {Status.NEW: "Reopen as new", Status.CONTACTING: "Reopen as contacting"}


def page_context(
    request: ConsultationRequest, viewer: str, now: dt.datetime, query: QueryDict, refused: dict[str, StepForm]
) -> dict[str, Any]:
    """Return the context. `viewer` is a user name; `refused` is the incomplete form, by the name of its step.

    `query` holds what was chosen on the page without changing anything: the kind of visit, the answer to look at.
    """
    prefetch_related_objects([request], "joined__joined", "messages", "visits")
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
        "note_box": next(iter(refused.values()), forms["note"])["text"],  # with the typed text
        "top": _top(request, now),
        "contact": _contact(request, now),
        "attempts": _attempts(request, past),
        "moves": _moves(request),
        "visit": visit_block(request, query, now),
        "times_error": next((form["slots"].errors for form in refused.values() if "slots" in form.fields), []),
        "canned": _canned(query),
        "may_decline": Status.DECLINED in TRANSITIONS[Status(request.status)],
        "last_step": last_step(request),
        "undelivered": undelivered(request),
        "notes": list(request.notes.all()),
        "look_alikes": _compared(request),
        "own_wishes": labels.own_wishes(request),
        "consents": [labels.consent(consent) for consent in request.consents],
        "history": past,
    }


def _top(request: ConsultationRequest, now: dt.datetime) -> dict[str, Any]:
    clinic = get_clinic()
    waits = request.status in WAITING
    return {
        "office": labels.office_name(clinic, request.office),
        "visit": labels.visit(request),
        "waiting": labels.waiting_time(request, now) if waits else "",
        "due": labels.due(request, clinic, now) if waits else "",
        "overdue": waits and request.due_at < now,
    }


def _contact(request: ConsultationRequest, now: dt.datetime) -> dict[str, Any]:
    clinic = get_clinic()
    no_calls = labels.no_calls(request)
    may_leave_voicemail = contact_permissions(request).may_leave_voicemail
    return {
        "stricter": stricter(request),
        "way": labels.preferred_way(request),
        "rules": labels.rules(request),
        "voicemail": scripts.voicemail(clinic, request.office) if may_leave_voicemail else "",
        "others_may": labels.others_may(request),
        "best_times": labels.best_times(request),
        "asks_for": labels.asks_for(request),
        "interpreter": request.interpreter or "None",
        "access": labels.access_needs(request),
        "gaps": gaps_in_words(clinic, request.office, request.interpreter, request.access),
        "hours": labels.calling_hours(clinic, now),
        "openings": labels.openings(clinic, request.office, now),
        "phone_link": labels.phone_link(request) if not no_calls and labels.lawful_to_call(clinic, now) else "",
        "warning": no_calls or "Do not call now",
        "typed_otherwise": request.phone_typed if request.phone_typed != request.phone_shown else "",
    }


def _canned(query: QueryDict) -> dict[str, Any]:
    """Return the names of the canned answers, and the chosen one with its text."""
    answers, chosen = get_canned_answers(), query.get("answer", "")
    return {"names": list(answers), "chosen": chosen, "text": answers.get(chosen, "")}


def _compared(request: ConsultationRequest) -> list[tuple[LookAlike, str, str]]:
    """Return each look-alike with the name of its office and its own contact wishes."""
    pairs, clinic = look_alikes(request), get_clinic()
    prefetch_related_objects([pair.other for pair in pairs], "joined")
    return [(pair, labels.office_name(clinic, pair.other.office), labels.own_wishes(pair.other)) for pair in pairs]


def _attempts(request: ConsultationRequest, past: History) -> dict[str, Any]:
    offered = contact_permissions(request).attempts if request.status in WAITING else []
    return {
        "offered": offered,
        "past": [(event, Attempt(event.detail).label) for event in past.attempts],
        "next": labels.next_act(request) if request.status in WAITING else "",
    }


def _moves(request: ConsultationRequest) -> list[tuple[Status, str]]:
    """Return each status that can follow, with the words on its button; scheduling and declining have forms."""
    words = MOVES if request.status in WAITING else REOPENINGS
    return [(to, words[to]) for to in Status if to in TRANSITIONS[Status(request.status)] and to in words]
