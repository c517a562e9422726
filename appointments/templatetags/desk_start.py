"""What waits for the desk, on the start page."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone

from appointments.desk.queue.filters import VIEWS, Look
from appointments.models import ConsultationRequest
from appointments.visits.stranded import stranded_visits
from clinic_site.clinic_yaml import get_clinic

COUNTED = ("overdue", "today", "new", "alarms", "mail")

register = template.Library()


@dataclass(frozen=True)
class StartLine:
    label: str
    count: int
    link: str


@register.inclusion_tag("admin/appointments/start.html", takes_context=True)
def desk_start(context: dict[str, Any]) -> dict[str, Any]:
    """Show how much waits, each count with a link to that view; nothing to those who may not see requests."""
    user = context["request"].user
    if not user.has_perm("appointments.view_consultationrequest"):
        return {}
    return {"waiting": _waiting(Look(user.get_username(), timezone.now()))}


def _waiting(look: Look) -> list[StartLine]:
    """Return a line for each of COUNTED, and for stranded visits, which the queue names."""
    queue, requests = reverse("admin:appointments_consultationrequest_changelist"), ConsultationRequest.objects.all()
    views = [
        StartLine(VIEWS[name].label, VIEWS[name].narrow(requests, look).count(), f"{queue}?queue={name}")
        for name in COUNTED
    ]
    stranded = StartLine("Visits to move", len(stranded_visits(get_clinic(), look.now)), f"{queue}#stranded-heading")
    return [*views, stranded]
