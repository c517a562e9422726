"""Send the mails in the outbox, after the alarms and the reminders that are due."""

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from appointments.outbox import DeliveryOutcome, deliver_due, deliver_until
from clinic_site.background import before_mail, housekeeping


class Command(BaseCommand):
    help = (
        "Raises alarms, sends the week's reminder about articles and the mails that are due, once. With --loop it goes "
        "on until it is told to stop, and erases what expires as well."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--loop",
            action="store_true",
            help="go on until SIGTERM or SIGINT, or until the process that started it ends",
        )
        # Passed because os.getppid() is wrong if the parent died while this process started.
        parser.add_argument("--parent", type=int, default=os.getppid(), help="the process that started it")

    def handle(self, *args: Any, loop: bool = False, parent: int = 0, **options: Any) -> None:
        """Run one round, or a loop. Raises CommandError (exit code 1) if a mail was given up."""
        if loop:
            stop = Ending(parent)
            with housekeeping(stop):
                deliver_until(stop)
            return
        before_mail(timezone.now())
        counts = deliver_due()
        self.stdout.write(", ".join(f"{counts[outcome]} {outcome.value}" for outcome in DeliveryOutcome))
        if counts[DeliveryOutcome.GIVEN_UP]:
            raise CommandError("Some mails were given up. Look at the outbox at the desk.")


class Ending(threading.Event):
    """Event set once the process gets a stop signal, or its `parent` is gone. The current mail is sent first."""

    def __init__(self, parent: int) -> None:
        super().__init__()
        self.parent = parent
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.set())

    def is_set(self) -> bool:
        return super().is_set() or os.getppid() != self.parent
