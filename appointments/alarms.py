"""Alarms about requests that seem lost: one mail for each to the clinic's fallback address."""

import datetime as dt
import logging

from appointments import workflow
from appointments.choices import MailKind
from appointments.models import ConsultationRequest
from appointments.models.requests import RequestQuerySet

logger = logging.getLogger(__name__)


def raise_alarms(now: dt.datetime) -> int:
    """Raise the alarm for each request that seems lost and has none yet; return how many.

    Several workers may run it at once: workflow.raise_alarm() lets one of them succeed.
    """
    alarmed = [request for request in without_alarm(now) if workflow.raise_alarm(request, now)]
    for request in alarmed:
        logger.error("Request %s seems lost: the fallback address is told.", request.reference)
    return len(alarmed)


def without_alarm(now: dt.datetime) -> RequestQuerySet:
    """Return requests that seem lost and have no alarm yet."""
    return ConsultationRequest.objects.lost(now).exclude(messages__kind=MailKind.ALARM)
