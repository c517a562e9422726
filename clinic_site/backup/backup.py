"""Back up the site while it runs: a folder with the database, the content and what in var/ cannot be made anew.

The folder has a temporary name until all of it is on the disk, so that a backup is whole or not there.
"""

import datetime as dt
import fcntl
import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from clinic_site.backup import erasure_journal, manifest
from clinic_site.backup.files import copy_tree, digest_of, flush, flush_tree, write_file
from clinic_site.backup.manifest import BackupError, Manifest, TableFacts
from clinic_site.backup.tables import BackupTable, LineDigest, applied_migrations, one_moment, tables_at
from clinic_site.content import last_good

NAME = "clinic-%Y-%m-%dT%H%M%SZ"  # UTC
WHOLE = "clinic-*Z"
PARTIAL = ".{}.partial"
CONTENT, LAST_GOOD, ERASURES, TABLES = "content", "last-good", "erasures", "tables"
COMPRESSION = 6  # of gzip: from 1, fast, to 9, small


def table_file(name: str) -> str:
    return f"{TABLES}/{name}.jsonl.gz"


def back_up(folder: Path, now: dt.datetime, keep: int) -> Path:
    """Make a backup below `folder` and remove all but the newest `keep`. Return the new one.

    Raises BackupError, OSError or DatabaseError; then there is no new backup, and the others stay.
    """
    if folder.resolve().is_relative_to(Path(settings.CONTENT_DIR).resolve()):
        raise BackupError(f"{folder} is in the content folder, which is backed up itself: name another folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _only_one(folder):
        for left in folder.glob(PARTIAL.format(WHOLE)):
            shutil.rmtree(left)
        name = now.astimezone(dt.UTC).strftime(NAME)
        backup, draft = folder / name, folder / PARTIAL.format(name)
        draft.mkdir(mode=0o700)
        try:
            write_file(draft / manifest.FILE, _write(draft, now).as_bytes())
            flush_tree(draft)
            draft.rename(backup)
        except BaseException:
            shutil.rmtree(draft)
            raise
        flush(folder)
        _remove_old(backup, keep)
    return backup


def _write(draft: Path, now: dt.datetime) -> Manifest:
    """Write all but the manifest. The content comes first: a file older than its revision is brought up to date."""
    content = Path(settings.CONTENT_DIR)
    files = {f"{CONTENT}/{name}": digest for name, digest in copy_tree(content, draft / CONTENT).items()}
    good = copy_tree(last_good.folder(content), draft / LAST_GOOD)
    files |= {f"{LAST_GOOD}/{name}": digest for name, digest in good.items()}
    if erasure_journal.FILE.exists():
        lines = erasure_journal.FILE.read_bytes()
        write_file(draft / ERASURES, lines)
        files[ERASURES] = digest_of(lines)
    with one_moment():
        migrations = applied_migrations()
        tables = {table.name: _write_table(draft / table_file(table.name), table) for table in tables_at(migrations)}
    return Manifest(settings.VERSION, now, connection.vendor, migrations, tables, files)


def _write_table(path: Path, table: BackupTable) -> TableFacts:
    path.parent.mkdir(exist_ok=True)
    digest = LineDigest()
    with gzip.open(path, "wb", COMPRESSION) as file:
        file.writelines(digest.passing(table.lines()))
    return digest.facts


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BackupError(f"Another backup into {folder} is under way: wait for its end.") from None
    finally:
        os.close(descriptor)


def backups_in(folder: Path) -> list[Path]:
    """Return the whole backups below `folder`, the newest first."""
    return sorted(folder.glob(WHOLE), reverse=True)


def find_backup(folder: Path) -> Path:
    """Return `folder` if it is a backup, otherwise the newest one below it. Raises BackupError."""
    if (folder / manifest.FILE).exists():
        return folder
    found = backups_in(folder)
    if not found:
        raise BackupError(f"{folder} is no backup and has none in it.")
    return found[0]


def _remove_old(newest: Path, keep: int) -> None:
    """Remove all but `newest`, which a wrong clock may have given an old name, and the `keep` - 1 newest others.

    Each gets a temporary name first: half a backup must not look like a whole one.
    """
    others = [backup for backup in backups_in(newest.parent) if backup != newest]
    for old in others[keep - 1 :]:
        shutil.rmtree(old.rename(old.with_name(PARTIAL.format(old.name))))
