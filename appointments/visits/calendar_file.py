"""Calendar files of visits (RFC 5545 and 5546): neutral for others who see the calendar."""

import datetime as dt
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from appointments.choices import VisitStatus
from appointments.models import ConsultationRequest, Visit
from clinic_site.clinic_yaml import get_clinic

TITLE = "Appointment"
A_YEAR = dt.timedelta(days=366)


def calendar_file(visit: Visit, request: ConsultationRequest, now: dt.datetime, *, for_download: bool = False) -> str:
    """Return the file of `visit`: METHOD REQUEST, or CANCEL for a cancelled one, with the visit's UID and SEQUENCE.

    It names the office's address and phone number, and nothing about the clinic or the patient but the mail address
    that gets it, which RFC 5546 demands. `for_download`: METHOD PUBLISH, which asks for no reply; RFC 5546 (3.2.1)
    forbids attendees in it.
    """
    cancelled = visit.status == VisitStatus.CANCELLED
    method = "PUBLISH" if for_download else "CANCEL" if cancelled else "REQUEST"
    calendar = Calendar()
    calendar.add("PRODID", "-//appointments//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    event = _event(visit, now, cancelled=cancelled)
    if request.email and not for_download:
        event.add("ATTENDEE", vCalAddress(f"mailto:{request.email}"))
    calendar.add_component(event)
    day = get_clinic().today(visit.starts_at)
    calendar.add_missing_timezones(day - A_YEAR, day + A_YEAR)  # all changes of clocks since 1970 would be 4 KB
    file: bytes = calendar.to_ical()
    return file.decode()


def _event(visit: Visit, now: dt.datetime, *, cancelled: bool) -> Event:
    clinic = get_clinic()
    office, kind = clinic.office(visit.office), clinic.visit_kind(visit.kind)
    event = Event()
    event.add("UID", str(visit.uid))  # without the site's name, as RFC 7986 (5.3) wants it
    event.add("SEQUENCE", visit.sequence)
    event.add("STATUS", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("DTSTAMP", now.astimezone(dt.UTC))
    event.add("DTSTART", clinic.local(visit.starts_at))
    if visit.ends_at:
        event.add("DTEND", clinic.local(visit.ends_at))
    event.add("SUMMARY", TITLE)
    if office and not (kind and kind.by_phone):
        event.add("LOCATION", ", ".join(office.address))
    if office:
        event.add("CONTACT", office.phone_shown)
    event.add("ORGANIZER", vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"))
    return event
