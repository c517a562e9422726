"""The clinic's facts, from content/clinic.yaml alone, and what follows from them: open_now() and reply_by().

All times are the clinic's wall-clock times, in its own time zone.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from zoneinfo import ZoneInfo

from clinic_site.content.files import Problem
from clinic_site.text.phones import format_phone

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
QUARTER_MINUTES = 15  # visits begin at quarters of an hour
LONGEST_CLOSURE = 366  # days: an office with no open day in a year is closed for good


@dataclass(frozen=True)
class Span:
    """One stretch of opening hours on one day."""

    opens: dt.time
    closes: dt.time


Week = tuple[tuple[Span, ...], ...]  # by weekday, Monday first; () is closed


@dataclass(frozen=True)
class VisitKind:
    """A kind of visit that can be booked, with its rules."""

    slug: str  # stored with visits
    name: str
    minutes: int  # like buffer_minutes a multiple of QUARTER_MINUTES
    buffer_minutes: int  # after the visit, before the next one in the same calendar
    lead_hours: int  # patients book, move and cancel up to so many hours before the visit
    horizon_days: int  # patients book up to so many days ahead
    most_a_day: int  # visits of this kind in one calendar
    needs_answer: bool  # the desk confirms each pick of a patient
    by_phone: bool
    bring: tuple[str, ...]  # what the patient should have at hand


@dataclass(frozen=True)
class Calendar:
    """A person or room of an office that can be booked."""

    slug: str  # unique in the clinic; stored with visits
    name: str
    hours: Week
    kinds: tuple[VisitKind, ...]


@dataclass(frozen=True)
class Office:
    slug: str
    name: str
    address: tuple[str, ...]
    phone: str  # E.164, like +17275550142
    hours: Week
    closures: Mapping[dt.date, str]  # date -> reason
    access: tuple[str, ...]  # keys of ACCESS
    languages: tuple[str, ...]  # interpreters offered, in English words
    calendars: tuple[Calendar, ...] = ()  # empty: the desk books visits of this office with a date alone

    @cached_property
    def phone_shown(self) -> str:
        """Return the number as a US reader writes it: (727) 555-0142."""
        return format_phone(self.phone)

    def spans_on(self, day: dt.date) -> tuple[Span, ...]:
        return () if day in self.closures else self.hours[day.weekday()]

    def calendar(self, slug: str) -> Calendar | None:
        return next((calendar for calendar in self.calendars if calendar.slug == slug), None)


@dataclass(frozen=True)
class Clinic:
    name: str
    demo: bool  # the fictional clinic this project ships with; production refuses it
    owner: str
    sells: str
    time_zone: ZoneInfo
    reply_within: int  # working days
    notices_email: str  # gets the notice of a new request
    fallback_email: str  # gets the alarm when nobody opened a request in time
    contact_email: str  # for readers: mistakes on a page, accessibility
    articles_email: str  # gets the weekly list of articles that wait for a check
    security_email: str
    erase_led_nowhere_after: dt.timedelta  # requests that did not end in a visit
    erase_others_after: dt.timedelta
    crisis_alarm_after: dt.timedelta  # open time without an attempt to reach somebody whose note has words of a crisis
    offices: tuple[Office, ...]
    visit_kinds: tuple[VisitKind, ...] = ()
    scheduling: bool = False  # patients choose times themselves
    problem: Problem | None = None  # why the current file is not in use

    def office(self, slug: str) -> Office | None:
        return next((office for office in self.offices if office.slug == slug), None)

    def visit_kind(self, slug: str) -> VisitKind | None:
        return next((kind for kind in self.visit_kinds if kind.slug == slug), None)

    def local(self, moment: dt.datetime) -> dt.datetime:
        """Return an aware moment on the clinic's wall clock."""
        return moment.astimezone(self.time_zone)

    def moment(self, wall: dt.datetime) -> dt.datetime:
        """Return the moment (UTC) at which the clinic's clock shows the naive time `wall`.

        RFC 5545 (3.3.5) decides at clock changes: a time that occurs twice means the first one; a skipped time counts
        with the offset before the change, so 2:30 means 3:30. The ends of the calendar, which editors may write for
        “always”, give FIRST_MOMENT and LAST_MOMENT.
        """
        try:
            return wall.replace(tzinfo=self.time_zone).astimezone(dt.UTC)
        except OverflowError:
            return FIRST_MOMENT if wall.year == dt.MINYEAR else LAST_MOMENT

    def today(self, now: dt.datetime) -> dt.date:
        """Return the day at the clinic at the aware moment `now`."""
        return self.local(now).date()

    def midnight(self, day: dt.date) -> dt.datetime:
        """Return the moment (UTC) at which `day` begins at the clinic."""
        return self.moment(dt.datetime.combine(day, dt.time()))


@dataclass(frozen=True)
class Opening:
    """State of an office: open or not, and the aware moment of the next change (None: not within a year)."""

    is_open: bool
    changes_at: dt.datetime | None


def open_now(clinic: Clinic, office: Office, now: dt.datetime) -> Opening:
    """Return whether `office` is open at the aware moment `now`, and when that changes."""
    for opens, closes in open_stretches(clinic, office, clinic.today(now)):
        if opens <= now < closes:
            return Opening(is_open=True, changes_at=closes)
        if now < opens:
            return Opening(is_open=False, changes_at=opens)
    return Opening(is_open=False, changes_at=None)


def reply_by(clinic: Clinic, office: Office | None, now: dt.datetime) -> dt.datetime:
    """Return by when a request made at `now` is answered: work_day_end() of the Nth day that the clinic promises."""
    return work_day_end(clinic, office, now, clinic.reply_within)


def work_day_end(clinic: Clinic, office: Office | None, now: dt.datetime, days: int) -> dt.datetime:
    """Return the end of the Nth working day after `now`.

    A working day that has begun does not count; a request made while the office is closed belongs to the day before,
    so one made on Saturday is due on Monday. Without an office, or if it does not open within a year, the latest time
    of all offices counts. Raises ValueError if no office opens within a year.
    """
    offices = clinic.offices if office is None else (office,)
    found = [end for candidate in offices if (end := _work_day_end(clinic, candidate, now, days))]
    return max(found) if found or office is None else work_day_end(clinic, None, now, days)


def next_open(clinic: Clinic, now: dt.datetime) -> dt.datetime | None:
    """Return `now` while any office is open, else the next opening; None if no office opens within a year."""
    states = [open_now(clinic, office, now) for office in clinic.offices]
    if any(state.is_open for state in states):
        return now
    return min((state.changes_at for state in states if state.changes_at), default=None)


def open_time_ago(clinic: Clinic, span: dt.timedelta, now: dt.datetime) -> dt.datetime:
    """Return the moment from which until `now` any office was open for `span` in all.

    FIRST_MOMENT if the offices were not open that long within a year.
    """
    left, end = span, now.astimezone(dt.UTC)  # in UTC: a difference within one time zone ignores clock changes
    for opens, closes in _open_backwards(clinic, clinic.today(now)):
        end = min(end, closes)
        if end - opens >= left:
            return end - left
        if opens < end:
            left, end = left - (end - opens), opens
    return FIRST_MOMENT


def _open_backwards(clinic: Clinic, last: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Yield the stretches (UTC) of all offices until the end of the day `last`, the latest closing first."""
    for day in (last - dt.timedelta(days=n) for n in range(LONGEST_CLOSURE)):
        spans = {span for office in clinic.offices for span in office.spans_on(day)}
        for span in sorted(spans, key=lambda span: (span.closes, span.opens), reverse=True):
            yield _at(clinic, day, span.opens).astimezone(dt.UTC), _at(clinic, day, span.closes).astimezone(dt.UTC)


def _work_day_end(clinic: Clinic, office: Office, now: dt.datetime, days: int) -> dt.datetime | None:
    """Return the end of this office's Nth working day after `now`; None if it has no such day within a year."""
    ends = (end for opening, end in _working_days(clinic, office, clinic.today(now)) if now < opening)
    return next(islice(ends, days - 1, None), None)


def _working_days(clinic: Clinic, office: Office, start: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Yield the first opening and the last closing of each open day from `start` on."""
    for day in (start + dt.timedelta(days=n) for n in range(LONGEST_CLOSURE)):
        spans = office.spans_on(day)
        if spans:
            yield _at(clinic, day, spans[0].opens), _at(clinic, day, spans[-1].closes)


def after_working_time(clinic: Clinic, office: Office, now: dt.datetime, duration: dt.timedelta) -> dt.datetime:
    """Return the moment at which the office will have been open for `duration` since `now`.

    An office that is not open for so long within a year counts as open from `now` on.
    """
    left = duration
    for opens, closes in open_stretches(clinic, office, clinic.today(now)):
        start, end = max(opens, now).astimezone(dt.UTC), closes.astimezone(dt.UTC)  # clocks may change in between
        if start + left <= end:
            return start + left
        left -= max(end - start, dt.timedelta())
    return now + duration


def open_stretches(clinic: Clinic, office: Office, start: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Yield the opening and the closing of each stretch from `start` on."""
    for day in (start + dt.timedelta(days=n) for n in range(LONGEST_CLOSURE)):
        for span in office.spans_on(day):
            yield _at(clinic, day, span.opens), _at(clinic, day, span.closes)


def _at(clinic: Clinic, day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=clinic.time_zone)
