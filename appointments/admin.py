"""What Django admin shows of requests and mails: the desk's queue, a request's own page, and the outbox."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from appointments.desk.base import NobodyAddsOrDeletes
from appointments.desk.figures_page import FiguresPage
from appointments.desk.queue import Queue
from appointments.desk.request_page import RequestPage
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.outbox import send_again
from appointments.querysets import OutboxQuerySet


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(RequestPage, Queue, FiguresPage):
    """The queue, the page of each request in it, and the figures."""


LOOKUPS = ("status__exact", "kind__exact")


@admin.register(OutboxMessage)
class OutboxMessageAdmin(NobodyAddsOrDeletes, admin.ModelAdmin[OutboxMessage]):
    """How the mails fare, for those who run the site. Neither recipient nor text is shown."""

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
        """The filters alone: a link could otherwise ask for recipient and text letter by letter."""
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
