"""Look at every part of the site, and say what is wrong and what to do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic_site.monitoring.doctor import findings


class Command(BaseCommand):
    help = "Prints a line for each part of the site: ok, or what is wrong and what to do. Exit status 1 when so."
    requires_system_checks = []  # one of the parts

    def handle(self, *args: Any, **options: Any) -> None:
        """Raise CommandError (exit status 1) when something is wrong. No line names a patient."""
        found = findings()
        for part, sentences in found.items():
            for sentence in sentences or ["ok"]:
                self.stdout.write(f"{part}: {sentence}")
        if wrong := sum(map(len, found.values())):
            raise CommandError(f"Things to see to: {wrong}.")
