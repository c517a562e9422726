"""What expires, and how it is erased: see “How long we keep it” in the privacy notice."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from appointments import workflow
from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.querysets import RequestQuerySet
from appointments.transitions import ENDS
from clinic_site.clinic_file import get_clinic

ACTOR = "retention"  # as the audit trail names it
LED_NOWHERE = ENDS - {Status.SCHEDULED}


@dataclass(frozen=True)
class Expired:
    """A request that expired, and why, without anything personal."""

    reference: str
    why: str


def expired(now: dt.datetime) -> RequestQuerySet:
    """Those that ended longer ago than clinic.yaml allows, and hold what the patient sent. None of them waits."""
    clinic = get_clinic()
    nowhere = Q(status__in=LED_NOWHERE, ended_at__lte=now - clinic.erase_led_nowhere_after)
    limit = now - clinic.erase_others_after
    others = Q(status=Status.SCHEDULED, ended_at__lte=limit) & ~Q(visit_at__gt=limit)  # counted from the visit
    return ConsultationRequest.objects.filter(nowhere | others, erased_at=None)


def purge(now: dt.datetime, dry_run: bool = False) -> list[Expired]:
    """Erases each request that has expired, and tells which; with `dry_run` it only tells.

    Each is erased in a transaction of its own: whenever the process ends, the next purge goes on from there.
    """
    found = expired(now).order_by("ended_at", "pk")
    if dry_run:
        return [_told(request) for request in found]
    return [erased for key in list(found.values_list("pk", flat=True)) if (erased := _erase(key, now))]


def _erase(key: int, now: dt.datetime) -> Expired | None:
    """None where somebody reopened or erased the request since it was found: locked, it is looked at again."""
    with transaction.atomic():
        request = expired(now).select_for_update().filter(pk=key).first()
        if request is None:
            return None
        told = _told(request)
        workflow.erase(request, ACTOR, now)
    return told


def _told(request: ConsultationRequest) -> Expired:
    clinic = get_clinic()
    kept = clinic.erase_others_after if request.status == Status.SCHEDULED else clinic.erase_led_nowhere_after
    return Expired(request.reference, f"{request.get_status_display()} for {kept.days} days or longer")
