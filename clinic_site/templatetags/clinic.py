"""Template tags and filters about the clinic's facts and its wall clock."""

import datetime as dt

from django import template
from django.utils import timezone

from clinic_site.clinic import ACCESS, WEEKDAYS, Clinic, Office, Opening, Span, format_phone, open_now
from clinic_site.clinic_file import get_clinic

register = template.Library()
NOON = 12
NO_BREAK = "\u00a0"


@register.filter
def clock(time: dt.time | dt.datetime) -> str:
    """8 a.m., 12:30 p.m., noon, as people write it; a moment is read off the clinic's wall clock."""
    if isinstance(time, dt.datetime):
        time = get_clinic().local(time)
    if (time.hour, time.minute) == (NOON, 0):
        return "noon"
    minutes = f":{time.minute:02}" if time.minute else ""
    return f"{time.hour % NOON or NOON}{minutes}{NO_BREAK}{'a.m.' if time.hour < NOON else 'p.m.'}"


@register.filter
def day(moment: dt.date) -> str:
    """Monday, November 23."""
    return f"{moment:%A, %B} {moment.day}"


@register.filter
def local(moment: dt.datetime) -> dt.datetime:
    """The moment on the clinic's wall clock."""
    return get_clinic().local(moment)


@register.filter
def day_and_clock(moment: dt.datetime) -> str:
    """Monday, November 23, 5 p.m., on the clinic's wall clock."""
    return f"{day(local(moment))}, {clock(moment)}"


@register.filter
def phone(number: str) -> str:
    """(727) 555-0142."""
    return format_phone(number)


@register.simple_tag
def opening(clinic: Clinic, office: Office) -> Opening:
    """Whether the office is open as the page is made."""
    return open_now(clinic, office, timezone.now())


@register.filter
def week(office: Office) -> list[tuple[str, tuple[Span, ...]]]:
    """(Monday, its hours) to (Sunday, its hours)."""
    return [(name.capitalize(), spans) for name, spans in zip(WEEKDAYS, office.hours, strict=True)]


@register.filter
def coming_closures(office: Office, clinic: Clinic) -> list[tuple[dt.date, str]]:
    """Closures from today on, soonest first."""
    today = clinic.local(timezone.now()).date()
    return sorted((date, reason) for date, reason in office.closures.items() if date >= today)


@register.filter
def access_names(office: Office) -> list[str]:
    return [ACCESS[key] for key in office.access]
