"""What nobody at the desk may overlook, wherever they sign in."""

from collections import defaultdict
from typing import Any

from django import template
from django.utils import timezone

from appointments.models import ConsultationRequest, OutboxMessage

NAMED = 10  # requests in one sentence; the rest is a number

register = template.Library()


@register.inclusion_tag("admin/appointments/alarm.html", takes_context=True)
def desk_alarm(context: dict[str, Any]) -> dict[str, Any]:
    """Lost requests and mails that were given up, for those who may see requests; nothing for others."""
    if not context["request"].user.has_perm("appointments.view_consultationrequest"):
        return {}
    return {"missed": _named(_missed()), "mails": {kind: _named(requests) for kind, requests in _given_up().items()}}


def _missed() -> list[ConsultationRequest]:
    return list(ConsultationRequest.objects.missed(timezone.now()).most_urgent_first())


def _given_up() -> dict[str, list[ConsultationRequest]]:
    """The requests by the kind of mail that nobody got."""
    by_kind = defaultdict(list)
    for message in OutboxMessage.objects.given_up().of_waiting().select_related("request").order_by("kind", "request"):
        by_kind[message.get_kind_display()].append(message.request)
    return dict(by_kind)


def _named(requests: list[ConsultationRequest]) -> dict[str, Any]:
    return {"count": len(requests), "named": requests[:NAMED], "more": len(requests[NAMED:])}
