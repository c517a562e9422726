"""How long a thread waits for the database: a reader hardly, a form up to ten seconds.

Another program may lock SQLite's file, or a table of PostgreSQL: a backup, a shell that somebody left open. Forms that
wait for it must not hold every thread of the site, because pages need one too. For SQLite they wait in a queue that
leaves threads free. Commands and the mail worker wait on PostgreSQL for as long as it takes: a mail that was sent and
could not be marked as sent would go out again.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

AT_THE_FILE = 2  # threads: one that writes, and one that is there when it ends
WAITING_AT_MOST = 12  # threads, of the 16 that answer (serve.BLOCKING_THREADS)
FORMS_WAIT = 10.0  # seconds, in all
FOR_A_PLACE = 1.0  # seconds of these: enough where nobody holds the file, and the queue moves
READERS_WAIT = 0.5  # seconds: beside a writer they read at once, and who locks readers out may do so for long
READS = ("GET", "HEAD")
STAFF = "/admin/"  # their pages write who looked
WITHOUT_END = 0.0  # as PostgreSQL has it
_lock_wait = ContextVar("seconds that PostgreSQL waits for a lock", default=WITHOUT_END)
_places = threading.BoundedSemaphore(WAITING_AT_MOST)
_turn = threading.BoundedSemaphore(AT_THE_FILE)


class BusyError(OperationalError):
    """The database takes no change now."""


@contextmanager
def in_turn() -> Iterator[None]:
    """Queue for a transaction that many threads may begin at once. Raises OperationalError after FORMS_WAIT seconds.

    SQLite lets one write at a time. Whoever finds it busy sleeps, for longer each time, and looks again; among many,
    some look in vain for seconds. Here few look, and the others wait in line. Other processes still wait as SQLite
    does.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:  # who holds SQLite's own lock must not wait for us
        yield
        return
    deadline = time.monotonic() + FORMS_WAIT
    with _taken(_places, FOR_A_PLACE):
        # Connected before it waits: SQLite tidies its files up whenever the last connection closes, which takes far
        # longer than a request.
        connection.ensure_connection()
        with _taken(_turn, deadline - time.monotonic()):
            _wait_for_the_file(deadline - time.monotonic())
            yield


@contextmanager
def _taken(places: threading.Semaphore, within: float) -> Iterator[None]:
    if not places.acquire(timeout=max(within, 0)):
        raise BusyError("the database is busy")
    try:
        yield
    finally:
        places.release()


def _wait_for_the_file(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {max(int(seconds * 1000), 1)}")


class ReadersDoNotWaitMiddleware:
    """Readers' pages that need the database, and probes, give up on a lock at once. Forms and staff wait a while."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reads = request.method in READS and not request.path.startswith(STAFF)
        before = connection.settings_dict  # of this thread, which connects anew for each request
        if connection.vendor == "sqlite" and reads:
            connection.settings_dict = before | {"OPTIONS": before["OPTIONS"] | {"timeout": READERS_WAIT}}
        waits_before = _lock_wait.set(READERS_WAIT if reads else FORMS_WAIT)
        try:
            return self.get_response(request)
        finally:
            _lock_wait.reset(waits_before)
            connection.settings_dict = before


def limit_waits(connection: BaseDatabaseWrapper, **signal: object) -> None:
    """Have PostgreSQL give up on a lock in time. Whoever borrows a connection sets its limit anew, or lifts it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {int(_lock_wait.get() * 1000)}")
