"""A site is backed up under load, loses everything, and comes back: on its own database engine and on the other one."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from clinic_site.backup.manifest import Manifest, read_manifest
from tests.appointments.http_clients import Senders
from tests.inside import manage, run_inside
from tests.serving import ROOT, OwnDatabase, Serving, wait_until
from tests.soak import Figures, often

pytestmark = pytest.mark.soak
ROUNDS = often(1, soak=20)  # of three restores each
SENDERS = 3
MORE = 10  # requests that must be confirmed before the next backup
STATE = "tests.clinic_site.backup.subprocess_restored"
CHANGED = {"appointments.mailhold", "appointments.consultationrequest", "appointments.auditevent"}
CHANGED |= {"appointments.outboxmessage"}  # by the erasure


@dataclass(frozen=True)
class Machine:
    """A database and folders that no site runs on."""

    folder: Path
    url: str

    @property
    def var(self) -> Path:
        return self.folder / "var"

    def run(self, *command: str) -> str:
        """Run manage.py. Return what it printed."""
        done = manage(
            *command,
            DEMO="on",
            VAR_FOLDER=str(self.var),
            CONTENT_DIR=str(self.folder / "content"),
            DATABASE_URL=self.url,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def back_up(self, folder: Path) -> Manifest:
        self.run("backup", str(folder))
        return read_manifest(max(folder.glob("clinic-*")))

    def state(self, *arguments: str) -> Any:
        return run_inside(self.var, self.url, STATE, *arguments)


@dataclass(frozen=True)
class Round:
    """What one backup held, and what came back."""

    confirmed: set[str]  # names on the requests that were confirmed before the backup began, and not erased since
    erased: set[str]  # names on the requests that were erased, one of them after the backup
    made: Manifest
    back: Any  # the state of the site that came back
    across: Manifest  # after a restore into SQLite, and from there home again
    seconds: list[float]  # of the backup, and of the restore


@dataclass
class Disaster:
    """A site that is served, and loses everything in each round."""

    folder: Path
    site: Machine
    port: int
    own_database: OwnDatabase
    tables: Path  # a SQLite file with tables and no rows
    confirmed: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)

    def strike(self, number: int) -> Round:
        """Back up under load, erase somebody, and restore on new machines: the own engine, SQLite, the own engine."""
        folder = self.folder / str(number)
        folder.mkdir()
        made, taken = self._back_up_under_load(folder / "backups")
        gone = min(self.confirmed - self.erased)
        self.site.run("erase_request", self.site.state()["references"][gone])
        self.erased.add(gone)
        with self._machine(folder / "own") as machine:
            started = time.monotonic()
            machine.run("restore", str(folder / "backups"))
            seconds = [taken, time.monotonic() - started]
            back = machine.state("deliver")
        other = Machine(folder / "other", f"sqlite:///{folder / 'other.sqlite3'}")
        shutil.copy(self.tables, folder / "other.sqlite3")
        self._furnish(other)
        other.run("restore", str(folder / "backups"))
        across = other.back_up(other.folder / "backups")
        with self._machine(folder / "home") as home:
            home.run("restore", str(other.folder / "backups"))
        return Round(self.confirmed - self.erased, {*self.erased}, made, back, across, seconds)

    def _back_up_under_load(self, backups: Path) -> tuple[Manifest, float]:
        senders = Senders(self.port)
        with senders.at_work(SENDERS):
            wait_until(lambda: len(senders.confirmed) >= MORE)
            self.confirmed |= {*senders.confirmed}
            started = time.monotonic()
            made = self.site.back_up(backups)
        return made, time.monotonic() - started

    @contextmanager
    def _machine(self, folder: Path) -> Iterator[Machine]:
        folder.mkdir()
        with self.own_database(folder / "new.sqlite3") as url:
            machine = Machine(folder, url)
            self._furnish(machine)
            yield machine

    def _furnish(self, machine: Machine) -> None:
        """Give the machine what an operator keeps: the secret key, and the journal of erasures."""
        machine.var.mkdir(parents=True)
        for name in ("secret_key", "erasures"):
            shutil.copy(self.site.var / name, machine.var)


@pytest.fixture(scope="module")
def disaster(
    tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase, serving: Serving
) -> Iterator[Disaster]:
    folder = tmp_path_factory.mktemp("disaster")
    site = folder / "site"
    shutil.copytree(ROOT / "content", site / "content")
    (site / "var").mkdir()
    with ExitStack() as stack:
        url = stack.enter_context(own_database(site / "demo.sqlite3"))
        server = stack.enter_context(serving(site / "var", DATABASE_URL=url, CONTENT_DIR=str(site / "content")))
        server.wait_for_the_port()
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(settings, "SECRET_KEY", (site / "var" / "secret_key").read_text())
        tables = Machine(folder / "tables", f"sqlite:///{folder / 'tables.sqlite3'}")
        tables.var.mkdir(parents=True)
        tables.run("migrate", "-v0")
        yield Disaster(folder, Machine(site, url), server.port, own_database, folder / "tables.sqlite3")


@pytest.fixture(scope="module")
def rounds(disaster: Disaster) -> list[Round]:
    return [disaster.strike(number) for number in range(ROUNDS)]


def test_every_request_confirmed_before_the_backup_comes_back_once(rounds: list[Round], figures: Figures) -> None:
    figures.add("Backups under load, restored", len(rounds))
    figures.add("… requests in the last one", rounds[-1].made.tables["appointments.consultationrequest"].rows)
    for number, name in enumerate(("backup", "restore")):
        figures.add(f"… longest {name}", round(max(each.seconds[number] for each in rounds), 1), "seconds")
    not_once = [
        (name, held) for each in rounds for name in each.confirmed if (held := each.back["names"].count(name)) != 1
    ]
    figures.add("… requests lost or doubled", len(not_once))
    assert not_once == []


def test_every_request_is_complete(rounds: list[Round]) -> None:
    """The backup is of one moment: each request has its audit event and both mails."""
    assert [each.back["whole"] for each in rounds] == [[[2, 1]]] * ROUNDS


def test_who_was_erased_after_the_backup_stays_erased(rounds: list[Round], figures: Figures) -> None:
    back = [each.erased & {*each.back["names"]} for each in rounds]
    figures.add("… erased persons who came back", sum(map(len, back)))
    assert back == [set()] * ROUNDS


def test_no_mail_leaves_unasked(rounds: list[Round], figures: Figures) -> None:
    figures.add("… mails that left unasked", sum(each.back["left"] for each in rounds))
    assert [each.back["left"] for each in rounds] == [0] * ROUNDS


def test_rows_and_files_are_the_same_across_engines(rounds: list[Round], figures: Figures) -> None:
    """Each restore compares all rows with its backup. Here, a backup of the restored site with the first one."""
    for each in rounds:
        assert each.across.engine == "sqlite"
        assert each.across.files | each.made.files | {"erasures": ""} == each.across.files | {"erasures": ""}
        assert each.across.migrations == each.made.migrations
        same = {name for name in each.across.tables if each.across.tables[name] == each.made.tables[name]}
        assert each.across.tables.keys() - same <= CHANGED
    figures.add("… by way of SQLite and back", f"{len(rounds)}, from {rounds[0].made.engine}")


def test_a_drill_beside_the_running_site_proves_the_newest_backup(disaster: Disaster, rounds: list[Round]) -> None:
    said = disaster.site.run("restore", "--drill", str(disaster.folder / str(len(rounds) - 1) / "backups"))
    assert said.splitlines()[-1] == "The drill went well, and its scratch place is deleted."
