"""Figures of the desk: how many ask, how soon they hear from the clinic, when they ask, and how it ends.

They cover the requests of the last WEEKS weeks, without spam. Weeks and hours are those of the clinic's wall clock, and
weeks start on Monday. Durations are elapsed time: nights, weekends and closures count.
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from appointments.choices import DeclineReason, Status, VisitStatus
from appointments.models import ConsultationRequest, Visit
from appointments.policies.promises import COUNTED, AnsweredInTime, answered_in_time, first_contact, is_kept
from clinic_site.clinic import Clinic
from clinic_site.clinic_yaml import get_clinic

WEEKS = 12


@dataclass(frozen=True)
class RequestFigures:
    """One request, as far as the figures need it."""

    created_at: dt.datetime
    reply_by: dt.datetime
    status: str
    ended_at: dt.datetime | None
    declined_because: str
    article: str
    contacted_at: dt.datetime | None  # first contact

    def promise(self, now: dt.datetime) -> bool | None:
        """Return whether the person was contacted by the promised time; None if that is open or nobody waited."""
        return is_kept(self.contacted_at, self.ended_at, self.reply_by, now)


def _nearest_rank(ascending: Sequence[dt.timedelta], percent: int) -> dt.timedelta | None:
    return ascending[math.ceil(len(ascending) * percent / 100) - 1] if ascending else None


@dataclass(frozen=True)
class Period:
    """The requests of one week, or of all weeks. Shares leave out those for which promise() is None."""

    requests: int
    waits: tuple[dt.timedelta, ...]  # until first contact, ascending; of those who had one
    promises: tuple[bool, ...]

    def wait(self, percent: int) -> dt.timedelta | None:
        """Return the time within which `percent` of those contacted were (nearest rank); None without any."""
        return _nearest_rank(self.waits, percent)

    @property
    def on_time(self) -> int:
        """The number of requests contacted by the promised time."""
        return sum(self.promises)

    @property
    def on_time_percent(self) -> int | None:
        return round(100 * self.on_time / len(self.promises)) if self.promises else None


@dataclass(frozen=True)
class VisitFigures:
    """The visits of all weeks of which somebody recorded what came of them."""

    waits: tuple[dt.timedelta, ...]  # from the request to the first visit that took place, ascending
    came: int
    missed: int

    @property
    def median(self) -> dt.timedelta | None:
        """The time within which half of those who came had their visit (nearest rank); None without any."""
        return _nearest_rank(self.waits, 50)

    @property
    def missed_percent(self) -> int | None:
        return round(100 * self.missed / (self.came + self.missed)) if self.came + self.missed else None


@dataclass(frozen=True)
class Figures:
    weeks: dict[dt.date, Period]  # by their Mondays, the oldest first
    total: Period
    outcomes: Counter[str]  # by Status
    declined: Counter[tuple[str, str]]  # by article, "" for none, and DeclineReason, "" if none was given
    hours: Counter[tuple[int, int]]  # by weekday, 0 for Monday, and hour of the day
    visits: VisitFigures
    answered: AnsweredInTime


def figures(now: dt.datetime) -> Figures:
    clinic = get_clinic()
    mondays = _mondays(clinic.today(now))
    requests = _requests_since(clinic.midnight(mondays[0]))
    return Figures(
        weeks=_weeks(mondays, requests, clinic, now),
        total=_span(requests, now),
        outcomes=Counter(request.status for request in requests),
        declined=Counter(
            (request.article, request.declined_because) for request in requests if request.status == Status.DECLINED
        ),
        hours=Counter(
            (local.weekday(), local.hour) for local in (clinic.local(request.created_at) for request in requests)
        ),
        visits=_visits(clinic.midnight(mondays[0])),
        answered=answered_in_time(now),
    )


def declined_by_article(now: dt.datetime) -> dict[str, dict[str, int]]:
    """Return article -> reason in words -> number of requests that came from the article.

    Only requests of the last WEEKS weeks count.
    """
    clinic = get_clinic()
    since = clinic.midnight(_mondays(clinic.today(now))[0])
    rows = ConsultationRequest.objects.filter(status=Status.DECLINED, created_at__gte=since).exclude(article="")
    counted = rows.order_by("article", "declined_because").values("article", "declined_because").annotate(Count("pk"))
    declined: dict[str, dict[str, int]] = defaultdict(dict)
    for article, reason, count in counted.values_list("article", "declined_because", "pk__count"):
        declined[article][reason_in_words(reason)] = count
    return dict(declined)


def reason_in_words(value: str) -> str:
    """Return the words of a DeclineReason; "" if none was given."""
    return DeclineReason(value).label if value else "No reason given"


def _mondays(today: dt.date) -> list[dt.date]:
    """Return the Monday of each of the last WEEKS weeks, the present one included."""
    this = _monday(today)
    return [this - dt.timedelta(weeks=ago) for ago in reversed(range(WEEKS))]


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _requests_since(start: dt.datetime) -> list[RequestFigures]:
    """Return the requests since `start`, in one query."""
    # Naming the statuses, rather than excluding spam, lets the database use the index on status and time.
    rows = ConsultationRequest.objects.filter(status__in=COUNTED, created_at__gte=start)
    columns = ("created_at", "reply_by", "status", "ended_at", "declined_because", "article")
    return [RequestFigures(*row) for row in rows.values_list(*columns, first_contact()).iterator()]


def _visits(start: dt.datetime) -> VisitFigures:
    """Return the figures of the visits from `start` on, in one query."""
    ended = (VisitStatus.ARRIVED, VisitStatus.FULFILLED, VisitStatus.NO_SHOW)
    visits = Visit.objects.filter(status__in=ended, starts_at__gte=start)
    rows = list(visits.order_by("-starts_at").values_list("status", "request", "starts_at", "request__created_at"))
    came = [row for row in rows if row[0] != VisitStatus.NO_SHOW]
    first = {request: starts_at - created_at for _, request, starts_at, created_at in came}  # the last one read stays
    return VisitFigures(tuple(sorted(first.values())), len(came), len(rows) - len(came))


def _weeks(
    mondays: Sequence[dt.date], requests: Iterable[RequestFigures], clinic: Clinic, now: dt.datetime
) -> dict[dt.date, Period]:
    by_week = defaultdict(list)
    for request in requests:
        by_week[_monday(clinic.today(request.created_at))].append(request)
    return {monday: _span(by_week[monday], now) for monday in mondays}


def _span(requests: Sequence[RequestFigures], now: dt.datetime) -> Period:
    promises = (request.promise(now) for request in requests)
    return Period(
        requests=len(requests),
        waits=tuple(sorted(request.contacted_at - request.created_at for request in requests if request.contacted_at)),
        promises=tuple(on_time for on_time in promises if on_time is not None),
    )
