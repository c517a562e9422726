"""What the patient does with visits on their page: take an offer, move, cancel, wait for an earlier time.

The private link suffices for what the clinic offered and for the calendar file. To move or cancel, the patient confirms
who they are in the same step.
"""

import datetime as dt
from contextlib import suppress

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from appointments import booking
from appointments.choices import VisitStatus
from appointments.forms import clean_post
from appointments.models import ConsultationRequest
from appointments.patient_page.forms import CancelVisitForm, MoveVisitForm
from appointments.patient_page.notices import (
    GONE,
    TIME_TAKEN,
    TOO_LATE_TO_MOVE,
    UNCHANGED,
    VISIT_MEANWHILE,
    Notice,
)
from appointments.patient_page.shown_visits import (
    ShownVisit,
    by_day_and_office,
    chosen_time,
    offers_of,
    times_to_move_to,
    visit_of,
)
from appointments.patient_page.views import private_page, status_page, stored_request
from appointments.policies.refusals import ChangedMeanwhile, ChangedTooOften, RefusedStep
from appointments.visits.calendar_file import calendar_file
from appointments.visits.free_times import Slot, moment_of
from appointments.visits.holds import QUARTER, TimeTaken
from clinic_site.clinic_yaml import get_clinic
from clinic_site.http.responses import see_other

GROUPS_ON_A_PAGE = 5  # days, or days in an office


def _to_status(stored: ConsultationRequest, saved: str = "") -> HttpResponse:
    address = reverse("appointments:status", args=[stored.token])
    return see_other(f"{address}?saved={saved}" if saved else address)


@private_page
def answer_offers(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """Take an offered time, refuse all, or turn the waiting list on or off."""
    if request.method != "POST":
        return _to_status(stored)
    post = clean_post(request.POST)
    try:
        if "take" in post:
            return _take(request, stored, post.get("take", ""), now)
        if "none" in post:
            if offers_of(stored, now):  # none left: a second press
                booking.refuse_offers(stored, now)
            return _to_status(stored, "none")
        if "earlier" in post:
            booking.want_earlier(stored, post.get("earlier") == "on", now)
            return _to_status(stored, "earlier")
    except ChangedTooOften:
        raise
    except RefusedStep:
        return status_page(request, stored_request(stored.token, now), now, UNCHANGED)
    return _to_status(stored)


def _take(request: HttpRequest, stored: ConsultationRequest, key: str, now: dt.datetime) -> HttpResponse:
    offer = next((offer for offer in offers_of(stored, now) if str(offer.shown.visit.pk) == key), None)
    if offer and offer.can_be_taken:
        with suppress(TimeTaken, ChangedMeanwhile):
            booking.take_offer(stored, offer.shown.visit, now)
            return _to_status(stored, "booked")
    return _not_taken(request, stored_request(stored.token, now), key, now)


def _not_taken(request: HttpRequest, stored: ConsultationRequest, key: str, now: dt.datetime) -> HttpResponse:
    """Answer a press on an offer that is gone; a second press on the taken one finds the visit booked."""
    offered = next((visit for visit in stored.visits.all() if str(visit.pk) == key), None)
    booked = stored.visits.filter(status=VisitStatus.BOOKED).first()
    if offered and booked and (offered.starts_at, offered.office) == (booked.starts_at, booked.office):
        return _to_status(stored, "booked")
    return status_page(request, stored, now, GONE)


@private_page
def move(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """Show free times of the same kind, and move the visit to the chosen one."""
    shown = visit_of(stored, now)
    if shown is None or not shown.can_be_moved:
        too_late = shown is not None and now >= shown.changes_until
        notice = TOO_LATE_TO_MOVE if too_late else UNCHANGED
        return status_page(request, stored, now, notice) if request.method == "POST" else _to_status(stored)
    if request.method != "POST":
        return _move_page(request, stored, MoveVisitForm(initial={"version": stored.version}), now)
    form = MoveVisitForm(clean_post(request.POST))
    if not form.confirms(stored, now):
        return _move_page(request, stored, form, now)
    slot = chosen_time(stored, shown, form.cleaned_data["time"], now)
    if slot and (slot.starts_at, slot.office) == (shown.visit.starts_at, shown.visit.office):  # a second press
        return _to_status(stored, "moved")
    return _moved(request, stored, form, slot, now)


def _moved(
    request: HttpRequest, stored: ConsultationRequest, form: MoveVisitForm, slot: Slot | None, now: dt.datetime
) -> HttpResponse:
    notice = TIME_TAKEN
    if slot and form.is_outdated(stored):
        notice = VISIT_MEANWHILE
    elif slot:
        try:
            booking.move(stored, slot, now)
            return _to_status(stored, "moved")
        except TimeTaken:
            pass
        except ChangedTooOften:
            raise
        except RefusedStep:
            notice = VISIT_MEANWHILE
    return _move_page(request, stored_request(stored.token, now), form, now, notice)


def _move_page(
    request: HttpRequest,
    stored: ConsultationRequest,
    form: MoveVisitForm,
    now: dt.datetime,
    notice: Notice | None = None,
) -> HttpResponse:
    """Show the free times by day; with a notice, the days around the time that was chosen."""
    shown = visit_of(stored, now)
    if shown is None or not shown.can_be_moved:
        return status_page(request, stored, now, UNCHANGED)
    groups = by_day_and_office(times_to_move_to(stored, shown, now))
    pages = Paginator(groups, GROUPS_ON_A_PAGE)
    number = _page_of_choice(form, [day for day, _, _ in groups]) if notice else request.GET.get("page", "1")
    context = {
        "stored": stored,
        "shown": shown,
        "groups": pages.get_page(number),
        "form": form.rebound_to(stored) if notice else form,
        "notice": notice,
    }
    return render(request, "appointments/status_move.html", context)


def _page_of_choice(form: MoveVisitForm, days: list[dt.date]) -> str:
    """Return the number of the page with the day that was chosen, or the next day with free times."""
    _, _, quarter = form.cleaned_data["time"].rpartition(".")
    chosen = get_clinic().today(moment_of(int(quarter))) if QUARTER.fullmatch(quarter) else dt.date.min
    before = sum(day < chosen for day in days)
    return str(min(before, len(days) - 1) // GROUPS_ON_A_PAGE + 1)


@private_page
def cancel(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """Ask, and cancel the visit. Late is better than never, so until its start."""
    shown = visit_of(stored, now)
    if shown is None or not shown.can_be_cancelled:
        return _to_status(stored, "cancelled")  # the notice shows only if it is so
    if request.method != "POST":
        return _cancel_page(request, stored, shown, CancelVisitForm(initial={"version": stored.version}))
    form = CancelVisitForm(clean_post(request.POST))
    if not form.confirms(stored, now):
        return _cancel_page(request, stored, shown, form)
    if not form.is_outdated(stored):
        with suppress(RefusedStep):
            booking.cancel(stored, "", now)
            return _to_status(stored, "cancelled")
    return _cancel_again(request, stored_request(stored.token, now), form, now)


def _cancel_again(
    request: HttpRequest, stored: ConsultationRequest, form: CancelVisitForm, now: dt.datetime
) -> HttpResponse:
    """Show the visit as it is now: nobody cancels what they have not seen."""
    shown = visit_of(stored, now)
    if shown is None or not shown.can_be_cancelled:
        return _to_status(stored, "cancelled")
    return _cancel_page(request, stored, shown, form.rebound_to(stored), VISIT_MEANWHILE)


def _cancel_page(
    request: HttpRequest,
    stored: ConsultationRequest,
    shown: ShownVisit,
    form: CancelVisitForm,
    notice: Notice | None = None,
) -> HttpResponse:
    context = {"stored": stored, "shown": shown, "form": form, "notice": notice}
    return render(request, "appointments/status_cancel.html", context)


@require_safe
@private_page
def file(_request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """Return the calendar file of a booked visit."""
    shown = visit_of(stored, now)
    if shown is None or shown.visit.status != VisitStatus.BOOKED or shown.is_stranded:
        return _to_status(stored)
    return HttpResponse(
        calendar_file(shown.visit, stored, now, for_download=True),
        content_type="text/calendar; charset=utf-8; method=PUBLISH",
        headers={"Content-Disposition": 'attachment; filename="appointment.ics"'},
    )
