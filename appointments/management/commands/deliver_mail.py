"""Sends what waits in the outbox."""

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appointments.outbox import Outcome, deliver_due, deliver_until


class Command(BaseCommand):
    help = "Sends the mails that are due, once, or with --loop until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--loop",
            action="store_true",
            help="go on until SIGTERM or SIGINT, or until the process that started it ends",
        )

    def handle(self, *args: Any, loop: bool = False, **options: Any) -> None:
        """One round. Raises CommandError (exit code 1) where a mail was given up."""
        if loop:
            deliver_until(Ending())
            return
        counts = deliver_due()
        self.stdout.write(", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome))
        if counts[Outcome.GIVEN_UP]:
            raise CommandError("Some mails were given up. Look at the outbox at the desk.")


class Ending(threading.Event):
    """Set once the process is asked to end, or whoever started it is gone. The mail in hand is finished first."""

    def __init__(self) -> None:
        super().__init__()
        self.parent = os.getppid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.set())

    def is_set(self) -> bool:
        return super().is_set() or os.getppid() != self.parent
