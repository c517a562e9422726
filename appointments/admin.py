"""Django admin of requests and mails: the desk's queue, a request's own page, and the outbox."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from appointments.desk.access import NobodyAddsOrDeletes
from appointments.desk.calendar_pages import CalendarPages
from appointments.desk.figures_page import FiguresPage
from appointments.desk.phone_request import PhoneRequestPage
from appointments.desk.queue.page import Queue
from appointments.desk.request.page import RequestPage
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.models.outbox import OutboxQuerySet
from appointments.outbox import send_again


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(RequestPage, Queue, FiguresPage, CalendarPages, PhoneRequestPage):
    """The queue, the page of each request in it, the figures, days and weeks, and new requests by phone."""


LOOKUPS = ("status__exact", "kind__exact")


@admin.register(OutboxMessage)
class OutboxMessageAdmin(NobodyAddsOrDeletes, admin.ModelAdmin[OutboxMessage]):
    """Mails and their state, for superusers. Recipient and text are not shown."""

    actions = ["try_again"]
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

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow the filters alone: a link could otherwise query recipient and text letter by letter."""
        return lookup in LOOKUPS

    @admin.action(description="Try again to send what was given up")
    def try_again(self, request: HttpRequest, queryset: OutboxQuerySet) -> None:
        count = send_again(queryset, request.user.get_username(), timezone.now())
        self.message_user(request, f"Mails that are tried again: {count}.")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
