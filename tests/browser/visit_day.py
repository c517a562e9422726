"""Bring the day of a booked visit: `python -m tests.browser.visit_day REFERENCE`.

Write the reminder that is due a day before the visit, then make the visit one of today. Print the mails that remind of
it. For the browser tests; the database is that of the environment.
"""

import datetime as dt
import json
import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402 (the models need Django set up)

from appointments.choices import MailKind, VisitStatus  # noqa: E402
from appointments.models import ConsultationRequest, Visit  # noqa: E402
from appointments.reminders import write_reminders  # noqa: E402


def write_reminder(visit: Visit) -> None:
    """Write the reminder as the chore does a day before, within the hours for mails."""
    write_reminders(visit.starts_at - dt.timedelta(days=1) + dt.timedelta(minutes=5))


def make_today(visit: Visit) -> None:
    now = timezone.now()
    visit.request.visits.filter(pk=visit.pk).update(starts_at=now, ends_at=now + dt.timedelta(hours=1))


def main(reference: str) -> None:
    request = ConsultationRequest.objects.get(reference=reference)
    visit = request.visits.get(status=VisitStatus.BOOKED)
    write_reminder(visit)
    mails = request.messages.filter(kind=MailKind.REMINDER)
    json.dump([{"subject": mail.subject, "body": mail.body} for mail in mails], sys.stdout)
    make_today(visit)


if __name__ == "__main__":
    main(sys.argv[1])
