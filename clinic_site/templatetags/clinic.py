"""Template tags and filters about the clinic's facts and its wall clock."""

import datetime as dt

from django import template
from django.utils import timezone

from clinic_site.clinic import ACCESS, WEEKDAYS, Clinic, Office, Opening, Span, open_now
from clinic_site.wording import clock, day, day_and_clock

register = template.Library()
register.filter(clock)
register.filter(day)
register.filter(day_and_clock)


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
