import threading
from contextlib import ExitStack
from unittest.mock import MagicMock, Mock, patch

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from clinic_site.database import sqlite_queue
from clinic_site.database.sqlite_queue import AT_THE_FILE, ReadersDoNotWaitMiddleware, limit_waits, sqlite_write_queue


def connected_to(vendor: str, in_atomic_block: bool = False) -> Mock:
    """Return a connection to such a database, for all threads."""
    return MagicMock(vendor=vendor, in_atomic_block=in_atomic_block)


def test_at_most_so_many_threads_write_to_sqlite_at_a_time() -> None:
    full = threading.Barrier(AT_THE_FILE)  # opens once that many threads wait at it
    inside: list[int] = []
    most: list[int] = []

    def write() -> None:
        with sqlite_write_queue():
            inside.append(1)
            full.wait(timeout=30)
            most.append(len(inside))
            full.wait(timeout=30)
            inside.pop()

    with patch.object(sqlite_queue, "connection", connected_to("sqlite")):
        threads = [threading.Thread(target=write) for _ in range(4 * AT_THE_FILE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert max(most) == AT_THE_FILE
    assert len(most) == len(threads)


def test_a_connection_is_opened_before_waiting() -> None:
    with patch.object(sqlite_queue, "connection", connected_to("sqlite")) as connection, sqlite_write_queue():
        connection.ensure_connection.assert_called_once()


@pytest.mark.parametrize("other", [connected_to("postgresql"), connected_to("sqlite", in_atomic_block=True)])
def test_postgresql_and_open_transactions_do_not_queue(other: Mock) -> None:
    """PostgreSQL writes in parallel; and a thread in a transaction may hold the lock that the others wait for."""
    with ExitStack() as stack:
        for queued in (*[connected_to("sqlite")] * AT_THE_FILE, other):
            stack.enter_context(patch.object(sqlite_queue, "connection", queued))
            stack.enter_context(sqlite_write_queue())


def test_a_full_queue_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_queue, "FOR_A_PLACE", 0.01)
    monkeypatch.setattr(sqlite_queue, "_places", threading.BoundedSemaphore(1))
    with (
        patch.object(sqlite_queue, "connection", connected_to("sqlite")),
        sqlite_write_queue(),
        pytest.raises(OperationalError),
    ):
        sqlite_write_queue().__enter__()


@pytest.mark.parametrize(
    ("method", "path", "milliseconds"),
    [
        ("GET", "/search/", 500),
        ("HEAD", "/readyz", 500),
        ("POST", "/consultation/", 10_000),
        ("GET", "/admin/", 10_000),
        ("POST", "/admin/", 10_000),
    ],
)
def test_requests_limit_their_wait_for_a_postgresql_lock_and_other_work_does_not(
    method: str, path: str, milliseconds: int
) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        limit_waits(connection)
        return HttpResponse()

    connection = connected_to("postgresql")
    ReadersDoNotWaitMiddleware(answer)(RequestFactory().generic(method, path))
    limit_waits(connection)
    statements = [call.args[0] for call in connection.cursor().__enter__().execute.call_args_list]
    assert statements == [f"SET lock_timeout = {milliseconds}", "SET lock_timeout = 0"]
