"""For monitoring: exits with 1 and a line for each thing that somebody must see to now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from appointments.models import ConsultationRequest, OutboxMessage


class Command(BaseCommand):
    help = "Says whether a request waits beyond its promise, or a mail did not leave. Exit status 1 when so."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError (exit status 1) when something is wrong. Names no patient."""
        now = timezone.now()
        counts = {
            "requests wait beyond the time they were promised": ConsultationRequest.objects.overdue(now).count(),
            "mails were given up": OutboxMessage.objects.given_up().count(),
            "mails should have left by now": OutboxMessage.objects.late(now).count(),
        }
        wrong = [f"{count} {what}" for what, count in counts.items() if count]
        if wrong:
            raise CommandError("; ".join(wrong) + ".")
        self.stdout.write("The desk is well.")
