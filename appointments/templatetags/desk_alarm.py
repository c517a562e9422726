"""The banners on the pages of the desk: alarms, and visits at a time that is closed now."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils import timezone

from appointments.models import ConsultationRequest, OutboxMessage
from appointments.models.requests import RequestQuerySet
from appointments.visits import stranded
from clinic_site.clinic_yaml import get_clinic

SPAM_SHOWN = dt.timedelta(days=30)  # older spam is not counted: a flood of it must not slow the desk
NAMED = 8  # requests in one sentence, which stays one line on a desktop; the rest is a number
MOST_MAILS = 100  # read: a mail server that is down for a day is one fault, not thousands

register = template.Library()


@register.inclusion_tag("admin/appointments/alarm.html", takes_context=True)
def desk_alarm(context: dict[str, Any]) -> dict[str, Any]:
    """Show lost requests and failed mails to those who may see requests; nothing to others."""
    if not context["request"].user.has_perm("appointments.view_consultationrequest"):
        return {}
    now = timezone.now()
    missed = ConsultationRequest.objects.missed(now).most_urgent_first(now)
    mails = {kind: _named(requests, len(requests)) for kind, requests in _given_up().items()}
    spam = ConsultationRequest.objects.unseen_spam(now - SPAM_SHOWN).count()
    return {"missed": _named(missed[:NAMED], missed.count()), "mails": mails, "spam": spam}


@register.inclusion_tag("admin/appointments/stranded.html", takes_context=True)
def stranded_visits(context: dict[str, Any]) -> dict[str, Any]:
    """Show the visits whose time is closed, each with the reason, to those who may see requests; nothing to others."""
    if not context["request"].user.has_perm("appointments.view_consultationrequest"):
        return {}
    clinic = get_clinic()
    visits = stranded.stranded_visits(clinic, timezone.now())
    return {"stranded": [(visit, stranded.stranded_because(clinic, visit)) for visit in visits]}


def _given_up() -> dict[str, list[ConsultationRequest]]:
    """Return the requests by the kind of mail that failed."""
    by_kind = defaultdict(list)
    failed = OutboxMessage.objects.given_up().to_act_on().select_related("request").order_by("kind", "request")
    for message in failed[:MOST_MAILS]:
        by_kind[message.get_kind_display()].append(message.request)
    return dict(by_kind)


def _named(requests: Sequence[ConsultationRequest] | RequestQuerySet, count: int) -> dict[str, Any]:
    """Return the first few by their references, and how many there are."""
    return {"count": count, "named": requests[:NAMED], "more": max(count - NAMED, 0)}
