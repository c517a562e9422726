"""Erase expired requests: the privacy notice promises how long they are stored.

`deliver_mail --loop`, and so `serve`, does this every hour. The command is for operators who want to see
first what would be erased, and for sites that send their mail in another way.
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
        """Print a line for each request, by reference and reason, without anything personal."""
        verb = "would be erased" if dry_run else "was erased"
        erased = purge(timezone.now(), dry_run)
        for request in erased:
            self.stdout.write(f"{request.reference} {verb}: {request.why}.")
        self.stdout.write(f"Expired requests: {len(erased)}.{' Nothing was changed.' if dry_run else ''}")
