"""Retention: what expires, and how it is erased; see “How long we keep it” in the privacy notice."""

import datetime as dt
from dataclasses import dataclass

from django.core.management import call_command
from django.db import transaction
from django.db.models import Q

from appointments import workflow
from appointments.choices import ENDS, Status
from appointments.models import ConsultationRequest
from appointments.models.requests import RequestQuerySet
from clinic_site.clinic_yaml import get_clinic

ACTOR = "retention"  # in the audit trail
LED_NOWHERE = ENDS - {Status.SCHEDULED}


@dataclass(frozen=True)
class ExpiredRequest:
    """An expired request and the reason, without anything personal."""

    reference: str
    why: str


def expired(now: dt.datetime) -> RequestQuerySet:
    """Return requests that ended longer ago than clinic.yaml allows and still have the patient's answers."""
    clinic = get_clinic()
    nowhere = Q(status__in=LED_NOWHERE, ended_at__lte=now - clinic.erase_led_nowhere_after)
    limit = now - clinic.erase_others_after
    others = Q(status=Status.SCHEDULED, ended_at__lte=limit) & ~Q(visit_at__gt=limit)  # counted from the visit
    return ConsultationRequest.objects.filter(nowhere | others, erased_at=None)


def purge(now: dt.datetime, dry_run: bool = False) -> list[ExpiredRequest]:
    """Erase the expired requests and return them; with `dry_run` only return them.

    Each is erased in its own transaction: if the process ends, the next purge continues.
    """
    found = expired(now).order_by("ended_at", "pk")
    if dry_run:
        return [_expired_request(request) for request in found]
    return [erased for key in list(found.values_list("pk", flat=True)) if (erased := _erase(key, now))]


def _erase(key: int, now: dt.datetime) -> ExpiredRequest | None:
    """Erase the locked request; return None if somebody reopened or erased it since it was found."""
    with transaction.atomic():
        request = expired(now).select_for_update().filter(pk=key).first()
        if request is None:
            return None
        erased_request = _expired_request(request)
        workflow.erase(request, ACTOR, now)
    return erased_request


def clear_sessions(now: dt.datetime) -> None:
    """Delete the sign-ins that expired: each has the last search of the queue, which may contain a name."""
    call_command("clearsessions")


def _expired_request(request: ConsultationRequest) -> ExpiredRequest:
    clinic = get_clinic()
    retention = clinic.erase_others_after if request.status == Status.SCHEDULED else clinic.erase_led_nowhere_after
    return ExpiredRequest(request.reference, f"{request.get_status_display()} for {retention.days} days or longer")
