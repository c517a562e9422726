"""The rights that hold for all that is shown at the desk."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage

if TYPE_CHECKING:  # Django's own classes take no type in brackets at run time
    RequestModelAdmin = admin.ModelAdmin[ConsultationRequest]
    OutboxModelAdmin = admin.ModelAdmin[OutboxMessage]
    AuditInline = admin.TabularInline[AuditEvent, ConsultationRequest]
else:
    RequestModelAdmin = OutboxModelAdmin = admin.ModelAdmin
    AuditInline = admin.TabularInline


class NobodyAddsOrDeletes:
    """Rows that only workflow.py and outbox.py make, and that nothing here removes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
