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

from appointments import in_words, workflow
from appointments.choices import Action
from appointments.consents import Consent
from appointments.desk import facts
from appointments.desk.base import nobody_looks
from appointments.models import AuditEvent, ConsultationRequest
from appointments.safe_contact import attach_look_alikes
from clinic_site.clinic_file import get_clinic
from clinic_site.phones import format_phone
from clinic_site.wording import day_and_clock

NOT_GIVEN = "Not given"


class PrintSheet(admin.ModelAdmin[ConsultationRequest]):
    """The page of one sheet. Whoever sees a request may print it; the audit trail says who did."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.print_view)
        return [path("<int:pk>/print/", view, name="appointments_consultationrequest_print"), *super().get_urls()]

    @method_decorator(require_GET)
    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if nobody_looks(request):
            return HttpResponse(status=403)
        get_object_or_404(ConsultationRequest, pk=pk)
        return print_sheets(self, request, ConsultationRequest.objects.filter(pk=pk))


@admin.action(description="Print", permissions=["view"])
def print_sheets(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> HttpResponse:
    """A sheet for each."""
    now, actor = timezone.now(), request.user.get_username()
    attempts = Prefetch("audit_events", AuditEvent.objects.attempts(), to_attr="attempts")
    requests = list(queryset.select_related("joined_to").prefetch_related("notes", "joined", attempts))
    attach_look_alikes(requests)
    workflow.record_each(requests, Action.PRINTED, actor, now)
    context = {"sheets": _sheets(requests, now), "actor": actor, "now": now}
    return render(request, "admin/appointments/consultationrequest/print.html", context)


def _sheets(requests: Iterable[ConsultationRequest], now: dt.datetime) -> list[dict[str, Any]]:
    return [_sheet(each, now) for each in requests]


def _sheet(request: ConsultationRequest, now: dt.datetime) -> dict[str, Any]:
    answers = facts.answers(request, get_clinic())
    return {
        "request": request,
        "marks": facts.marks(request),
        "safe_contact": answers.pop("How to contact safely"),
        "answers": {heading: text or NOT_GIVEN for heading, text in answers.items()},
        "state": _state(request, now),
        "consents": [_consent(each) for each in request.consents],
    }


def _consent(stored: Consent) -> dict[str, Any]:
    number = stored["number"]
    return {
        **stored,
        "moment": dt.datetime.fromisoformat(stored["at"]),
        "phone": format_phone(number) if number else "",
    }


def _state(request: ConsultationRequest, now: dt.datetime) -> dict[str, str]:
    """Where it stands at the desk; what does not apply is left out."""
    state = {
        "Status": request.get_status_display(),
        "Visit": in_words.visit(request),
        "Declined because": request.get_declined_because_display(),
        "Joined to": request.joined_to.reference if request.joined_to else "",
        "Who has it": facts.holder(request),
        "Received": day_and_clock(request.created_at),
        "Waiting": in_words.waiting_time(request, now),
        "Promised by": day_and_clock(request.reply_by),
        "Due": in_words.due(request, get_clinic(), now),
        "Ended": day_and_clock(request.ended_at) if request.ended_at else "",
        "Erased": day_and_clock(request.erased_at) if request.erased_at else "",
    }
    return {heading: text for heading, text in state.items() if text}
