"""Stranded visits: to come, but at a time that no longer lies in open hours."""

import datetime as dt

from django.urls import reverse

from appointments.models import Visit
from appointments.visit_time import VisitTime, when_and_where
from appointments.visits.free_times import is_open, moment_of, quarter_of
from clinic_site.clinic import Calendar, Clinic, Office
from clinic_site.hooks import StrandedVisit


def stranded_visits(clinic: Clinic, now: dt.datetime) -> list[Visit]:
    """Return the stranded visits, the next one first. `clinic`: the facts of now, or those that staff want to save."""
    visits = Visit.objects.to_come(now).select_related("request")
    return [visit for visit in visits if stranded_because(clinic, visit)]


def name_stranded(clinic: Clinic, now: dt.datetime) -> list[StrandedVisit]:
    """Return stranded_visits() as those who edit the clinic's facts may see them, by hooks.stranded_visits()."""
    return [
        StrandedVisit(
            visit.request.reference,
            when_and_where(VisitTime(visit.starts_at, visit.office)),
            reverse("admin:appointments_consultationrequest_change", args=[visit.request_id]),
        )
        for visit in stranded_visits(clinic, now)
    ]


def stranded_because(clinic: Clinic, visit: Visit) -> str:
    """Return why the visit cannot take place at its time, in words; "" if it can."""
    office = clinic.office(visit.office)
    if office is None:
        return f"The clinic has no office “{visit.office}” any more"
    calendar = office.calendar(visit.calendar) if visit.calendar else _hours_of(office)
    if calendar is None:
        return f"The {office.name} has no calendar “{visit.calendar}” any more"
    ends_at = visit.ends_at or moment_of(quarter_of(visit.starts_at) + 1)
    if is_open(clinic, office, calendar, visit.starts_at, ends_at):
        return ""
    today = clinic.today(visit.starts_at)
    if today in office.closures:
        return f"The {office.name} is closed on that day ({office.closures[today]})"
    return f"The time is not within the hours of the {office.name}{f', {calendar.name}' if visit.calendar else ''}"


def _hours_of(office: Office) -> Calendar:
    """Return the hours of the office as a calendar, for visits that were booked with a date alone."""
    return Calendar("", office.name, office.hours, ())
