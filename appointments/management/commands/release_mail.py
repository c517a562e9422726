"""Release the mails that a restored backup holds, because nobody but the operator can know whether they left before."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from appointments.models import OutboxMessage
from appointments.outbox import mail_is_on_hold, release_mail


class Command(BaseCommand):
    help = "Says how many mails are on hold since a restore. With --send or --give-up the hold ends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--send", action="store_true", help="send them all: some may arrive a second time")
        ways.add_argument("--give-up", action="store_true", help="send none: the desk sees each, and may send it again")

    def handle(self, *args: Any, send: bool = False, give_up: bool = False, **options: Any) -> None:
        """Print how many mails there are; change nothing unless told to."""
        if not mail_is_on_hold():
            self.stdout.write("No mail is on hold.")
        elif send or give_up:
            self.stdout.write(f"Mails that are {'given up' if give_up else 'sent now'}: {release_mail(give_up)}.")
        else:
            count = OutboxMessage.objects.on_hold().count()
            self.stdout.write(f"Mails on hold: {count}. Nothing was changed: choose --send or --give-up.")
