"""Erases what expired, because we keep what patients sent no longer than the privacy notice says.

`deliver_mail --loop`, and so `serve`, does the same by itself every hour. This command is for those who want to see
first what it would erase, and for sites that send their mail in another way.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from appointments.retention import purge


class Command(BaseCommand):
    help = "Erases the requests that ended longer ago than content/clinic.yaml lets us keep them, for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")

    def handle(self, *args: Any, dry_run: bool = False, **options: Any) -> None:
        """Prints a line for each, by reference and reason, without anything personal."""
        verb = "would be erased" if dry_run else "was erased"
        done = purge(timezone.now(), dry_run)
        for each in done:
            self.stdout.write(f"{each.reference} {verb}: {each.why}.")
        self.stdout.write(f"Expired requests: {len(done)}.{' Nothing was changed.' if dry_run else ''}")
