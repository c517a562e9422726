"""How long a thread waits for SQLite: a reader hardly, a form up to ten seconds, in a queue that leaves threads free.

Another program may lock the file: a backup, a shell that somebody left open. Forms that wait for it must not hold every
thread of the site, because pages need one too. On PostgreSQL nothing here does anything.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse

AT_THE_FILE = 2  # threads: one that writes, and one that is there when it ends
WAITING_AT_MOST = 12  # threads, of the 16 that answer (serve.BLOCKING_THREADS)
FORMS_WAIT = 10.0  # seconds, in all
FOR_A_PLACE = 1.0  # seconds of these: enough where nobody holds the file, and the queue moves
READERS_WAIT = 0.5  # seconds: beside a writer they read at once, and who locks readers out may do so for long
READS = ("GET", "HEAD")
STAFF = "/admin/"  # their pages write who looked
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
    """Readers' pages that need the database, and probes, give up on a locked file at once. Staff wait like forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if connection.vendor != "sqlite" or request.method not in READS or request.path.startswith(STAFF):
            return self.get_response(request)
        before = connection.settings_dict  # of this thread, which connects anew for each request
        connection.settings_dict = before | {"OPTIONS": before["OPTIONS"] | {"timeout": READERS_WAIT}}
        try:
            return self.get_response(request)
        finally:
            connection.settings_dict = before
