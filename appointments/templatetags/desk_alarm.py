"""What nobody at the desk may overlook, wherever they sign in."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils import timezone

from appointments.models import ConsultationRequest, OutboxMessage
from appointments.querysets import RequestQuerySet

SPAM_SHOWN = dt.timedelta(days=30)  # the rest is not counted: whoever runs robots must not slow the desk down
NAMED = 10  # requests in one sentence; the rest is a number
MOST_MAILS = 100  # looked at: a mail server that is away for a day is one fault, not thousands

register = template.Library()


@register.inclusion_tag("admin/appointments/alarm.html", takes_context=True)
def desk_alarm(context: dict[str, Any]) -> dict[str, Any]:
    """Lost requests and mails that were given up, for those who may see requests; nothing for others."""
    if not context["request"].user.has_perm("appointments.view_consultationrequest"):
        return {}
    now = timezone.now()
    missed = ConsultationRequest.objects.missed(now).most_urgent_first()
    mails = {kind: _named(requests, len(requests)) for kind, requests in _given_up().items()}
    spam = ConsultationRequest.objects.unseen_spam(now - SPAM_SHOWN).count()
    return {"missed": _named(missed[:NAMED], missed.count()), "mails": mails, "spam": spam}


def _given_up() -> dict[str, list[ConsultationRequest]]:
    """The requests by the kind of mail that nobody got."""
    by_kind = defaultdict(list)
    failed = OutboxMessage.objects.given_up().to_act_on().select_related("request").order_by("kind", "request")
    for message in failed[:MOST_MAILS]:
        by_kind[message.get_kind_display()].append(message.request)
    return dict(by_kind)


def _named(requests: Sequence[ConsultationRequest] | RequestQuerySet, count: int) -> dict[str, Any]:
    """The first few by their references, and how many there are."""
    return {"count": count, "named": requests[:NAMED], "more": max(count - NAMED, 0)}
