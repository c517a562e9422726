"""The desk's figures: how many ask, how soon they hear from the clinic, when they ask, and how it ends.

They are about the requests that were sent in the last WEEKS weeks, spam left out. Weeks and hours are read off the
clinic's wall clock, and weeks start on Monday. Durations are elapsed time: nights, weekends and closures count.
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from appointments.choices import Action, DeclineReason, Status
from appointments.models import AuditEvent, ConsultationRequest
from clinic_site.clinic import Clinic
from clinic_site.clinic_file import get_clinic

WEEKS = 12
COUNTED = [status for status in Status if status != Status.SPAM]


@dataclass(frozen=True)
class Asked:
    """One request, as far as it counts."""

    created_at: dt.datetime
    reply_by: dt.datetime
    status: str
    ended_at: dt.datetime | None
    declined_because: str
    article: str
    contacted_at: dt.datetime | None  # first contact

    def promise(self, now: dt.datetime) -> bool | None:
        """Whether the person was contacted by the promised time; None where that is open or nobody waited for it."""
        if self.contacted_at:
            return self.contacted_at <= self.reply_by
        ended_before = self.ended_at is not None and self.ended_at <= self.reply_by
        return None if ended_before or now <= self.reply_by else False


@dataclass(frozen=True)
class Span:
    """The requests of one week, or of all weeks. Shares are for those who can tell: see Asked.promise()."""

    requests: int
    waits: tuple[dt.timedelta, ...]  # until first contact, ascending; of those who had one
    promises: tuple[bool, ...]

    def wait(self, percent: int) -> dt.timedelta | None:
        """The time within which so many of those contacted had been contacted (nearest rank); None without any."""
        return self.waits[math.ceil(len(self.waits) * percent / 100) - 1] if self.waits else None

    @property
    def kept(self) -> int:
        """How many were contacted by the promised time."""
        return sum(self.promises)

    @property
    def kept_percent(self) -> int | None:
        return round(100 * self.kept / len(self.promises)) if self.promises else None


@dataclass(frozen=True)
class Figures:
    weeks: dict[dt.date, Span]  # by their Mondays, the oldest first
    total: Span
    outcomes: Counter[str]  # by Status
    declined: Counter[tuple[str, str]]  # by article, "" for none, and DeclineReason, "" where none was given
    hours: Counter[tuple[int, int]]  # by weekday, 0 for Monday, and hour of the day


def figures(now: dt.datetime) -> Figures:
    clinic = get_clinic()
    mondays = _mondays(clinic.local(now).date())
    asked = _asked_since(_midnight(mondays[0], clinic))
    return Figures(
        weeks=_weeks(mondays, asked, clinic, now),
        total=_span(asked, now),
        outcomes=Counter(each.status for each in asked),
        declined=Counter((each.article, each.declined_because) for each in asked if each.status == Status.DECLINED),
        hours=Counter((local.weekday(), local.hour) for local in (clinic.local(each.created_at) for each in asked)),
    )


def declined_by_article(now: dt.datetime) -> dict[str, dict[str, int]]:
    """Article -> reason in words -> requests of the last WEEKS weeks. Those that no article led to are left out."""
    clinic = get_clinic()
    since = _midnight(_mondays(clinic.local(now).date())[0], clinic)
    rows = ConsultationRequest.objects.filter(status=Status.DECLINED, created_at__gte=since).exclude(article="")
    counted = rows.order_by("article", "declined_because").values("article", "declined_because").annotate(Count("pk"))
    declined: dict[str, dict[str, int]] = defaultdict(dict)
    for article, reason, count in counted.values_list("article", "declined_because", "pk__count"):
        declined[article][reason_in_words(reason)] = count
    return dict(declined)


def reason_in_words(value: str) -> str:
    """Of a DeclineReason; "" where none was given."""
    return DeclineReason(value).label if value else "No reason given"


def _midnight(day: dt.date, clinic: Clinic) -> dt.datetime:
    """When the day begins on the clinic's wall clock."""
    return dt.datetime.combine(day, dt.time(), tzinfo=clinic.time_zone)


def _mondays(today: dt.date) -> list[dt.date]:
    """The Monday of each of the last WEEKS weeks, the present one included."""
    this = _monday(today)
    return [this - dt.timedelta(weeks=ago) for ago in reversed(range(WEEKS))]


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _asked_since(start: dt.datetime) -> list[Asked]:
    """In one query, which reads the requests of that time and no others."""
    # Naming the statuses, rather than excluding spam, lets the database use the index on status and time.
    rows = ConsultationRequest.objects.filter(status__in=COUNTED, created_at__gte=start)
    first = Subquery(_contacts().filter(request=OuterRef("pk")).order_by("at").values("at")[:1])
    columns = ("created_at", "reply_by", "status", "ended_at", "declined_because", "article")
    return [Asked(*row) for row in rows.values_list(*columns, first).iterator()]


def _contacts() -> QuerySet[AuditEvent]:
    """The desk tried to reach somebody, or gave them an answer. What was undone does not count."""
    answered = Q(action=Action.TRANSITION, after__in=(Status.SCHEDULED, Status.DECLINED))
    return AuditEvent.objects.filter(Q(action=Action.ATTEMPT) | answered, undone_by=None)


def _weeks(mondays: Sequence[dt.date], asked: Iterable[Asked], clinic: Clinic, now: dt.datetime) -> dict[dt.date, Span]:
    by_week = defaultdict(list)
    for each in asked:
        by_week[_monday(clinic.local(each.created_at).date())].append(each)
    return {monday: _span(by_week[monday], now) for monday in mondays}


def _span(asked: Sequence[Asked], now: dt.datetime) -> Span:
    promises = (each.promise(now) for each in asked)
    return Span(
        requests=len(asked),
        waits=tuple(sorted(each.contacted_at - each.created_at for each in asked if each.contacted_at)),
        promises=tuple(kept for kept in promises if kept is not None),
    )
