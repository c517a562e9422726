"""Create sixteen signed-in desk users and one request per kind of step: `python -m tests.appointments.actors`.

With the word `events` it tells what the audit trail then holds.
"""

import json
import sys

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402 (the models need Django set up)
from django.test import Client  # noqa: E402

from appointments.models import AuditEvent  # noqa: E402
from clinic_site.database.group_permissions import FRONT_DESK  # noqa: E402
from tests.appointments.builders import make_request  # noqa: E402
from tests.sessions import start_session  # noqa: E402

PEOPLE = 16
OTHERS = ("submitted", "alarmed")  # not by the desk; the requests are older than their promise
KINDS = ("move", "schedule", "attempt", "assign", "decline")


def signed_in(number: int) -> dict[str, str]:
    """Return user name and session cookie."""
    user = User.objects.create_user(f"desk-{number}", is_staff=True)
    user.groups.add(Group.objects.get(name=FRONT_DESK))
    client = Client()
    start_session(client, user)
    return {"name": user.username, "session": client.cookies["sessionid"].value}


def main() -> None:
    if sys.argv[1:] == ["events"]:
        events = AuditEvent.objects.happenings().exclude(action__in=OTHERS).values_list("request", "action", "actor")
        json.dump(list(events), sys.stdout)
        return
    people = [signed_in(number) for number in range(PEOPLE)]
    requests = {kind: make_request(name=f"For {kind}").pk for kind in KINDS}
    json.dump({"people": people, "requests": requests}, sys.stdout)


main()
