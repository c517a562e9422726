"""The clinic's facts, from content/clinic.yaml alone, and what follows from them: open_now() and reply_by().

All times are the clinic's wall-clock times, in its own time zone.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from zoneinfo import ZoneInfo

from clinic_site.content_files import Problem
from clinic_site.phones import format_phone

# What an office may offer and a patient may ask for. The keys are stored with requests: never rename one.
ACCESS = {
    "step_free": "Step-free access",
    "asl": "American Sign Language interpreter",
    "large_print": "Large print",
    "relay": "Calls through a relay service",
    "extra_time": "Extra time",
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST_MOMENT, LAST_MOMENT = dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)
LONGEST_CLOSURE = 366  # days: an office with no open day in a year is closed for good


@dataclass(frozen=True)
class Span:
    """One stretch of opening on one day."""

    opens: dt.time
    closes: dt.time


@dataclass(frozen=True)
class Office:
    slug: str
    name: str
    address: tuple[str, ...]
    phone: str  # E.164, like +17275550142
    hours: tuple[tuple[Span, ...], ...]  # by weekday, Monday first; () is closed
    closures: Mapping[dt.date, str]  # date -> reason
    access: tuple[str, ...]  # keys of ACCESS
    languages: tuple[str, ...]  # interpreters offered, in English words

    @cached_property
    def phone_shown(self) -> str:
        """The number as a US reader writes it: (727) 555-0142."""
        return format_phone(self.phone)

    def spans_on(self, day: dt.date) -> tuple[Span, ...]:
        return () if day in self.closures else self.hours[day.weekday()]


@dataclass(frozen=True)
class Clinic:
    name: str
    demo: bool  # the fictional clinic this project ships with; production refuses it
    owner: str
    sells: str
    time_zone: ZoneInfo
    reply_within: int  # working days
    notices_email: str  # where staff are told of a new request
    fallback_email: str  # who is told when nobody looked at a request in time
    contact_email: str  # for readers: mistakes on a page, accessibility
    articles_email: str  # who keeps the articles: told once a week which of them wait for a check
    security_email: str
    erase_led_nowhere_after: dt.timedelta  # requests that did not end in a visit
    erase_others_after: dt.timedelta
    offices: tuple[Office, ...]
    problem: Problem | None = None  # why the file as it stands now is not in use

    def office(self, slug: str) -> Office | None:
        return next((office for office in self.offices if office.slug == slug), None)

    def local(self, moment: dt.datetime) -> dt.datetime:
        """An aware moment on the clinic's wall clock."""
        return moment.astimezone(self.time_zone)

    def moment(self, wall: dt.datetime) -> dt.datetime:
        """The moment (UTC) at which the clinic's clock shows the naive time `wall`.

        As RFC 5545 (3.3.5) reads it: a time that comes twice, in the night when clocks go back, is the first of the
        two; one that clocks skip when they go forward is as long after midnight as it says, so 2:30 is then 3:30.
        The ends of the calendar, which editors may write for “always”, are the first and the last moment there is.
        """
        try:
            return wall.replace(tzinfo=self.time_zone).astimezone(dt.UTC)
        except OverflowError:
            return FIRST_MOMENT if wall.year == dt.MINYEAR else LAST_MOMENT

    def midnight(self, day: dt.date) -> dt.datetime:
        """The moment (UTC) at which `day` begins at the clinic."""
        return self.moment(dt.datetime.combine(day, dt.time()))


@dataclass(frozen=True)
class Opening:
    """Whether an office is open, and when that next changes (aware; None: not within a year)."""

    is_open: bool
    changes_at: dt.datetime | None


def open_now(clinic: Clinic, office: Office, now: dt.datetime) -> Opening:
    """Whether `office` is open at the aware moment `now`."""
    for opens, closes in open_stretches(clinic, office, clinic.local(now).date()):
        if opens <= now < closes:
            return Opening(is_open=True, changes_at=closes)
        if now < opens:
            return Opening(is_open=False, changes_at=opens)
    return Opening(is_open=False, changes_at=None)


def reply_by(clinic: Clinic, office: Office | None, now: dt.datetime) -> dt.datetime:
    """By when a request made at `now` is answered: the end of the Nth working day after it.

    A working day that has begun and not ended does not count; a request made while the office is closed belongs to the
    day before, so Saturday's is due on Monday. Without an office the latest answer of all offices holds, as it does for
    an office that does not open within a year. Raises ValueError where none does.
    """
    offices = clinic.offices if office is None else (office,)
    promises = [promise for each in offices if (promise := _promise(clinic, each, now))]
    return max(promises) if promises or office is None else reply_by(clinic, None, now)


def _promise(clinic: Clinic, office: Office, now: dt.datetime) -> dt.datetime | None:
    """The end of this office's Nth working day after `now`; None when it has no such day within a year."""
    ends = (end for opening, end in _working_days(clinic, office, clinic.local(now).date()) if now < opening)
    return next(islice(ends, clinic.reply_within - 1, None), None)


def _working_days(clinic: Clinic, office: Office, start: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """First opening and last closing of each open day from `start` on."""
    for day in (start + dt.timedelta(days=n) for n in range(LONGEST_CLOSURE)):
        spans = office.spans_on(day)
        if spans:
            yield _at(clinic, day, spans[0].opens), _at(clinic, day, spans[-1].closes)


def open_stretches(clinic: Clinic, office: Office, start: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Opening and closing of each stretch from `start` on."""
    for day in (start + dt.timedelta(days=n) for n in range(LONGEST_CLOSURE)):
        for span in office.spans_on(day):
            yield _at(clinic, day, span.opens), _at(clinic, day, span.closes)


def _at(clinic: Clinic, day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=clinic.time_zone)
