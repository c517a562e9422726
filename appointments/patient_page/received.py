"""The page that confirms a request, and asks once what the clinic should prepare."""

import datetime as dt

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from appointments.choices import SENDING_STEPS, WAITING, Action, Status, VisitStatus
from appointments.emails import link_end
from appointments.forms import clean_post
from appointments.models import ConsultationRequest
from appointments.patient_page.corrections import NEEDS, TIMES
from appointments.patient_page.forms import NeedsForm, PrepareForm
from appointments.patient_page.notices import BUSY, Notice
from appointments.patient_page.shown_visits import can_be_called, show
from appointments.patient_page.views import ask_to_confirm, private_page, recent_changes, stored_request
from appointments.policies.refusals import RefusedStep
from clinic_site.clinic_yaml import get_clinic
from clinic_site.http.responses import see_other

JUST_SENT = dt.timedelta(minutes=30)  # later, somebody else may have the link, the phone or the mailbox
RECEIVED = "We have your request"
HEADINGS: dict[str, str] = {
    VisitStatus.PENDING: "Your time is held, and not yet confirmed",
    VisitStatus.BOOKED: "Your visit is booked",
}
NOTED = Notice("We noted it", "The clinic sees it with your request.")


@private_page
def received(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """Confirm a request without showing any answer. 404 for an unknown token, and after 30 days."""
    if request.method == "POST":
        return _posted(request, stored, now)
    return _page(request, stored, now, _form_for(stored)(stored) if asks_once(stored, now) else None)


def asks_once(stored: ConsultationRequest, now: dt.datetime) -> bool:
    """Return whether the page asks what to prepare, without a proof of identity.

    Only who has just sent the request is asked, and only as long as there is no answer that the page could show or
    overwrite, and nobody works on the request.
    """
    answered = stored.interpreter or stored.access or stored.access_note or stored.best_times
    corrected = stored.audit_events.filter(action=Action.CORRECTED).exists()
    return not answered and not corrected and _is_just_sent(stored, now) and _nothing_since(stored)


def _form_for(stored: ConsultationRequest) -> type[NeedsForm]:
    """Return the form: with a booked visit nobody calls to find a time."""
    return NeedsForm if stored.status == Status.SCHEDULED else PrepareForm


def _is_just_sent(stored: ConsultationRequest, now: dt.datetime) -> bool:
    return now - stored.created_at < JUST_SENT


def _posted(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """Store what to prepare. Too late, or after another change, the patient first confirms who they are."""
    form = _form_for(stored)(stored, clean_post(request.POST))
    page = see_other(reverse("appointments:received", args=[stored.token]))
    if not asks_once(stored, now):
        is_second_press = _is_just_sent(stored, now) and form.is_valid() and form.changes_nothing
        return page if is_second_press else ask_to_confirm(request, stored, form, now)
    if not form.is_valid():
        return _page(request, stored, now, form)
    try:
        form.apply(now)
    except RefusedStep:  # somebody else was faster, or the request is spam or erased
        found = stored_request(stored.token, now)
        return ask_to_confirm(request, found, form.rebound_to(found), now)
    except OperationalError:
        form.add_error(None, BUSY.text)
        return _page(request, stored, now, form)
    return page


def _page(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime, form: NeedsForm | None) -> HttpResponse:
    is_noted = not recent_changes(stored, now).isdisjoint((NEEDS, TIMES))
    visit = stored.visits.open().first()
    nothing_since = _nothing_since(stored) and now <= stored.reply_by
    context = {
        "stored": stored,
        "heading": HEADINGS.get(visit.status, RECEIVED) if visit and nothing_since else RECEIVED,
        "shown": show(visit, now) if visit else None,
        "can_be_called": can_be_called(stored),
        "office": get_clinic().office(stored.office),
        "in_crisis": stored.crisis and _is_just_sent(stored, now),
        "nothing_since": nothing_since,
        "link_end": link_end(stored),
        "form": form,
        "notice": NOTED if is_noted and _is_just_sent(stored, now) else None,
    }
    return render(request, "appointments/received.html", context)


def _nothing_since(stored: ConsultationRequest) -> bool:
    """Return whether all that happened is that the patient sent the request, maybe with a time, and corrected it."""
    others = stored.audit_events.changes().exclude(actor="", action__in=(*SENDING_STEPS, Action.CORRECTED))
    return stored.status in (*WAITING, Status.SPAM, Status.SCHEDULED) and not others.exists()
