"""What a killed site left behind, as a process of its own tells it: `python -m tests.appointments.survivors`.

It first delivers what is still in the outbox, as a worker would once the leases of the dead have run out.
"""

import json
import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402 (the models need Django set up)

from appointments.choices import Action  # noqa: E402
from appointments.models import ConsultationRequest  # noqa: E402
from appointments.outbox import LEASE, deliver_due  # noqa: E402


def main() -> None:
    deliver_due(clock=lambda: timezone.now() + LEASE)
    requests = ConsultationRequest.objects.prefetch_related("messages", "audit_events")
    json.dump([_told(request) for request in requests], sys.stdout)


def _told(request: ConsultationRequest) -> dict[str, object]:
    return {
        "name": request.name,
        "reference": request.reference,
        "mails": {str(each.pk): each.status for each in request.messages.all()},
        "submitted": [each.action for each in request.audit_events.all()].count(Action.SUBMITTED),
    }


main()
