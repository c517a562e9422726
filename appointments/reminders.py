"""Reminders of booked visits: a mail 3 days before and a mail 1 day before, each once for a time of the visit."""

import datetime as dt

from appointments import booking
from appointments.choices import MailKind
from appointments.models import OutboxMessage, Visit
from appointments.visits.stranded import stranded_because
from clinic_site.clinic import Clinic, Span
from clinic_site.clinic_yaml import get_clinic

DAYS_BEFORE = (3, 1)
MAIL_HOURS = Span(dt.time(8), dt.time(20))  # at the clinic: mails that nobody waits for ring no phone at night
LATEST = dt.time(19)  # reminders of later visits, so that they leave within MAIL_HOURS
AHEAD = dt.timedelta(days=max(DAYS_BEFORE) + 1)


def write_reminders(now: dt.datetime) -> int:
    """Write the reminders that are due, and return how many. Drop those that did not leave before the visit.

    A visit at a time that is closed now gets none: the mail would send the patient to a closed door.

    Several workers may run it at once, also after a pause of any length: booking.remind() writes each mail once, and
    of two reminders that are due only the last one.
    """
    OutboxMessage.objects.reminders_too_late(now).delete()
    clinic = get_clinic()
    if not is_mail_hour(clinic, now):
        return 0
    visits = Visit.objects.to_remind(now, now + AHEAD)
    open_visits = [visit for visit in visits if not stranded_because(clinic, visit)]
    due = [(visit, days) for visit in open_visits if (days := days_before(clinic, visit, now))]
    written = OutboxMessage.objects.filter(kind=MailKind.REMINDER, request__in=[visit.request_id for visit, _ in due])
    done = set(written.values_list("request", "occasion"))
    missing = [(v, days) for v, days in due if (v.request_id, booking.occasion_of(v.starts_at, days)) not in done]
    return sum(booking.remind(visit, days, now) for visit, days in missing)


def is_mail_hour(clinic: Clinic, now: dt.datetime) -> bool:
    return MAIL_HOURS.opens <= clinic.local(now).time() < MAIL_HOURS.closes


def days_before(clinic: Clinic, visit: Visit, now: dt.datetime) -> int | None:
    """Return which reminder of the booked visit is due, in days; None before the first one.

    None too if the visit was booked, or got this time, later than that reminder would have been due.
    """
    due = [days for days in DAYS_BEFORE if _moment(clinic, visit, days) <= now]
    days = min(due, default=None)
    return days if days and visit.changed_at <= _moment(clinic, visit, days) else None


def _moment(clinic: Clinic, visit: Visit, days: int) -> dt.datetime:
    """Return the moment so many days before the visit at the same time on the clinic's clock, within MAIL_HOURS."""
    start = clinic.local(visit.starts_at)
    time = min(max(start.time(), MAIL_HOURS.opens), LATEST)
    return clinic.moment(dt.datetime.combine(start.date() - dt.timedelta(days=days), time))
