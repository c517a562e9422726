"""Print the data left by a killed site, from a separate process: `python -m tests.appointments.subprocess_kill`.

First delivers the remaining outbox, as a worker would after the leases of killed workers expire.
"""

import json
import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402 (the models need Django set up)

from appointments.choices import Action  # noqa: E402
from appointments.models import ConsultationRequest  # noqa: E402
from appointments.outbox import deliver_due  # noqa: E402
from clinic_site.mail.messages import LEASE  # noqa: E402


def main() -> None:
    deliver_due(clock=lambda: timezone.now() + LEASE)
    requests = ConsultationRequest.objects.prefetch_related("messages", "audit_events")
    json.dump([_stored(request) for request in requests], sys.stdout)


def _stored(request: ConsultationRequest) -> dict[str, object]:
    return {
        "name": request.name,
        "reference": request.reference,
        "mails": {str(message.pk): message.status for message in request.messages.all()},
        "submitted": [event.action for event in request.audit_events.all()].count(Action.SUBMITTED),
    }


main()
