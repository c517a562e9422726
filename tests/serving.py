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
from collections.abc import Callable, Iterator, Sequence
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
# Databases to copy: with tables and no rows, and with the demo's users as well.
TABLES, DEMO_USERS = "clinic_tables", "clinic_demo_users"
SIGN_INS = "demo-sign-ins"  # the file of their passwords
MAKE_DEMO_USERS = "from clinic_site.management.commands.serve import make_demo_users as make; make()"


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
        return dict(line.split(" ") for line in (self.var / SIGN_INS).read_text().splitlines())[user]

    def stop(self) -> str:
        """Send Ctrl-C to the process group, as a terminal does. Return what the server had printed."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate(timeout=START_TIME)[0]


Serving = Callable[..., AbstractContextManager[Site]]
OwnDatabase = Callable[[Path], AbstractContextManager[str]]


@contextmanager
def serving(var: Path, database_url: str, *options: str, **overrides: str) -> Iterator[Site]:
    """Serve the demo, or what the environment says, from the folder `var`; stop when the block ends."""
    site = _start(var, database_url, options, overrides)
    try:
        yield site
    finally:
        if site.process.poll() is None:
            site.stop()


def _start(var: Path, database_url: str, options: Sequence[str], overrides: dict[str, str]) -> Site:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", *options],
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
    """The result of a site's first start, made once in a test run and copied: tables, demo users, static files, pages.

    Static files and pages are the same on every database: they are taken from `earlier`, that of another run, if it is
    there.
    """

    folder: Path
    earlier: Path

    def make(self) -> None:
        """Make the databases to copy, static files and pages. Raises CalledProcessError."""
        self.folder.mkdir()
        self._create_database(TABLES)
        self._manage(TABLES, "migrate", "-v0")
        self._create_database(DEMO_USERS, copied_from=TABLES)
        self._manage(DEMO_USERS, "shell", "--no-imports", "-c", MAKE_DEMO_USERS)
        if self.earlier.exists():
            self._copy_files(self.earlier, self.folder)
        else:
            self._manage(TABLES, "gather_static")
            self._manage(TABLES, "check_content")

    def _create_database(self, name: str, copied_from: str = "") -> None:
        address = _postgresql()
        if not address and copied_from:
            shutil.copy(self._file(copied_from), self._file(name))
        elif address:
            administer(address, SQL("CREATE DATABASE {} TEMPLATE {}"), name, copied_from or "template1")

    def _file(self, database: str) -> Path:
        return self.folder / f"{database}.sqlite3"

    def _manage(self, database: str, *command: str) -> None:
        environment = site_environment(self.folder, _database_url(database, self._file(database)))
        environment.pop("COVERAGE_PROCESS_CONFIG", None)  # other tests reach this code
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
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
    def own_database(self, file: Path, like: str = TABLES) -> Iterator[str]:
        """Yield the address of a copy of the database `like`: this SQLite file, or one on PostgreSQL.

        The latter is dropped when the block ends, even while in use.
        """
        address = _postgresql()
        name = f"own_{secrets.token_hex(8)}"
        if not address:
            if not file.exists():
                shutil.copy(self._file(like), file)
            yield _database_url(name, file)
            return
        administer(address, SQL("CREATE DATABASE {} TEMPLATE {}"), name, like)
        try:
            yield _database_url(name, file)
        finally:
            administer(address, SQL("DROP DATABASE {} WITH (FORCE)"), name)

    @contextmanager
    def serving(self, var: Path, cold: bool = False, web_only: bool = False, **overrides: str) -> Iterator[Site]:
        """Serve from the folder `var`, on a database of its own unless the caller passes DATABASE_URL.

        `cold`: from an empty folder, as at the very first start. `web_only`: without the mail worker and its chores,
        from what a start has to prepare; such a site starts in half the time.
        """
        if not cold:
            self.copy(var)
        if web_only:
            shutil.copy2(self.folder / SIGN_INS, var)
        named = overrides.get("DATABASE_URL")
        file = var / "demo.sqlite3"
        database = nullcontext(named) if named else self.own_database(file, DEMO_USERS if web_only else TABLES)
        options = ["--web-only"] if web_only else []
        with database as database_url, serving(var, database_url, *options, **overrides) as site:
            yield site


def _postgresql() -> str:
    """Return the address of the PostgreSQL under test; "" where SQLite is under test."""
    return os.environ.get("TEST_DATABASE_URL", "")


def _database_url(name: str, file: Path) -> str:
    address = _postgresql()
    return urlsplit(address)._replace(path=f"/{name}").geturl() if address else f"sqlite:///{file}"


def administer(address: str, statement: SQL, *databases: str) -> None:
    """Run a statement about whole databases on the PostgreSQL server at `address`."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.format(*map(Identifier, databases)))
