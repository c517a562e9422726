"""A queue for the threads of one process that write to SQLite."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

AT_THE_FILE = 2  # threads: one that writes, and one that is there when it ends
_turn = threading.BoundedSemaphore(AT_THE_FILE)


@contextmanager
def in_turn() -> Iterator[None]:
    """To be held around a transaction that many threads may begin at once; on PostgreSQL it does nothing.

    SQLite lets one write at a time. Whoever finds it busy sleeps, for longer each time, and looks again; among many,
    some look in vain for seconds. Here few look, and the others wait in line. Other processes still wait as SQLite
    does, and nothing depends on this but the pace.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:  # who holds SQLite's own lock must not wait for us
        yield
        return
    # Connected before it waits: SQLite tidies its files up whenever the last connection closes, which takes far longer
    # than a request.
    connection.ensure_connection()
    with _turn:
        yield
