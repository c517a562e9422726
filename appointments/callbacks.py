"""When to try again: while an office is open, at a time the patient called good, and at a lawful hour."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from appointments.choices import BestTime
from clinic_site.clinic import Clinic, Office, Span, open_stretches

PAUSE = dt.timedelta(hours=2)  # between two tries
AHEAD = dt.timedelta(days=14)  # a good time that does not come until then gives way to opening hours
# Calls are lawful from 8 a.m. to 9 p.m. where the patient is (Telephone Consumer Protection Act).
LAWFUL = Span(dt.time(8), dt.time(21))
GOOD = {
    BestTime.MORNING: Span(dt.time(8), dt.time(11)),
    BestTime.MIDDAY: Span(dt.time(11), dt.time(14)),
    BestTime.AFTERNOON: Span(dt.time(14), dt.time(21)),
}


class Window(NamedTuple):
    """A stretch of time in which to call."""

    opens: dt.datetime
    closes: dt.datetime


def next_try(clinic: Clinic, office: Office | None, best_times: Iterable[str], now: dt.datetime) -> Window:
    """The first such stretch, from at least PAUSE after `now` on. Without an office any of the clinic's counts.

    Where no office opens within AHEAD, it starts PAUSE after `now`: better a call too early than none.
    """
    offices = clinic.offices if office is None else (office,)
    wanted = [GOOD[BestTime(each)] for each in best_times]
    windows = [*_windows(clinic, offices, wanted, now)] or [*_windows(clinic, offices, [LAWFUL], now)]
    return min(windows, default=Window(now + PAUSE, now + 2 * PAUSE))


def _windows(clinic: Clinic, offices: Iterable[Office], spans: Iterable[Span], now: dt.datetime) -> Iterator[Window]:
    """For each office and span, the first stretch in which both are open."""
    earliest = now + PAUSE
    for office in offices:
        for span in spans:
            first = next(_overlaps(clinic, office, span, earliest), None)
            yield from [first] if first else []


def _overlaps(clinic: Clinic, office: Office, span: Span, earliest: dt.datetime) -> Iterator[Window]:
    for opens, closes in open_stretches(clinic, office, clinic.local(earliest).date()):
        if opens > earliest + AHEAD:
            return
        day = opens.date()
        start = max(opens, earliest, dt.datetime.combine(day, span.opens, tzinfo=clinic.time_zone))
        end = min(closes, dt.datetime.combine(day, span.closes, tzinfo=clinic.time_zone))
        if start < end:
            yield Window(clinic.local(start), end)
