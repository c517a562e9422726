"""Starts the servers that are measured, each pinned to one core, and stops them."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.machine import cores, pinned
from tests.bench.rows import NotMeasured
from tests.serving import ROOT, free_port

PATIENCE = 30  # seconds until a server listens
STOPPING = 15  # seconds it has to end
PAUSE = 0.02


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in small letters
    body: bytes


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]
    started: float  # on the monotonic clock

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, patience: float = PATIENCE, **headers: str) -> Answer:
        """One answer, over a connection of its own. `headers`: with _ for -. Raises OSError where there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def wait_for(self, path: str, patience: float = PATIENCE) -> float:
        """Seconds from the start of the process to the first good answer. Raises NotMeasured when there is none."""
        deadline = self.started + patience
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise NotMeasured("the server ended by itself")
            try:
                if self.get(path, deadline - time.monotonic()).status == http.client.OK:
                    return time.monotonic() - self.started
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(PAUSE)
        raise NotMeasured(f"the server gave no page within {patience:.0f} s")


@contextmanager
def running(
    command: Sequence[str], port: int, log: Path, environment: Mapping[str, str] | None = None, core: int | None = None
) -> Iterator[Server]:
    """A server that will listen on `port`, pinned to `core` where one is given; stopped when the block ends."""
    wanted = list(command) if core is None else pinned(core, list(command))
    started = time.monotonic()
    with log.open("ab") as file:
        process = subprocess.Popen(
            wanted, cwd=ROOT, env=os.environ | dict(environment or {}), stdout=file, stderr=file, start_new_session=True
        )
    try:
        yield Server(port, process, started)
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ctrl-C for the whole group; what does not end is killed. Nothing that rings meanwhile may leave it running."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGINT})
    try:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(STOPPING)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def wait_for_port(server: Server, patience: float = PATIENCE) -> None:
    """Returns once somebody listens. Raises NotMeasured when nobody does."""
    deadline = server.started + patience
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
        except OSError:
            time.sleep(PAUSE)
        else:
            return
    ended = server.process.poll() is not None
    raise NotMeasured("the server ended by itself" if ended else f"the server did not start within {patience:.0f} s")


def site_environment(var: Path, port: int, database_url: str = "", content: Path | None = None) -> dict[str, str]:
    """The demo with everything it writes below `var`, whatever database the environment names."""
    named = database_url or f"sqlite:///{var / 'demo.sqlite3'}"
    told = {"DEMO": "on", "VAR_FOLDER": str(var), "PORT": str(port), "DATABASE_URL": named, "PYTHONUNBUFFERED": "1"}
    return told | ({"CONTENT_DIR": str(content)} if content else {})


@dataclass(frozen=True)
class Running:
    """How an application of ours is to be run."""

    var: Path  # for everything it writes
    database_url: str = ""  # empty: an SQLite file in `var`
    content: Path | None = None  # None: the site's own
    workers: int = 1
    patience: float = PATIENCE  # seconds until it listens


@contextmanager
def our_site(wanted: Running) -> Iterator[Server]:
    """The site as `manage.py serve` runs it, without its mail worker, on the server's core."""
    with _served("clinic_site.wsgi:application", wanted, {}) as server:
        yield server


@contextmanager
def bare_view(wanted: Running) -> Iterator[Server]:
    """The yardstick for requests, under the same Granian."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.bench.bare_settings"}
    with _served("tests.bench.bare:application", wanted, settings) as server:
        yield server


@contextmanager
def _served(application: str, wanted: Running, settings: dict[str, str]) -> Iterator[Server]:
    wanted.var.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = site_environment(wanted.var, port, wanted.database_url, wanted.content)
    told = {"DJANGO_SETTINGS_MODULE": "clinic_site.settings"} | environment | settings
    command = [sys.executable, "-m", "tests.bench.served", application, str(wanted.workers)]
    with running(command, port, wanted.var / "server.log", told, cores()[0]) as server:
        wait_for_port(server, wanted.patience)
        yield server
