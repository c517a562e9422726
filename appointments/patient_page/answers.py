"""A copy of the patient's answers, to read and to print, for whoever confirms who they are."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from appointments.choices import BestTime, ContactWay
from appointments.forms import clean_post
from appointments.models import ConsultationRequest
from appointments.patient_page.forms import ConfirmForm
from appointments.patient_page.identity import proves
from appointments.patient_page.views import private_page
from appointments.policies.consents import readable
from appointments.visit_time import VisitTime, when_and_where
from clinic_site.clinic import ACCESS, Clinic
from clinic_site.clinic_yaml import get_clinic

NOT_GIVEN = "Not given"


@private_page
def answers(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """Ask who it is, then show every answer. 404 for an unknown token, and after 30 days."""
    if request.method != "POST":
        return _confirm_page(request, stored, ConfirmForm())
    form = ConfirmForm(clean_post(request.POST))
    if proves(request.POST.get("proof", ""), stored) or form.confirms(stored, now):
        return _copy(request, stored, now)
    return _confirm_page(request, stored, form)


def _confirm_page(request: HttpRequest, stored: ConsultationRequest, form: ConfirmForm) -> HttpResponse:
    return render(request, "appointments/answers_confirm.html", {"stored": stored, "form": form})


def _copy(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    facts = {heading: text or NOT_GIVEN for heading, text in in_words(stored, get_clinic()).items()}
    consents = [readable(consent) for consent in stored.consents]
    context = {"stored": stored, "facts": facts, "consents": consents, "now": now}
    return render(request, "appointments/answers.html", context)


def in_words(stored: ConsultationRequest, clinic: Clinic) -> dict[str, str]:
    """Return all answers by their question; "" for a missing answer."""
    office = clinic.office(stored.office)
    visit = stored.visits.open().first()
    time = {"Time": when_and_where(VisitTime(visit.starts_at, visit.office))} if visit else {}
    return time | {
        "Full name": stored.name,
        "Phone number, as you typed it": stored.phone_typed,
        "Phone number, as we use it": stored.phone_shown,
        "E-mail address": stored.email,
        "How we may reach you": _ways(stored),
        "If someone else answers the phone": stored.get_others_may_display(),
        "Good times": ", ".join(BestTime(time).label for time in stored.best_times),
        "Office": office.name if office else stored.office,
        "Interpreter": stored.interpreter,
        "Access needs": ", ".join(ACCESS.get(need, need) for need in stored.access),
        "Other access needs": stored.access_note,
        "Who it is for": stored.get_for_whom_display() if stored.for_whom else "",
        "What it is about": stored.get_reason_display() if stored.reason else "",
        "Note": stored.note,
        "Article you came from": stored.article,
    }


def _ways(stored: ConsultationRequest) -> str:
    may_call = bool(stored.phone) and stored.contact_way != ContactWay.NO_CALLS
    allowed = {
        "call": may_call,
        "voicemail": may_call and stored.voicemail,
        "text": bool(stored.phone) and stored.texts,
        "e-mail": bool(stored.email),
    }
    ways = ", ".join(way for way, is_allowed in allowed.items() if is_allowed)
    return f"{stored.get_contact_way_display()}. Allowed: {ways}" if stored.contact_way else f"Allowed: {ways}"
