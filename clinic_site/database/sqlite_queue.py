"""Limits on waiting for the database: a reader's page waits half a second, a form up to ten seconds.

Another program may lock SQLite's file or a table of PostgreSQL: a backup, a shell that somebody left open. Forms that
wait for the lock must not occupy every thread of the site: on SQLite they wait in a queue that leaves threads for
pages. Commands and the mail worker wait on PostgreSQL without limit: a mail that was sent and could not be marked as
sent would be sent again.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

AT_THE_FILE = 2  # threads: one that writes, and the next one
WAITING_AT_MOST = 12  # threads, of web_process.BLOCKING_THREADS (16)
FORMS_WAIT = 10.0  # seconds, in all
FOR_A_PLACE = 1.0  # seconds of FORMS_WAIT: enough while the file is not locked and the queue moves
READERS_WAIT = 0.5  # seconds: a writer does not block readers; a lock that does may last long
READS = ("GET", "HEAD")
STAFF = "/admin/"  # staff pages write to the audit trail
WITHOUT_END = 0.0  # PostgreSQL's value for no limit
_lock_wait = ContextVar("seconds that PostgreSQL waits for a lock", default=WITHOUT_END)
_places = threading.BoundedSemaphore(WAITING_AT_MOST)
_turn = threading.BoundedSemaphore(AT_THE_FILE)


class BusyError(OperationalError):
    """The database takes no change now."""


@contextmanager
def sqlite_write_queue() -> Iterator[None]:
    """Queue for a transaction that many threads may begin at once. Raises OperationalError after FORMS_WAIT seconds.

    SQLite allows one write at a time. A thread that finds the file busy sleeps, longer each time, and tries again; with
    many threads some starve for seconds. Here AT_THE_FILE threads try and the others queue. Other processes wait as
    SQLite does.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:  # a thread with SQLite's lock must not wait
        yield
        return
    deadline = time.monotonic() + FORMS_WAIT
    with _acquired(_places, FOR_A_PLACE):
        # Connect before waiting: when the last connection closes, SQLite cleans up its files, which takes far longer
        # than a request.
        connection.ensure_connection()
        with _acquired(_turn, deadline - time.monotonic()):
            _wait_for_the_file(deadline - time.monotonic())
            yield


@contextmanager
def _acquired(places: threading.Semaphore, within: float) -> Iterator[None]:
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
    """Limit the wait for a database lock: READERS_WAIT for readers and probes, FORMS_WAIT for forms and staff."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reads = request.method in READS and not request.path.startswith(STAFF)
        previous = connection.settings_dict  # of this thread, which connects for each request
        if connection.vendor == "sqlite" and reads:
            connection.settings_dict = previous | {"OPTIONS": previous["OPTIONS"] | {"timeout": READERS_WAIT}}
        token = _lock_wait.set(READERS_WAIT if reads else FORMS_WAIT)
        try:
            return self.get_response(request)
        finally:
            _lock_wait.reset(token)
            connection.settings_dict = previous


def limit_waits(connection: BaseDatabaseWrapper, **signal: object) -> None:
    """Set PostgreSQL's lock timeout on each connection taken from the pool. A receiver of connection_created."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {int(_lock_wait.get() * 1000)}")
