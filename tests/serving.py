"""Run the site itself, as `make serve` does, on the engine under test, for tests that need a real server.

Tests use the fixtures `serving` and `own_database` of conftest.py, which decide where a test runs.
"""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

ROOT = Path(__file__).parent.parent
START_TIME = 60  # seconds a first start may take on a busy machine


# Below the ephemeral ports, so that no outgoing connection takes a port in between.
PORTS = range(10_000, 32_000)
WARM = "clinic_warm"  # the template database on PostgreSQL, with tables and no rows


def free_port() -> int:
    """Return a port of loopback that nobody listens on; it is random, so that parallel tests differ."""
    while True:
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until `holds` returns True, at most START_TIME seconds."""
    deadline = time.monotonic() + START_TIME
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


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
        """Return status and text of a page, once the server answers."""
        self.wait_for_the_port()
        with urllib.request.urlopen(self.url + path, timeout=START_TIME) as response:  # noqa: S310 (http, loopback)
            return response.status, response.read().decode()

    def wait_for_the_port(self) -> None:
        """Wait until somebody listens on the port."""
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
        """Send Ctrl-C to the process group, as a terminal does. Return what the server had printed."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate(timeout=START_TIME)[0]


Serving = Callable[..., AbstractContextManager[Site]]
OwnDatabase = Callable[[Path], AbstractContextManager[str]]


@contextmanager
def serving(var: Path, database_url: str, **overrides: str) -> Iterator[Site]:
    """Serve the demo, or what the environment says, from the folder `var`; stop when the block ends."""
    site = _start(var, database_url, overrides)
    try:
        yield site
    finally:
        if site.process.poll() is None:
            site.stop()


def _start(var: Path, database_url: str, overrides: dict[str, str]) -> Site:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=site_environment(var, database_url) | {"PORT": str(port), "PYTHONUNBUFFERED": "1"} | overrides,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    return Site(var, port, database_url, process)


def site_environment(var: Path, database_url: str) -> dict[str, str]:
    """Return the environment of a process of the demo, whose folder is `var`."""
    environment = os.environ | {"DEMO": "on", "VAR_FOLDER": str(var), "DATABASE_URL": database_url}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return environment


@dataclass(frozen=True)
class WarmStart:
    """The result of a site's first start, made once in a test run and copied: tables, static files, pages.

    Static files and pages are the same on every database: they are taken from `earlier`, that of another run, if it is
    there.
    """

    folder: Path
    earlier: Path

    def make(self) -> None:
        """Make the tables, static files and pages. Raises CalledProcessError."""
        self.folder.mkdir()
        address = os.environ.get("TEST_DATABASE_URL", "")
        if address:
            administer(address, SQL("CREATE DATABASE {}"), WARM)
        environment = site_environment(self.folder, self._database_url(address, WARM, self.folder / "demo.sqlite3"))
        environment.pop("COVERAGE_PROCESS_CONFIG", None)  # other tests reach this code
        commands = [["migrate", "-v0"], ["gather_static"], ["check_content"]]
        if self.earlier.exists():
            self._copy_files(self.earlier, self.folder)
            commands = commands[:1]
        for command in commands:
            subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )

    def copy(self, var: Path) -> None:
        """Copy static files and pages to a site's folder, unless it has some already."""
        if not (var / "static").exists():
            self._copy_files(self.folder, var)

    def _copy_files(self, source: Path, var: Path) -> None:
        for name in ("static", "rendered"):
            shutil.copytree(source / name, var / name)
        shutil.copy2(source / "static.stamp", var)

    @contextmanager
    def own_database(self, file: Path) -> Iterator[str]:
        """Yield the address of a database with tables and no rows: this SQLite file, or one on PostgreSQL.

        The latter is dropped when the block ends, even while in use.
        """
        address = os.environ.get("TEST_DATABASE_URL", "")
        name = f"own_{secrets.token_hex(8)}"
        if not address:
            if not file.exists():
                shutil.copy(self.folder / "demo.sqlite3", file)
            yield self._database_url("", name, file)
            return
        administer(address, SQL("CREATE DATABASE {} TEMPLATE {}"), name, WARM)
        try:
            yield self._database_url(address, name, file)
        finally:
            administer(address, SQL("DROP DATABASE {} WITH (FORCE)"), name)

    def _database_url(self, server: str, name: str, file: Path) -> str:
        return urlsplit(server)._replace(path=f"/{name}").geturl() if server else f"sqlite:///{file}"

    @contextmanager
    def serving(self, var: Path, cold: bool = False, **overrides: str) -> Iterator[Site]:
        """Serve from the folder `var`, on a database of its own unless the caller passes DATABASE_URL.

        `cold`: from an empty folder, as at the very first start.
        """
        if not cold:
            self.copy(var)
        named = overrides.get("DATABASE_URL")
        database = nullcontext(named) if named else self.own_database(var / "demo.sqlite3")
        with database as database_url, serving(var, database_url, **overrides) as site:
            yield site


def administer(address: str, statement: SQL, *databases: str) -> None:
    """Run a statement about whole databases on the PostgreSQL server at `address`."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.format(*map(Identifier, databases)))
