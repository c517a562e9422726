"""Workers on a separate database: run by test_background.py in a subprocess.

First many of them run the chores at once, then one runs as started by `serve`, until its alarm is sent.
"""

import datetime as dt
import json
import os
import signal
import sys
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.utils import timezone

from appointments import workflow
from appointments.alarms import raise_alarms
from appointments.choices import MailKind, Status
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.retention import purge
from articles.review_reminders import remind
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import make_request
from tests.appointments.subprocess_race import THREADS, all_at_once

LONG_AGO = timezone.now() - dt.timedelta(days=400)


class EndsAfterTheAlarm(BaseEmailBackend):
    """Accepts every mail, and ends this process after an alarm."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if [get_clinic().fallback_email] in [message.to for message in email_messages]:
            os.kill(os.getpid(), signal.SIGTERM)
        return len(email_messages)


def expire() -> None:
    workflow.transition(make_request(now=LONG_AGO), Status.CLOSED, "dana", LONG_AGO)


def many() -> dict[str, int]:
    """Run many workers on three lost and three expired requests and a reminder; return sums of their results."""
    for _ in range(3):
        make_request(now=LONG_AGO)
        expire()
    now = timezone.now()
    alarmed: list[int] = []
    erased: list[int] = []
    all_at_once([lambda: alarmed.append(raise_alarms(now))] * THREADS)
    all_at_once([lambda: erased.append(len(purge(now)))] * THREADS)
    reminded = all_at_once([lambda: remind(now)] * THREADS)
    return {"alarmed": sum(alarmed), "erased": sum(erased), "reminded": reminded.count(True), **stored()}


def alone() -> dict[str, int]:
    """Run the mail command on one more lost and one more expired request."""
    make_request(now=LONG_AGO)
    expire()
    settings.EMAIL_BACKEND = f"{__name__}.{EndsAfterTheAlarm.__name__}"
    call_command("deliver_mail", loop=True)
    return stored()


def stored() -> dict[str, int]:
    alarms = OutboxMessage.objects.filter(kind=MailKind.ALARM).count()
    return {"alarms": alarms, "nameless": ConsultationRequest.objects.filter(name="").count()}


def main() -> None:
    call_command("migrate", verbosity=0)
    json.dump({"many": many(), "alone": alone()}, sys.stdout)
