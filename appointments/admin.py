"""The front desk's queue. What the patient sent is read-only; only workflow.py changes the status."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from appointments import in_words
from appointments.admin_actions import transition_actions
from appointments.admin_base import NobodyAddsOrDeletes
from appointments.admin_filters import DueFilter, OfficeFilter
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage, RequestQuerySet
from clinic_site.clinic_file import get_clinic
from clinic_site.wording import day_and_clock

LOOKUPS = ("status__exact", "status__isnull", "office", "due")


class AuditEventInline(NobodyAddsOrDeletes, admin.TabularInline[AuditEvent, ConsultationRequest]):
    """Each event as the sentence it says of itself, and when it happened."""

    model = AuditEvent
    template = "admin/appointments/audit_trail.html"
    fields = ["at"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(NobodyAddsOrDeletes, admin.ModelAdmin[ConsultationRequest]):
    actions = transition_actions()
    inlines = [AuditEventInline]
    list_display = ["reference", "status", "name", "office_name", "waiting_time", "due", "safe_contact"]
    list_filter = ["status", OfficeFilter, DueFilter]
    list_per_page = 50
    search_fields = ["reference"]  # get_search_results() looks further
    search_help_text = "Reference, name, e-mail address, or phone number in any form"
    fieldsets = [
        (None, {"fields": ["reference", "status", "office_name", "received", "waiting_time", "due"]}),
        ("Before you make contact", {"fields": ["safe_contact", "best_time", "language", "needs", "whom"]}),
        ("Contact", {"fields": ["name", "phone_shown", "phone_typed", "email"]}),
        ("Request", {"fields": ["about", "note", "article", "agreed"]}),
    ]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The filters we offer, and no other: Django would let a link ask anything of our own columns."""
        return lookup in LOOKUPS

    def get_queryset(self, request: HttpRequest) -> RequestQuerySet:
        return ConsultationRequest.objects.waiting_first()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.matching(search_term.strip()) if search_term.strip() else queryset), False

    def has_change_permission(self, request: HttpRequest, obj: ConsultationRequest | None = None) -> bool:
        """On the list, for the actions. A single request has no form: nothing that was sent can be edited."""
        return obj is None and super().has_change_permission(request)

    @admin.display(description="Office")
    def office_name(self, obj: ConsultationRequest) -> str:
        return in_words.office_name(get_clinic(), obj.office)

    @admin.display(description="Received")
    def received(self, obj: ConsultationRequest) -> str:
        return day_and_clock(obj.created_at)

    @admin.display(description="Waiting", ordering="created_at")
    def waiting_time(self, obj: ConsultationRequest) -> str:
        return in_words.waiting_time(obj, timezone.now())

    @admin.display(description="Reply by", ordering="reply_by")
    def due(self, obj: ConsultationRequest) -> str:
        return in_words.due(obj, get_clinic(), timezone.now())

    @admin.display(description="Safe contact")
    def safe_contact(self, obj: ConsultationRequest) -> str:
        return in_words.safe_contact(obj)

    @admin.display(description="Good times")
    def best_time(self, obj: ConsultationRequest) -> str:
        return in_words.best_times(obj)

    @admin.display(description="Interpreter")
    def language(self, obj: ConsultationRequest) -> str:
        return obj.interpreter or "None"

    @admin.display(description="Access needs")
    def needs(self, obj: ConsultationRequest) -> str:
        return in_words.access_needs(obj)

    @admin.display(description="Asks for")
    def whom(self, obj: ConsultationRequest) -> str:
        return obj.get_for_whom_display() or in_words.NOT_SAID

    @admin.display(description="Phone number")
    def phone_shown(self, obj: ConsultationRequest) -> str:
        return obj.phone_shown or "None"

    @admin.display(description="About")
    def about(self, obj: ConsultationRequest) -> str:
        return obj.get_reason_display() or in_words.NOT_SAID

    @admin.display(description="Agreed to")
    def agreed(self, obj: ConsultationRequest) -> SafeString:
        """Word for word, with version and moment."""
        lines = ((each["text"], each["version"], _moment(each["at"])) for each in obj.consents)
        return format_html_join("", "<p>“{}” (version {}, {})</p>", lines)


def _moment(stored: str) -> str:
    return day_and_clock(dt.datetime.fromisoformat(stored))


@admin.register(OutboxMessage)
class OutboxMessageAdmin(NobodyAddsOrDeletes, admin.ModelAdmin[OutboxMessage]):
    """How the mails fare, for those who run the site. Neither recipient nor text is shown."""

    list_display = ["request", "kind", "status", "attempts", "last_error", "next_try_at", "sent_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["request"]
    ordering = ["-created_at"]
    fields = [
        "id",
        "request",
        "kind",
        "status",
        "attempts",
        "last_error",
        "created_at",
        "next_try_at",
        "sent_at",
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
