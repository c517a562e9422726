"""Explain in one sentence why the database cannot be used, and what to do."""

import os
import pwd
import re
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

ASK_THE_SERVER = "See that it runs, and that DATABASE_URL is right"
WRONG_USER = (
    "The database refuses the user or the password: mend them in DATABASE_URL, or let that user in (pg_hba.conf)."
)
# By SQLSTATE, which every error of a PostgreSQL server has.
POSTGRES = {
    "25006": "The database takes no changes, it is read-only: see that DATABASE_URL names the main server.",
    "28000": WRONG_USER,
    "28P01": WRONG_USER,
    "3D000": "The server has no database of the name in DATABASE_URL: create it, or mend the name.",
    "53100": "The disk of the database server is full: make room on it.",
    "55P03": "Another program holds a table of the database locked: end it, then try again.",
}
NO_CONNECTION = ("", "08", "57")  # prefixes of SQLSTATE when there is no connection; "": errors of the driver
# A refused connection has no SQLSTATE: pattern in the text -> SQLSTATE.
REFUSED = {
    r'password|role "[^"]*" does not exist|pg_hba\.conf|authentication failed': "28000",
    r'database "[^"]*" does not exist': "3D000",
    "No space left on device": "53100",
}


def database_fault(error: DatabaseError) -> str:
    """Return the sentence for an error of the driver. It names files, never their contents."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return _sqlite_fault(str(_root_cause(error)), Path(database["NAME"]))
    return _postgres_fault(_root_cause(error))


def _postgres_fault(fault: BaseException) -> str:
    from psycopg_pool import PoolTimeout  # here: a site on SQLite needs no driver, which is slow to load

    if isinstance(fault, PoolTimeout):  # tells how long it waited, not why
        fault = _no_connection() or fault
    text, code = str(fault), getattr(fault, "sqlstate", None) or ""
    if not code:
        code = next((sqlstate for pattern, sqlstate in REFUSED.items() if re.search(pattern, text)), "")
    if code in POSTGRES:
        return POSTGRES[code]
    advice = ASK_THE_SERVER if code[:2] in NO_CONNECTION else "See the server's log"
    # The rest of the text may be long; the log has all of it.
    return f"The database cannot be used ({text.partition(chr(10))[0]}). {advice}."


def _no_connection() -> BaseException | None:
    """Return why the server refuses a connection; None if it accepts one by now."""
    import psycopg

    try:
        psycopg.connect(**connection.get_connection_params()).close()
    except psycopg.Error as error:
        return error
    return None


def _root_cause(error: BaseException) -> BaseException:
    """Return the first error of the chain: after a full disk Django's next statement raises another one."""
    return _root_cause(error.__cause__) if error.__cause__ else error


def _sqlite_fault(text: str, file: Path) -> str:
    if not file.parent.exists():
        return f"The folder {file.parent} of the database does not exist: make it, or mend DATABASE_URL."
    if "disk is full" in text or not os.statvfs(file.parent).f_bavail:  # SQLite says “disk I/O error” too
        return f"The disk with the database {file} is full: make room on it."
    if "locked" in text:
        return f"Another program holds the database {file} locked: end it, then start again."
    return _why_not_opened(file) or f"The database {file} cannot be used ({text})."


def _why_not_opened(file: Path) -> str:
    """Return why a file cannot be read or written; "" if nothing is wrong with it."""
    if os.statvfs(file.parent).f_flag & os.ST_RDONLY:
        return f"The database {file} is on a disk that is mounted read-only: mount it so that it can be written to."
    paths = [path for path in (file.parent, file, Path(f"{file}-wal"), Path(f"{file}-shm")) if path.exists()]
    for path in paths:
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
