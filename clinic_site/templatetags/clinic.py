"""Template tags and filters about the clinic's facts, its wall clock and the errors of forms."""

import datetime as dt

from django import template
from django.forms import BaseForm, BoundField
from django.utils import timezone

from clinic_site.clinic import ACCESS, WEEKDAYS, Clinic, Office, Opening, Span, open_now
from clinic_site.dates import clock, day, day_and_clock
from clinic_site.forms import FormError

register = template.Library()
register.filter(clock)
register.filter(day)
register.filter(day_and_clock)


@register.simple_tag
def opening(clinic: Clinic, office: Office) -> Opening:
    """Return whether the office is open while the page is rendered."""
    return open_now(clinic, office, timezone.now())


@register.filter
def week(office: Office) -> list[tuple[str, tuple[Span, ...]]]:
    """Return (Monday, its hours) to (Sunday, its hours)."""
    return [(name.capitalize(), spans) for name, spans in zip(WEEKDAYS, office.hours, strict=True)]


@register.filter
def coming_closures(office: Office, clinic: Clinic) -> list[tuple[dt.date, str]]:
    """Return closures from today on, soonest first."""
    today = clinic.today(timezone.now())
    return sorted((date, reason) for date, reason in office.closures.items() if date >= today)


@register.filter
def access_names(office: Office) -> list[str]:
    return [ACCESS[key] for key in office.access]


@register.filter
def form_errors(form: BaseForm, whole: str = "") -> list[FormError]:
    """List the errors of `form`, those about the whole form first; these link to `whole`, "" for no link."""
    general = [FormError(whole, str(message)) for message in form.non_field_errors()]
    return general + [FormError(_anchor(field), str(message)) for field in form for message in field.errors]


def _anchor(field: BoundField) -> str:
    """Return the link to what can be filled in: the first choice of a group, and "" for a hidden field."""
    if field.is_hidden:
        return ""
    return f"#{field.auto_id}_0" if field.use_fieldset else f"#{field.id_for_label}"


@register.filter
def error_at(message: str, href: str) -> list[FormError]:
    """List the one error of a page that has no form: `message`, which links to `href`."""
    return [FormError(href, message)]
