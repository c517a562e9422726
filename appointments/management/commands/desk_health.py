"""Monitoring: exit with 1 and a line for each thing that somebody must see to now. `doctor` looks at more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appointments.health import desk_faults
from clinic_site.monitoring import health


class Command(BaseCommand):
    help = (
        "Says whether a request is overdue, lost or forgotten, a mail did not leave, the database takes no changes, or "
        "a part of the site is not well. Exit status 1 when so."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raise CommandError (exit status 1) when something is wrong. No line names a patient."""
        if wrong := [*desk_faults(), *health.sentences()]:
            raise CommandError("\n".join(wrong))
        self.stdout.write("The desk is well.")
