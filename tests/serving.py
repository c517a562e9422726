"""Runs the product itself, as `make serve` does, on the engine under test, for tests that need a real server."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

ROOT = Path(__file__).parent.parent
START_TIME = 60  # seconds a first start may take on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running site with a folder of its own."""

    var: Path
    port: int
    database_url: str
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fetch(self, path: str) -> tuple[int, str]:
        """Status and text, once the server answers."""
        self.wait_for_the_port()
        with urllib.request.urlopen(self.url + path, timeout=START_TIME) as answer:  # noqa: S310 (http, loopback)
            return answer.status, answer.read().decode()

    def wait_for_the_port(self) -> None:
        """Returns once somebody listens."""
        deadline = time.monotonic() + START_TIME
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            except OSError:
                assert self.process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server did not answer"
                time.sleep(0.1)
            else:
                return

    def password(self, user: str) -> str:
        return dict(line.split(" ") for line in (self.var / "demo-sign-ins").read_text().splitlines())[user]

    def stop(self) -> str:
        """Ctrl-C, which a terminal sends to the whole group; what the server had printed."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate(timeout=START_TIME)[0]


@contextmanager
def serving(var: Path, **overrides: str) -> Iterator[Site]:
    """The demo, or what the environment says, served from the folder `var`; stopped when the block ends.

    Its database is one of its own on the engine under test, unless the caller names one with DATABASE_URL.
    """
    named = overrides.get("DATABASE_URL")
    with nullcontext(named) if named else own_database(var / "demo.sqlite3") as database_url:
        site = _start(var, database_url, overrides)
        try:
            yield site
        finally:
            if site.process.poll() is None:
                site.stop()


def _start(var: Path, database_url: str, overrides: dict[str, str]) -> Site:
    port = free_port()
    demo = {"DEMO": "on", "VAR_FOLDER": str(var), "PORT": str(port), "DATABASE_URL": database_url}
    environment = os.environ | demo | {"PYTHONUNBUFFERED": "1"} | overrides
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    return Site(var, port, database_url, process)


@contextmanager
def own_database(file: Path) -> Iterator[str]:
    """The address of an empty database on the engine under test: that SQLite file, or one on the server of the tests.

    The latter is dropped when the block ends, whoever still uses it.
    """
    address = os.environ.get("TEST_DATABASE_URL")
    if not address:
        yield f"sqlite:///{file}"
        return
    name = f"own_{secrets.token_hex(8)}"
    _administer(address, SQL("CREATE DATABASE {}"), name)
    try:
        yield urlsplit(address)._replace(path=f"/{name}").geturl()
    finally:
        _administer(address, SQL("DROP DATABASE {} WITH (FORCE)"), name)


def _administer(address: str, statement: SQL, database: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.format(Identifier(database)))
