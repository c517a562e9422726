"""Back up the site while it runs: database, content and what in var/ cannot be made anew."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from clinic_site.backup.backup import back_up
from clinic_site.backup.manifest import BackupError, read_manifest
from clinic_site.database.faults import database_fault
from clinic_site.monitoring.backup_ages import BACKUP, record

KEEP = 14  # backups: two weeks of one a night


class Command(BaseCommand):
    help = "Makes a backup in a new folder below DIR while the site runs, and removes the oldest ones."
    requires_system_checks = []  # a typo in content/ must not stop a backup

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, help="the folder of all backups, outside content/")
        parser.add_argument("--keep", type=int, default=KEEP, help=f"how many backups stay, {KEEP} by default")

    def handle(self, *args: Any, dir: Path, keep: int, **options: Any) -> None:  # noqa: A002 (the argument's name)
        """Make the backup. Raises CommandError; then the earlier backups are as they were."""
        if keep < 1:
            raise CommandError("--keep must be at least 1.")
        now = timezone.now()
        try:
            backup = back_up(dir, now, keep)
        except (BackupError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        except DatabaseError as error:
            raise CommandError(f"No backup was made. {database_fault(error)}") from error
        record(BACKUP, now)
        facts = read_manifest(backup)
        self.stdout.write(f"{backup}: {facts.rows} rows of {len(facts.tables)} tables, {len(facts.files)} files.")
