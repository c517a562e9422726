import threading
from contextlib import ExitStack
from unittest.mock import MagicMock, Mock, patch

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from clinic_site import one_writer
from clinic_site.one_writer import AT_THE_FILE, ReadersDoNotWaitMiddleware, in_turn, limit_waits


def connected_to(vendor: str, in_atomic_block: bool = False) -> Mock:
    """A connection to such a database, as all threads have it."""
    return MagicMock(vendor=vendor, in_atomic_block=in_atomic_block)


def test_no_more_threads_than_that_write_to_sqlite_at_a_time() -> None:
    full = threading.Barrier(AT_THE_FILE)  # it takes that many at once to get through
    inside: list[int] = []
    most: list[int] = []

    def write() -> None:
        with in_turn():
            inside.append(1)
            full.wait(timeout=30)
            most.append(len(inside))
            full.wait(timeout=30)
            inside.pop()

    with patch.object(one_writer, "connection", connected_to("sqlite")):
        threads = [threading.Thread(target=write) for _ in range(4 * AT_THE_FILE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert max(most) == AT_THE_FILE
    assert len(most) == len(threads)


def test_who_waits_is_connected_already() -> None:
    with patch.object(one_writer, "connection", connected_to("sqlite")) as connection, in_turn():
        connection.ensure_connection.assert_called_once()


@pytest.mark.parametrize("other", [connected_to("postgresql"), connected_to("sqlite", in_atomic_block=True)])
def test_nobody_waits_where_that_helps_nobody(other: Mock) -> None:
    """PostgreSQL writes side by side; and who waits for SQLite inside a transaction holds what the others wait for."""
    with ExitStack() as stack:
        for each in (*[connected_to("sqlite")] * AT_THE_FILE, other):
            stack.enter_context(patch.object(one_writer, "connection", each))
            stack.enter_context(in_turn())


def test_who_finds_every_place_taken_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_writer, "FOR_A_PLACE", 0.01)
    monkeypatch.setattr(one_writer, "_places", threading.BoundedSemaphore(1))
    with patch.object(one_writer, "connection", connected_to("sqlite")), in_turn(), pytest.raises(OperationalError):
        in_turn().__enter__()


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
def test_a_request_waits_for_a_lock_of_postgresql_in_its_time_and_what_is_none_without_end(
    method: str, path: str, milliseconds: int
) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        limit_waits(connection)
        return HttpResponse()

    connection = connected_to("postgresql")
    ReadersDoNotWaitMiddleware(answer)(RequestFactory().generic(method, path))
    limit_waits(connection)
    told = [call.args[0] for call in connection.cursor().__enter__().execute.call_args_list]
    assert told == [f"SET lock_timeout = {milliseconds}", "SET lock_timeout = 0"]
