"""Print what a site holds, from a separate process. With `deliver` its mail worker has a round before."""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 (the models need Django set up)

from appointments.choices import Action  # noqa: E402
from appointments.models import ConsultationRequest  # noqa: E402
from appointments.outbox import deliver_due  # noqa: E402


def main() -> None:
    if "deliver" in sys.argv:
        deliver_due()
    requests = ConsultationRequest.objects.prefetch_related("messages", "audit_events")
    whole = [
        (len(request.messages.all()), [event.action for event in request.audit_events.all()].count(Action.SUBMITTED))
        for request in requests.filter(erased_at=None)
    ]
    held = {
        "names": [request.name for request in requests],
        "references": {request.name: request.reference for request in requests},
        "whole": sorted(set(whole)),
        "left": len([*settings.EMAIL_FILE_PATH.glob("*")]),
    }
    json.dump(held, sys.stdout)


main()
