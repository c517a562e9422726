"""Health of the desk: a sentence for each thing that somebody must see to now. No sentence names a patient."""

import datetime as dt
from collections.abc import Iterator

from django.db import DatabaseError
from django.utils import timezone

from appointments.models import ConsultationRequest, OutboxMessage
from appointments.outbox import mail_is_on_hold
from clinic_site.database.faults import database_fault

LONGEST_WAIT = dt.timedelta(days=90)  # waiting requests never expire, so monitoring reports them


def desk_faults() -> Iterator[str]:
    yield from (f"{what}: {count}" for what, count in _counts(timezone.now()).items() if count)
    if mail_is_on_hold():
        count = OutboxMessage.objects.on_hold().count()
        yield f"Since a restore, mails wait and none is written by itself: {count}. Run clinic-manage release_mail."
    if fault := _takes_no_changes():
        yield f"The database can be read, and takes no changes: no request can be sent. {fault}"


def _takes_no_changes() -> str:
    """Return why the database takes no changes; "" if it takes them."""
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
