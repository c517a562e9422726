"""Restore a backup into an empty place, or prove with --drill that it can be restored."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from clinic_site.backup.backup import find_backup
from clinic_site.backup.drill import drill
from clinic_site.backup.manifest import BackupError, read_manifest
from clinic_site.backup.restore import restore
from clinic_site.database.faults import database_fault
from clinic_site.monitoring.backup_ages import DRILL, record


class Command(BaseCommand):
    help = "Restores a backup into an empty database and empty folders. DIR: the backup, or the folder of all backups."
    requires_system_checks = []  # there is no content yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, help="the backup, or the folder of all backups: then the newest one")
        parser.add_argument(
            "--drill",
            action="store_true",
            help="restore into a scratch place instead, compare, delete it, and write down that it was done",
        )

    def handle(self, *args: Any, dir: Path, **options: Any) -> None:  # noqa: A002 (the argument's name)
        """Restore or rehearse. Raises CommandError; then nothing of the backup is left in the place."""
        try:
            self._handle(find_backup(dir), rehearse=options["drill"])
        except (BackupError, OSError) as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        except DatabaseError as error:
            raise CommandError(f"Nothing was restored. {database_fault(error)}") from error

    def _handle(self, backup: Path, *, rehearse: bool) -> None:
        if rehearse:
            self.stdout.write(drill(backup))
            record(DRILL, timezone.now())
            self.stdout.write("The drill went well, and its scratch place is deleted.")
            return
        sentences = restore(backup, timezone.now())
        facts = read_manifest(backup)
        self.stdout.write(
            f"{backup.name}, made by version {facts.version} on {facts.engine}, was restored and compared: "
            f"{facts.rows} rows of {len(facts.tables)} tables, {len(facts.files)} files."
        )
        for sentence in sentences:
            self.stdout.write(sentence)
