"""Restore a backup into an empty place: an empty database and empty folders of content and generated files.

Every row is read again after it was written and compared with the manifest before anything is committed.
"""

import datetime as dt
import gzip
import shutil
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from clinic_site.backup import erasure_journal
from clinic_site.backup.backup import CONTENT, ERASURES, LAST_GOOD, table_file
from clinic_site.backup.files import copy_tree, digest_of, flush_tree
from clinic_site.backup.manifest import BackupError, Manifest, read_manifest
from clinic_site.backup.tables import (
    WRITTEN_BY_MIGRATE,
    LineDigest,
    all_migrations,
    continue_numbering,
    existing_rows,
    existing_tables,
    last_migrations,
    refuse_unknown,
    tables_at,
)
from clinic_site.content import last_good
from clinic_site.demo import SECRET_KEY_FILE
from clinic_site.hooks import hooks
from clinic_site.var_folder import VAR_FOLDER

DAMAGED = "{} of the backup is damaged or missing: take another backup."


def restore(backup: Path, now: dt.datetime) -> list[str]:
    """Restore the backup. Return sentences for the operator. Raises BackupError, OSError or DatabaseError."""
    facts = read_manifest(backup)
    refuse_unknown(facts.migrations, "The backup")
    _refuse_used_place()
    _check_files(backup, facts)
    erasure_journal.add_from(backup / ERASURES)
    with _content_of(backup, facts.files):
        return _fill_database(backup, facts, lambda: [line for finish in hooks.after_restore for line in finish(now)])


@contextmanager
def _content_of(backup: Path, listed: Collection[str]) -> Iterator[None]:
    """Copy the content, as `listed` in the manifest. Remove the copies if the block fails: the place stays empty."""
    content = Path(settings.CONTENT_DIR)
    folders = {CONTENT: content, LAST_GOOD: last_good.folder(content)}
    try:
        for name, folder in folders.items():
            start = f"{name}/"
            copy_tree(backup / name, folder, {file.removeprefix(start) for file in listed if file.startswith(start)})
            flush_tree(folder)
        yield
    except BaseException:
        for name, folder in folders.items():
            for path in (backup / name).glob("*"):
                _remove(folder / path.name)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _refuse_used_place() -> None:
    if tables := existing_rows():
        raise BackupError(f"The database is not empty ({tables[0]} has rows): restore into a new one.")
    database = Path(str(connection.settings_dict["NAME"])).name
    journal = erasure_journal.FILE.name
    _refuse_used(Path(settings.CONTENT_DIR), [], "")
    expected = [journal, SECRET_KEY_FILE.name, database, f"{database}-wal", f"{database}-shm"]
    _refuse_used(VAR_FOLDER, expected, f", and put {journal}, the journal of erasures, alone into a new one")


def _refuse_used(folder: Path, expected: Collection[str], advice: str) -> None:
    used = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    if others := [name for name in used if name not in expected]:
        raise BackupError(f"{folder} is not empty ({others[0]} is there): move it aside{advice}.")


def _check_files(backup: Path, facts: Manifest) -> None:
    """Check all hashes before anything is written. Raises BackupError."""
    for name, digest in facts.files.items():
        path = backup / name
        if not path.is_file() or digest_of(path.read_bytes()) != digest:
            raise BackupError(DAMAGED.format(name))
    for name, table in facts.tables.items():
        digest_of_lines = LineDigest()
        for _ in digest_of_lines.passing(_lines(backup, name)):
            pass
        if digest_of_lines.facts != table:
            raise BackupError(DAMAGED.format(table_file(name)))


def _lines(backup: Path, table: str) -> Iterator[bytes]:
    try:
        with gzip.open(backup / table_file(table)) as file:
            yield from file
    except (FileNotFoundError, EOFError, gzip.BadGzipFile, zlib.error):
        raise BackupError(DAMAGED.format(table_file(table))) from None


def _fill_database(backup: Path, facts: Manifest, finish: Callable[[], list[str]]) -> list[str]:
    """Make the tables, insert the rows and `finish`, in one transaction if the backup is of this version."""
    if facts.migrations == all_migrations():
        call_command("migrate", verbosity=0)
        with transaction.atomic():
            _insert(backup, facts)
            return finish()
    if existing_tables():
        raise BackupError("The backup is of an earlier version: restore it into a database without any tables.")
    for app, name in last_migrations(facts.migrations):
        call_command("migrate", app, name, verbosity=0)
    with transaction.atomic():
        _insert(backup, facts)
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        return finish()


def _insert(backup: Path, facts: Manifest) -> None:
    """Insert all rows, read each again, and compare with the manifest. Raises BackupError."""
    tables = {table.name: table for table in tables_at(facts.migrations)}
    if tables.keys() != facts.tables.keys():
        raise BackupError("The backup has other tables than its migrations make: take another backup.")
    for name in WRITTEN_BY_MIGRATE:
        tables[name].delete_rows()
    for table in tables.values():
        table.insert(_lines(backup, table.name))
    for name, table in tables.items():
        if table.facts() != facts.tables[name]:
            raise BackupError(f"{name} is not the same after the restore: nothing was stored. Take another backup.")
    continue_numbering(tables.values())
