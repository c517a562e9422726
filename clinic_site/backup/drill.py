"""Restore a backup into a scratch place, to prove that it can be restored, and delete the place.

The restore runs in a process of its own, whose settings know the scratch place alone.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from clinic_site.backup.manifest import BackupError
from clinic_site.var_folder import VAR_FOLDER

FOLDER = VAR_FOLDER / "drill"
SCHEMA = "clinic_restore_drill"  # beside the site's tables: that needs no right to make databases
MAKE = {"sqlite": (), "postgresql": (f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}")}
REMOVE = {"sqlite": (), "postgresql": (f"DROP SCHEMA {SCHEMA} CASCADE",)}


def drill(backup: Path) -> str:
    """Restore the backup into a scratch place on this machine. Return what the restore says. Raises BackupError."""
    with _scratch_place() as environment:
        done = subprocess.run(  # noqa: S603 (a command of ours)
            [sys.executable, "manage.py", "restore", str(backup.resolve())],
            cwd=settings.BASE_DIR,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise BackupError(f"The backup could not be restored. {done.stderr.strip()}")
    return done.stdout.strip()


@contextmanager
def _scratch_place() -> Iterator[dict[str, str]]:
    """Make an empty place; yield the environment of a process that restores into it."""
    shutil.rmtree(FOLDER, ignore_errors=True)  # left behind by a drill that was killed
    FOLDER.mkdir(mode=0o700)
    _execute(MAKE)
    try:
        yield {
            "DATABASE_URL": scratch_database(connection.vendor, settings.DATABASE_URL),
            "CONTENT_DIR": str(FOLDER / "content"),
            "VAR_FOLDER": str(FOLDER / "var"),
        }
    finally:
        _execute(REMOVE)
        shutil.rmtree(FOLDER)


def scratch_database(engine: str, url: str) -> str:
    """Return the address of the scratch database beside the database at `url`."""
    if engine == "sqlite":
        return f"sqlite:///{FOLDER.resolve() / 'drill.sqlite3'}"
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{SCHEMA}"


def _execute(statements: dict[str, tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements[connection.vendor]))
