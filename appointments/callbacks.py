"""When to try again: while an office is open, at a time the patient called good, and at a lawful hour."""

import datetime as dt
from collections.abc import Iterable, Iterator

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


def next_try(clinic: Clinic, office: Office | None, best_times: Iterable[str], now: dt.datetime) -> dt.datetime:
    """The first such moment at least PAUSE after `now`. Without an office any of the clinic's counts.

    Where no office opens within AHEAD, it is PAUSE after `now`: better a call too early than none.
    """
    offices = clinic.offices if office is None else (office,)
    wanted = [GOOD[BestTime(each)] for each in best_times]
    moments = [*_moments(clinic, offices, wanted, now)] or [*_moments(clinic, offices, [LAWFUL], now)]
    return min(moments, default=now + PAUSE)


def _moments(
    clinic: Clinic, offices: Iterable[Office], spans: Iterable[Span], now: dt.datetime
) -> Iterator[dt.datetime]:
    """For each office and span, the first moment when both are open."""
    earliest = now + PAUSE
    for office in offices:
        for span in spans:
            starts = _overlaps(clinic, office, span, earliest)
            yield from (start for start in [next(starts, None)] if start is not None)


def _overlaps(clinic: Clinic, office: Office, span: Span, earliest: dt.datetime) -> Iterator[dt.datetime]:
    for opens, closes in open_stretches(clinic, office, clinic.local(earliest).date()):
        if opens > earliest + AHEAD:
            return
        start = max(opens, earliest, dt.datetime.combine(opens.date(), span.opens, tzinfo=clinic.time_zone))
        if start < min(closes, dt.datetime.combine(opens.date(), span.closes, tzinfo=clinic.time_zone)):
            yield clinic.local(start)
