"""Slow senders, restarts and a mixed load behind nginx."""

import http.client
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.appointments.http_clients import Senders, some_address
from tests.inside import run_inside
from tests.nginx import SENDER, RunNginx, ask
from tests.serving import OwnDatabase, Serving, Site, free_port
from tests.soak import SOAK, Figures, often

pytestmark = pytest.mark.soak
SLOW_SENDERS = often(50, soak=1_000)
RESTARTS = often(1, soak=20)
MIXED_LOAD = often(2, soak=20 * 60)  # seconds
CONFIRMED = 10  # requests to confirm beside the slow senders, and between two restarts
PATIENCE = 60  # seconds for that
READERS = ("/", "/articles/", "/articles/ketamine-and-chronic-pain-basics/", "/search/?q=sleep", "/consultation/")
GROWTH = 1.2  # allowed growth of memory after every page was served once


@dataclass
class Front:
    """A site behind nginx, which is restarted on the same port."""

    var: Path
    port: int  # of the app
    url: str  # of the database
    nginx_port: int
    serving: Serving

    @contextmanager
    def serve(self) -> Iterator[Site]:
        with self.serving(self.var, DATABASE_URL=self.url, PORT=str(self.port)) as site:
            site.port = self.port
            site.wait_for_the_port()
            yield site


@pytest.fixture(scope="module")
def front(
    tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase, serving: Serving, nginx: RunNginx
) -> Iterator[Front]:
    var = tmp_path_factory.mktemp("load")
    port = free_port()
    with ExitStack() as stack:
        url = stack.enter_context(own_database(var / "demo.sqlite3"))
        server = stack.enter_context(nginx(var / "nginx", var / "nothing-published", port))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        front = Front(var, port, url, server.port, serving)
        with front.serve():  # the first start creates the key that signs forms
            patch.setattr(settings, "SECRET_KEY", (var / "secret_key").read_text())
        yield front


def wait_for_more(senders: Senders) -> None:
    wait_until_confirmed(senders, len(senders.confirmed) + CONFIRMED)


def wait_until_confirmed(senders: Senders, aim: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(senders.confirmed) < aim:
        assert time.monotonic() < deadline, "no more requests were confirmed"
        time.sleep(0.05)


def stored_names(front: Front) -> Counter[str]:
    found: Any = run_inside(front.var, front.url, "tests.appointments.subprocess_kill")
    return Counter(request["name"] for request in found)


@contextmanager
def slow_senders(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Open connections that send an incomplete form and never finish, each from another address."""
    with ExitStack() as stack:
        connections = []
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            head = f"POST /consultation/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{SENDER}: {some_address()}\r\n"
            connection.sendall(f"{head}Content-Length: 5000\r\n\r\nname=".encode())
            connections.append(connection)
        yield connections


def test_slow_senders_do_not_delay_others(front: Front, figures: Figures) -> None:
    senders = Senders(port=front.nginx_port)
    with front.serve(), slow_senders(front.nginx_port, SLOW_SENDERS) as connections, senders.at_work(2):
        for connection in random.sample(connections, len(connections) // 2):
            connection.sendall(b"x")
        wait_for_more(senders)
        assert {ask(front.nginx_port, path, sender=some_address()).status for path in READERS} == {200}
    figures.add("Slow senders at once", SLOW_SENDERS)
    figures.add("… others' requests confirmed meanwhile", len(senders.confirmed))


def test_a_restart_under_load_loses_no_confirmed_request(front: Front, figures: Figures) -> None:
    senders = Senders(port=front.nginx_port)
    with senders.at_work(4):
        for _ in range(RESTARTS + 1):
            with front.serve() as site:
                wait_for_more(senders)
                site.process.send_signal(signal.SIGTERM)
                site.process.communicate(timeout=PATIENCE)
    stored = stored_names(front)
    not_once = [name for name in senders.confirmed if stored[name] != 1]
    figures.add("Restarts under load", RESTARTS)
    figures.add("… requests confirmed", len(senders.confirmed))
    figures.add("… of these lost or doubled", len(not_once))
    assert not_once == []


@dataclass
class Crowd:
    """Readers who open pages in a loop and record answers that are not pages."""

    port: int
    count: int = 0
    failures: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        while not self.stopping.is_set():
            path = random.choice(READERS)  # noqa: S311 (chance, not a secret)
            try:
                status = ask(self.port, path, sender=some_address()).status
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{path}: {error!r}")
            else:
                self.failures.extend([f"{path}: {status}"] * (status != 200))
            self.count += 1
            self.stopping.wait(0.2)  # seconds between two pages of a reader


@contextmanager
def at_work(crowd: Crowd, workers: int) -> Iterator[None]:
    work: Callable[[], None] = crowd.read
    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        crowd.stopping.set()
        for thread in threads:
            thread.join()


def memory(pid: int) -> int:
    """Return the memory of a process and its children, in MB."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    text = Path(f"/proc/{pid}/status").read_text()
    own = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS"))
    return own // 1024 + sum(memory(int(child)) for child in children)


def test_a_mixed_load_is_served(front: Front, figures: Figures) -> None:
    crowd, senders = Crowd(front.nginx_port), Senders(port=front.nginx_port, pause=0.5)
    with front.serve() as site, slow_senders(front.nginx_port, 20), senders.at_work(2), at_work(crowd, 3):
        wait_for_more(senders)
        time.sleep(MIXED_LOAD / 4)
        before = memory(site.process.pid)
        time.sleep(MIXED_LOAD * 3 / 4)
        after = memory(site.process.pid)
    stored = stored_names(front)
    not_once = [name for name in senders.confirmed if stored[name] != 1]
    figures.add("Mixed load", MIXED_LOAD, "seconds")
    figures.add("… pages read", crowd.count)
    figures.add("… of these failed", len(crowd.failures))
    figures.add("… requests confirmed", len(senders.confirmed))
    figures.add("… of these lost or doubled", len(not_once))
    figures.add("… memory after a quarter, and at the end", f"{before}, {after}", "MB")
    assert crowd.failures == []
    assert not_once == []
    assert after <= before * GROWTH or not SOAK  # a short run still warms up
