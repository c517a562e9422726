"""Time and office of a visit: how the desk may type them, what rules them out, and how they are written."""

import datetime as dt
import re
from typing import NamedTuple

from clinic_site.clinic import LONGEST_CLOSURE, Clinic, Office, Span
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import clock, dated

DATES = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%Y-%m-%d", "%B %d %Y", "%b %d %Y")
TIME = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?(am|pm|)")
NOON = 12
LATEST_HOUR = 23
HORIZON = dt.timedelta(days=LONGEST_CLOSURE)  # a later day is a mistyped year


class VisitTime(NamedTuple):
    at: dt.datetime  # aware
    office: str  # slug


class Obstacle(NamedTuple):
    """Why a visit cannot be at a time: the part to correct (date, time or office), and a sentence for the desk."""

    part: str
    text: str


def parse_date(text: str) -> dt.date | None:
    """Return a day with its year, as people in the US write it; None for anything else."""
    plain = " ".join(text.replace(",", " ").replace(".", " ").split())
    for form in DATES:
        try:
            return dt.datetime.strptime(plain, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


def parse_time(text: str) -> dt.time | None:
    """Return the time in 3:30 p.m., 3pm, 15:30 or noon; None for anything else, also for an ambiguous hour."""
    plain = re.sub(r"[.\s]", "", text.lower())
    if plain in ("noon", "12noon"):
        return dt.time(NOON)
    found = TIME.fullmatch(plain)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        hour = hour % NOON + (NOON if found[3] == "pm" else 0) if 1 <= hour <= NOON else LATEST_HOUR + 1
    elif hour <= NOON or not found[2]:
        return None
    return dt.time(hour, minute) if hour <= LATEST_HOUR and minute < 60 else None


def typed_date(moment: dt.datetime) -> str:
    """Return 12/1/2026: the day on the clinic's wall clock, as parse_date() reads it."""
    local = get_clinic().local(moment)
    return f"{local.month}/{local.day}/{local.year}"


def obstacle(clinic: Clinic, day: dt.date, time: dt.time, office_slug: str, now: dt.datetime) -> Obstacle | None:
    """Return why the visit is not possible; None if it is. Day and time are on the clinic's wall clock."""
    office = clinic.office(office_slug)
    if office is None:
        return Obstacle("office", "Choose the office of the visit")
    at = clinic.moment(dt.datetime.combine(day, time))
    if at <= now:
        part = "date" if day < clinic.today(now) else "time"
        return Obstacle(part, f"{dated(day)}, {clock(time)} has passed: enter a time that is still to come")
    if at > now + HORIZON:
        return Obstacle("date", f"{dated(day)} is more than a year away: check the year")
    if clinic.local(at).time() != time:
        return Obstacle("time", f"Clocks skip {clock(time)} on {dated(day)}: enter another time")
    return _closed(office, day, time)


def _closed(office: Office, day: dt.date, time: dt.time) -> Obstacle | None:
    spans = office.spans_on(day)
    if any(span.opens <= time < span.closes for span in spans):
        return None
    if spans:
        hours = " and ".join(_hours(span) for span in spans)
        return Obstacle("time", f"The {office.name} is open {hours} on {dated(day)}: enter a time in these hours")
    reason = f" ({office.closures[day]})" if day in office.closures else ""
    closed = f"The {office.name} is closed on {day:%A}, {dated(day)}{reason}"
    return Obstacle("date", f"{closed}: enter another day or choose another office")


def _hours(span: Span) -> str:
    return f"from {clock(span.opens)} to {clock(span.closes)}"


def refusal(clinic: Clinic, visit: VisitTime, now: dt.datetime) -> str:
    """Return the sentence of obstacle() for a visit with a known moment; "" if there is none."""
    local = clinic.local(visit.at)
    found = obstacle(clinic, local.date(), local.time(), visit.office, now)
    return found.text if found else ""


def when(moment: dt.datetime) -> str:
    """Return Tuesday, December 1, 2026, 3 p.m. EST, on the clinic's wall clock."""
    local = get_clinic().local(moment)
    return f"{local:%A}, {dated(local)} {local:%Z}"


def when_and_where(visit: VisitTime) -> str:
    """Return when() with the office; its slug if the clinic no longer has that office."""
    office = get_clinic().office(visit.office)
    return f"{when(visit.at)}, {office.name if office else visit.office}"


def to_detail(visit: VisitTime) -> str:
    """Return the visit in the form in which an audit event stores it."""
    return f"{visit.at.isoformat()} {visit.office}"


def from_detail(detail: str) -> VisitTime:
    at, _, office = detail.partition(" ")
    return VisitTime(dt.datetime.fromisoformat(at), office)
