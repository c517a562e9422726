"""Why the database cannot be used, in one sentence that says what to do."""

import os
import pwd
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

ASK_THE_SERVER = "See that it runs, and that DATABASE_URL is right"


def database_fault(error: DatabaseError) -> str:
    """Return the sentence for what the driver raised. It names files, never what is in them."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return _sqlite_fault(str(_first(error)), Path(database["NAME"]))
    text = str(error).partition("\n")[0]  # what follows may be long, and the log has it
    return f"The database cannot be used ({text}). {ASK_THE_SERVER}."


def _first(error: BaseException) -> BaseException:
    """The fault that led to the others: Django asks a transaction that a full disk broke for more."""
    return _first(error.__cause__) if error.__cause__ else error


def _sqlite_fault(text: str, file: Path) -> str:
    if not file.parent.exists():
        return f"The folder {file.parent} of the database does not exist: make it, or mend DATABASE_URL."
    if "disk is full" in text or not os.statvfs(file.parent).f_bavail:  # SQLite says “disk I/O error” too
        return f"The disk with the database {file} is full: make room on it."
    if "locked" in text:
        return f"Another program holds the database {file} locked: end it, then start again."
    return _why_not_opened(file) or f"The database {file} cannot be used ({text})."


def _why_not_opened(file: Path) -> str:
    """Return why a file cannot be read or written; empty where nothing speaks against it."""
    if os.statvfs(file.parent).f_flag & os.ST_RDONLY:
        return f"The database {file} is on a disk that is mounted read-only: mount it so that it can be written to."
    beside = [path for path in (file.parent, file, Path(f"{file}-wal"), Path(f"{file}-shm")) if path.exists()]
    for path in beside:
        if not os.access(path, os.R_OK | os.W_OK):
            return (
                f"{path} belongs to {_name(path.stat().st_uid)}, and {_name(os.geteuid())}, who runs this, may not "
                f"write to it: chown {_name(os.geteuid())} {path}."
            )
    return ""


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
