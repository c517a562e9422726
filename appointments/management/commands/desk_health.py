"""For monitoring: exits with 1 and a line for each thing that somebody must see to now."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from appointments.models import ConsultationRequest, OutboxMessage
from clinic_site import health
from clinic_site.database_faults import database_fault

LONGEST_WAIT = dt.timedelta(days=90)  # who waits never expires, so somebody has to hear of it


class Command(BaseCommand):
    help = (
        "Says whether a request is overdue, lost or forgotten, a mail did not leave, the database takes no changes, or "
        "a part of the site is not well. Exit status 1 when so."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError (exit status 1) when something is wrong. Names no patient."""
        wrong = [f"{what}: {count}" for what, count in _counts(timezone.now()).items() if count]
        if fault := _takes_no_changes():
            wrong.append(f"The database can be read, and takes no changes: no request can be sent. {fault}")
        wrong += health.sentences()
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write("The desk is well.")


def _takes_no_changes() -> str:
    """Return why; empty where it takes them."""
    try:
        OutboxMessage.objects.try_to_write()
    except DatabaseError as error:
        return database_fault(error)
    return ""


def _counts(now: dt.datetime) -> dict[str, int]:
    requests, mails = ConsultationRequest.objects, OutboxMessage.objects
    forgotten = requests.waiting().filter(created_at__lt=now - LONGEST_WAIT)
    return {
        "Overdue requests": requests.overdue(now).count(),
        "Lost requests, which nobody opened in time or whose notice did not leave": requests.lost(now).count(),
        f"Requests that have waited for more than {LONGEST_WAIT.days} days": forgotten.count(),
        "Mails that were given up": mails.given_up().count(),
        "Mails that should have left by now": mails.late(now).count(),
    }
