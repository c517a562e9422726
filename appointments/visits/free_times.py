"""Free times of the calendars: open hours without closures, within a kind's rules, minus what is taken.

Everything here is a function of its arguments; holds.py reads what is taken. Times are counted in quarters of an hour
since 1970-01-01 00:00 UTC, so that the change of clocks needs no rule of its own.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from clinic_site.clinic import QUARTER_MINUTES, Calendar, Clinic, Office, VisitKind

SECONDS = QUARTER_MINUTES * 60
Taken = Mapping[str, Collection[int]]  # calendar, or “calendar/kind” -> quarters


class Slot(NamedTuple):
    """A time in a calendar, for a kind of visit. Without calendar and kind: a date that the desk typed."""

    office: str  # slug
    calendar: str  # slug
    kind: str  # slug
    starts_at: dt.datetime  # UTC
    ends_at: dt.datetime | None

    @property
    def value(self) -> str:
        """The slot as a form sends it; find_slot() reads it."""
        return f"{self.calendar}.{self.kind}.{quarter_of(self.starts_at)}"

    @property
    def place(self) -> dict[str, str]:
        """The fields of a Visit but its time."""
        return {"office": self.office, "calendar": self.calendar, "kind": self.kind}


def dated_slot(office: str, starts_at: dt.datetime) -> Slot:
    """Return the slot for a date that the desk typed, outside the calendars."""
    return Slot(office, "", "", starts_at, None)


def quarter_of(moment: dt.datetime) -> int:
    """Return the number of the quarter of an hour that contains `moment`."""
    return int(moment.timestamp()) // SECONDS


def moment_of(quarter: int) -> dt.datetime:
    """Return the moment (UTC) at which the quarter begins."""
    return dt.datetime.fromtimestamp(quarter * SECONDS, dt.UTC)


class Bookable(NamedTuple):
    """A kind of visit in a calendar of an office."""

    clinic: Clinic
    office: Office
    calendar: Calendar
    kind: VisitKind

    @property
    def keys(self) -> tuple[str, str]:
        """The keys of TakenTime.calendar: of the quarters, and of the visits of this kind on one day."""
        return self.calendar.slug, f"{self.calendar.slug}/{self.kind.slug}"

    @property
    def length(self) -> int:
        """The quarters that a visit lasts."""
        return self.kind.minutes // QUARTER_MINUTES

    @property
    def length_with_buffer(self) -> int:
        return (self.kind.minutes + self.kind.buffer_minutes) // QUARTER_MINUTES

    def quarters(self, starts_at: dt.datetime, ends_at: dt.datetime | None = None) -> range:
        """Return the quarters that a visit takes, its buffer included.

        `ends_at`: the end of a visit that was offered while the kind had another length.
        """
        first = quarter_of(starts_at)
        length = quarter_of(ends_at) - first if ends_at else self.length
        return range(first, first + length + self.kind.buffer_minutes // QUARTER_MINUTES)

    def day_quarters(self, day: dt.date) -> range:
        """Return the quarters that count the visits of this kind on `day`: see models.visits.TakenTime."""
        first = quarter_of(self.clinic.midnight(day))
        return range(first, first + self.kind.most_a_day)


def free_slots(bookable: Bookable, taken: Taken, now: dt.datetime, *, for_desk: bool = False) -> Iterator[Slot]:
    """Yield the free slots in the order of time, one right after the other from each opening and each taken time on.

    A visit lies within one stretch of the calendar's hours while the office is open that day; its buffer may reach
    beyond. `for_desk`: the lead time does not count, only that the time is still to come.
    """
    earliest = _earliest(bookable.kind, now, for_desk)
    blocked = _blocked(bookable, taken)
    length, step = bookable.length, bookable.length_with_buffer
    for day in _days(bookable, taken, now):
        for opens, closes in open_quarters(bookable.clinic, bookable.office, bookable.calendar, day):
            quarter = opens
            while quarter + length <= closes:
                is_free = quarter not in blocked
                if is_free and quarter >= earliest:
                    yield slot_at(bookable, moment_of(quarter))
                quarter += step if is_free else 1


def is_free(
    bookable: Bookable, starts_at: dt.datetime, taken: Taken, now: dt.datetime, *, for_desk: bool = False
) -> bool:
    """Return whether a visit may start at `starts_at`, also between the slots of free_slots().

    `for_desk`: neither lead time nor horizon counts, only that the time is still to come.
    """
    quarter, day = quarter_of(starts_at), bookable.clinic.today(starts_at)
    if quarter in _blocked(bookable, taken) or quarter < _earliest(bookable.kind, now, for_desk):
        return False
    horizon = bookable.clinic.today(now) + dt.timedelta(days=bookable.kind.horizon_days)
    if (day > horizon and not for_desk) or not _has_room(bookable, taken, day):
        return False
    ends_at = starts_at + dt.timedelta(minutes=bookable.kind.minutes)
    is_within_hours = is_open(bookable.clinic, bookable.office, bookable.calendar, starts_at, ends_at)
    return is_within_hours and moment_of(quarter) == starts_at


def _earliest(kind: VisitKind, now: dt.datetime, for_desk: bool) -> int:
    lead = dt.timedelta() if for_desk else dt.timedelta(hours=kind.lead_hours)
    return -(-int((now + lead).timestamp()) // SECONDS)


def _blocked(bookable: Bookable, taken: Taken) -> frozenset[int]:
    """Return the quarters at which no visit can start, because it would need a taken one."""
    occupied = taken.get(bookable.calendar.slug, ())
    return frozenset(quarter - before for quarter in occupied for before in range(bookable.length_with_buffer))


def _days(bookable: Bookable, taken: Taken, now: dt.datetime) -> Iterator[dt.date]:
    """Yield the days within the horizon that have room for one more visit of this kind."""
    today = bookable.clinic.today(now)
    for day in (today + dt.timedelta(days=ahead) for ahead in range(bookable.kind.horizon_days + 1)):
        if _has_room(bookable, taken, day):
            yield day


def _has_room(bookable: Bookable, taken: Taken, day: dt.date) -> bool:
    counted = taken.get(bookable.keys[1], ())
    return not counted or any(quarter not in counted for quarter in bookable.day_quarters(day))


def slot_at(bookable: Bookable, starts_at: dt.datetime) -> Slot:
    ends_at = starts_at + dt.timedelta(minutes=bookable.kind.minutes)
    return Slot(bookable.office.slug, bookable.calendar.slug, bookable.kind.slug, starts_at, ends_at)


def open_quarters(clinic: Clinic, office: Office, calendar: Calendar, day: dt.date) -> Iterator[tuple[int, int]]:
    """Yield the first quarter of each stretch of the calendar's hours on `day`, and the one after its last."""
    if day in office.closures:
        return
    for span in calendar.hours[day.weekday()]:
        opens = clinic.moment(dt.datetime.combine(day, span.opens))
        closes = clinic.moment(dt.datetime.combine(day, span.closes))
        yield -(-int(opens.timestamp()) // SECONDS), quarter_of(closes)


def is_open(clinic: Clinic, office: Office, calendar: Calendar, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Return whether one stretch of the calendar's hours contains the whole visit."""
    first, end = quarter_of(starts_at), -(-int(ends_at.timestamp()) // SECONDS)
    day = clinic.today(starts_at)
    return any(opens <= first and end <= closes for opens, closes in open_quarters(clinic, office, calendar, day))


def by_day(clinic: Clinic, slots: Collection[Slot]) -> dict[dt.date, list[Slot]]:
    """Group slots by their day on the clinic's clock, in the order of time."""
    days = defaultdict(list)
    for slot in sorted(slots, key=lambda slot: slot.starts_at):
        days[clinic.today(slot.starts_at)].append(slot)
    return dict(days)
