"""What follows the restore of a backup: who was erased stays erased, and no mail leaves twice unasked."""

import datetime as dt
from collections.abc import Iterator

from appointments import workflow
from appointments.models import ConsultationRequest
from appointments.outbox import hold_mail
from clinic_site.backup import erasure_journal

ACTOR = "restore"  # in the audit trail


def make_safe(now: dt.datetime) -> Iterator[str]:
    """Erase again whom the journal of erasures names, and hold the mail of the backup. Yield sentences."""
    journal = erasure_journal.read()
    stored = ConsultationRequest.objects.filter(erased_at=None)
    erased = [request for request in stored.iterator() if journal.names(request.reference)]
    for request in erased:
        workflow.erase(request, ACTOR, now)
    yield f"Requests that were erased after the backup was made, and are erased again: {len(erased)}."
    if journal.unknown:
        yield (
            f"Erasures and leaves by another SECRET_KEY: {journal.unknown}. Nobody can tell whom they mean: "
            "restore with that key, or erase these people, and end the access of who left, once more."
        )
    yield (
        f"Mails on hold: {hold_mail(now)}. They may have left after the backup was made. Until release_mail they wait, "
        "and no reminder or alarm is written."
    )
