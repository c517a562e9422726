"""Requests that seem lost: the clinic's fallback address is told of each, once."""

import datetime as dt
import logging

from appointments import workflow
from appointments.choices import MailKind
from appointments.models import ConsultationRequest
from appointments.querysets import RequestQuerySet

logger = logging.getLogger(__name__)


def raise_alarms(now: dt.datetime) -> int:
    """Tells of each request that seems lost, where nobody has been told of it yet; how many it told of.

    Any number of workers may do so at once: workflow.raise_alarm() lets one of them.
    """
    told = [request for request in untold(now) if workflow.raise_alarm(request, now)]
    for request in told:
        logger.error("Request %s seems lost: the fallback address is told.", request.reference)
    return len(told)


def untold(now: dt.datetime) -> RequestQuerySet:
    """Seem lost, and no alarm was raised for them."""
    return ConsultationRequest.objects.lost(now).exclude(messages__kind=MailKind.ALARM)
