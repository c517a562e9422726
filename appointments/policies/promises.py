"""Whether the people who wrote heard from the clinic by the time they were promised.

The desk's figures and the request form show the same count.
"""

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from django.db import DatabaseError
from django.db.models import OuterRef, Q, QuerySet, Subquery

from appointments.choices import Action, Status
from appointments.models import AuditEvent, ConsultationRequest

COUNTED = [status for status in Status if status != Status.SPAM]
LAST = 100  # ended promises that are counted
FEWEST = 20  # fewer are not shown to patients: each would change the count by more than 5 %
LOOKED_AT = 3 * LAST  # the newest requests, of which some count for neither side
RENEWED_EVERY = 300  # seconds


class AnsweredInTime(NamedTuple):
    answered: int
    all: int

    @property
    def is_shown(self) -> bool:
        return self.all >= FEWEST


def answered_in_time(now: dt.datetime) -> AnsweredInTime:
    """Return how many of the LAST promises that ended by `now` were kept; counted anew every RENEWED_EVERY seconds.

    None were counted while the database is away: the form that shows the count must not fail for that.
    """
    try:
        return _counted(int(now.timestamp()) // RENEWED_EVERY)
    except DatabaseError:
        return AnsweredInTime(0, 0)


@lru_cache(maxsize=1)
def _counted(number: int) -> AnsweredInTime:
    now = dt.datetime.fromtimestamp(number * RENEWED_EVERY, dt.UTC)
    requests = ConsultationRequest.objects.filter(status__in=COUNTED, reply_by__lte=now).order_by("-pk")
    rows = requests.values_list(first_contact(), "ended_at", "reply_by")[:LOOKED_AT]
    results = [is_kept(contacted_at, ended_at, reply_by, now) for contacted_at, ended_at, reply_by in rows]
    counted = [result for result in results if result is not None][:LAST]
    return AnsweredInTime(sum(counted), len(counted))


def is_kept(
    contacted_at: dt.datetime | None, ended_at: dt.datetime | None, reply_by: dt.datetime, now: dt.datetime
) -> bool | None:
    """Return whether the person was contacted by the promised time; None if that is open or nobody waited."""
    if contacted_at:
        return contacted_at <= reply_by
    ended_before = ended_at is not None and ended_at <= reply_by
    return None if ended_before or now <= reply_by else False


def first_contact() -> Subquery:
    """Return the moment of the first contact, for a query of requests."""
    return Subquery(_contacts().filter(request=OuterRef("pk")).order_by("at").values("at")[:1])


def _contacts() -> QuerySet[AuditEvent]:
    """Return the events in which the desk tried to reach somebody or answered, without undone ones."""
    answered = Q(action=Action.TRANSITION, after__in=(Status.SCHEDULED, Status.DECLINED))
    by_desk = Q(action__in=(Action.ATTEMPT, Action.OFFERED, Action.ANSWERED))
    return AuditEvent.objects.filter(by_desk | answered, undone_by=None)
