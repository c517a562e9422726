"""When to call next: while an office is open, at a time that the patient called good, and at a lawful hour."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from appointments.choices import BestTime
from clinic_site.clinic import Clinic, Office, Span, open_stretches

PAUSE = dt.timedelta(hours=2)  # between two tries
AHEAD = dt.timedelta(days=14)  # without a good time until then, opening hours count
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


def is_good_time(clinic: Clinic, best_times: Iterable[str], moment: dt.datetime) -> bool:
    """Return whether `moment` is at one of the patient's good times."""
    time = clinic.local(moment).time()
    return any(GOOD[BestTime(best)].opens <= time < GOOD[BestTime(best)].closes for best in best_times)


def next_try(clinic: Clinic, office: Office | None, best_times: Iterable[str], now: dt.datetime) -> Window:
    """Return the first such window, from at least PAUSE after `now` on. Without an office any of the clinic's counts.

    If no office opens within AHEAD, the window starts PAUSE after `now`: better a call too early than none.
    """
    offices = clinic.offices if office is None else (office,)
    wanted = [GOOD[BestTime(time)] for time in best_times]
    windows = [*_windows(clinic, offices, wanted, now)] or [*_windows(clinic, offices, [LAWFUL], now)]
    return min(windows, default=Window(now + PAUSE, now + 2 * PAUSE))


def _windows(clinic: Clinic, offices: Iterable[Office], spans: Iterable[Span], now: dt.datetime) -> Iterator[Window]:
    """Yield, for each office and stretch of the day, the first window in which both are open."""
    earliest = now + PAUSE
    for office in offices:
        for span in spans:
            first = next(_overlaps(clinic, office, span, earliest), None)
            yield from [first] if first else []


def _overlaps(clinic: Clinic, office: Office, span: Span, earliest: dt.datetime) -> Iterator[Window]:
    for opens, closes in open_stretches(clinic, office, clinic.today(earliest)):
        if opens > earliest + AHEAD:
            return
        day = opens.date()
        start = max(opens, earliest, dt.datetime.combine(day, span.opens, tzinfo=clinic.time_zone))
        end = min(closes, dt.datetime.combine(day, span.closes, tzinfo=clinic.time_zone))
        if start < end:
            yield Window(clinic.local(start), end)
