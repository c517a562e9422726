"""A request on paper: all that is known of it on one page, with room to write."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET

from appointments import workflow
from appointments.choices import Action
from appointments.desk import labels
from appointments.desk.access import is_no_look
from appointments.desk.visit_labels import calendar_name, current_visit, kind_name
from appointments.models import AuditEvent, ConsultationRequest
from appointments.policies.consents import readable
from appointments.policies.contact import attach_look_alikes
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import day_and_clock

NOT_GIVEN = "Not given"


class PrintSheet(admin.ModelAdmin[ConsultationRequest]):
    """The view of one sheet. Whoever sees a request may print it; the audit trail says who did."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.print_view)
        return [path("<int:pk>/print/", view, name="appointments_consultationrequest_print"), *super().get_urls()]

    @method_decorator(require_GET)
    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if is_no_look(request):
            return HttpResponse(status=403)
        get_object_or_404(ConsultationRequest, pk=pk)
        return print_sheets(self, request, ConsultationRequest.objects.filter(pk=pk))


@admin.action(description="Print", permissions=["view"])
def print_sheets(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> HttpResponse:
    """Show a sheet for each ticked request."""
    now, actor = timezone.now(), request.user.get_username()
    attempts = Prefetch("audit_events", AuditEvent.objects.attempts(), to_attr="attempts")
    requests = list(queryset.select_related("joined_to").prefetch_related("notes", "joined", "visits", attempts))
    attach_look_alikes(requests)
    workflow.record_each(requests, Action.PRINTED, actor, now)
    context = {"sheets": _sheets(requests, now), "actor": actor, "now": now}
    return render(request, "admin/appointments/consultationrequest/print.html", context)


def _sheets(requests: Iterable[ConsultationRequest], now: dt.datetime) -> list[dict[str, Any]]:
    return [_sheet(request, now) for request in requests]


def _sheet(request: ConsultationRequest, now: dt.datetime) -> dict[str, Any]:
    answers = labels.answers(request, get_clinic())
    return {
        "request": request,
        "marks": labels.marks(request),
        "safe_contact": answers.pop("How to contact safely"),
        "answers": {heading: text or NOT_GIVEN for heading, text in answers.items()},
        "state": _state(request, now),
        "consents": [readable(consent) for consent in request.consents],
    }


def _state(request: ConsultationRequest, now: dt.datetime) -> dict[str, str]:
    """Return the state of the request at the desk, without what does not apply."""
    clinic, visit = get_clinic(), current_visit(request)
    state = {
        "Status": request.get_status_display(),
        "Visit": labels.visit(request),
        "Calendar": calendar_name(clinic, visit.office, visit.calendar) if visit else "",
        "Kind of visit": kind_name(clinic, visit.kind) if visit else "",
        "Status of the visit": visit.get_status_display() if visit else "",
        "Declined because": request.get_declined_because_display(),
        "Joined to": request.joined_to.reference if request.joined_to else "",
        "Who has it": labels.holder(request),
        "Received": day_and_clock(request.created_at),
        "Waiting": labels.waiting_time(request, now),
        "Promised by": day_and_clock(request.reply_by),
        "Due": labels.due(request, clinic, now),
        "Ended": day_and_clock(request.ended_at) if request.ended_at else "",
        "Erased": day_and_clock(request.erased_at) if request.erased_at else "",
    }
    return {heading: text for heading, text in state.items() if text}
