"""Start and stop of the measured servers, each pinned to one core."""

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
STOPPING = 15  # seconds until a server must have ended
PAUSE = 0.02


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # lower-case names
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
        """Send a GET over a new connection. `headers`: with _ for -. Raises OSError without a response."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def wait_for(self, path: str, patience: float = PATIENCE) -> float:
        """Return seconds from the process start to the first good response. Raises NotMeasured if there is none."""
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
    """Run a server that listens on `port`, pinned to `core` if given; stop it when the block ends."""
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
    """Interrupt the process group, and kill it if it does not end, even if an alarm rings meanwhile."""
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
    """Wait until the port is open. Raises NotMeasured if it stays closed."""
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
    """Return the environment of the demo with all its files below `var` and the given database."""
    named = database_url or f"sqlite:///{var / 'demo.sqlite3'}"
    environment = {
        "DEMO": "on",
        "VAR_FOLDER": str(var),
        "PORT": str(port),
        "DATABASE_URL": named,
        "PYTHONUNBUFFERED": "1",
    }
    return environment | ({"CONTENT_DIR": str(content)} if content else {})


@dataclass(frozen=True)
class Running:
    """The configuration of a server of ours."""

    var: Path  # folder for all its files
    database_url: str = ""  # empty: an SQLite file in `var`
    content: Path | None = None  # None: the site's own
    workers: int = 1
    patience: float = PATIENCE  # seconds until it listens


@contextmanager
def our_site(wanted: Running) -> Iterator[Server]:
    """Run the site like `manage.py serve`, without its mail worker, on the core of the server."""
    with _served("clinic_site.wsgi:application", wanted, {}) as server:
        yield server


@contextmanager
def bare_view(wanted: Running) -> Iterator[Server]:
    """Run the yardstick for requests under the same Granian."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.bench.bare_settings"}
    with _served("tests.bench.bare:application", wanted, settings) as server:
        yield server


@contextmanager
def _served(application: str, wanted: Running, settings: dict[str, str]) -> Iterator[Server]:
    wanted.var.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = site_environment(wanted.var, port, wanted.database_url, wanted.content)
    environment = {"DJANGO_SETTINGS_MODULE": "clinic_site.settings"} | environment | settings
    command = [sys.executable, "-m", "tests.bench.served", application, str(wanted.workers)]
    with running(command, port, wanted.var / "server.log", environment, cores()[0]) as server:
        wait_for_port(server, wanted.patience)
        yield server
