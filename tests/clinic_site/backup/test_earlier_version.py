"""A backup by an earlier version restores, and is brought up to date. Each command runs in a process of its own."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from clinic_site.backup.manifest import read_manifest
from tests.content_builders import make_content
from tests.inside import Manage

pytestmark = pytest.mark.slow
EARLIER = [
    ("appointments", "0011_mailed_again_action"),
    ("articles", "0004_editors_and_reviewers"),
    ("accounts", "0002_account_events"),
]


@dataclass(frozen=True)
class Installation:
    folder: Path
    manage: Manage

    @property
    def database(self) -> Path:
        return self.folder / "demo.sqlite3"

    def run(self, *command: str, **environment: str) -> str:
        var = self.folder / "var"
        var.mkdir(parents=True, exist_ok=True)
        places = {"VAR_FOLDER": str(var), "CONTENT_DIR": str(self.folder / "content")}
        url = f"sqlite:///{self.database}"
        done = self.manage(*command, DEMO="on", DATABASE_URL=url, **places, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, manage: Manage) -> Installation:
    """A site of an earlier version with a user and a search that found nothing, which no test changes."""
    site = Installation(tmp_path_factory.mktemp("sites") / "first", manage)
    site.folder.mkdir()
    make_content(tmp_path_factory.mktemp("made")).rename(site.folder / "content")
    migrate = "".join(f"call_command('migrate', {app!r}, {name!r}, verbosity=0)\n" for app, name in EARLIER)
    site.run("shell", "-v0", "-c", f"from django.core.management import call_command\n{migrate}")
    site.run("createsuperuser", "--noinput", "--username=owner", "--email=", DJANGO_SUPERUSER_PASSWORD="a word")
    with closing(sqlite3.connect(site.database)) as connection:
        connection.execute("INSERT INTO articles_missedsearch VALUES (7, '2026-11-23', 'key', 'walk', 3)")
        connection.commit()
    return site


@pytest.fixture
def earlier(tmp_path: Path, first: Installation) -> Installation:
    """A copy of that site."""
    shutil.copytree(first.folder, tmp_path / "earlier")
    return replace(first, folder=tmp_path / "earlier")


def test_rows_come_back_and_the_tables_are_of_this_version(
    tmp_path: Path, earlier: Installation, manage: Manage
) -> None:
    earlier.run("backup", str(tmp_path / "backups"))
    (backup,) = (tmp_path / "backups").iterdir()
    facts = read_manifest(backup)
    assert EARLIER[0] in facts.migrations
    assert "appointments.visit" not in facts.tables
    new = Installation(tmp_path / "new", manage)
    new.run("restore", str(backup))
    assert new.ask("SELECT username FROM auth_user") == [("owner",)]
    assert new.ask("SELECT * FROM articles_missedsearch") == [(7, "2026-11-23", "key", "walk", 3)]
    assert new.ask("SELECT count(*) FROM appointments_visit") == [(0,)]
    assert new.ask("SELECT count(*) FROM appointments_mailhold") == [(1,)]
    new.run("migrate", "--check")


def test_two_versions_of_one_backup_are_equal(tmp_path: Path, earlier: Installation, manage: Manage) -> None:
    """A second backup, of the same moment but for the hold on the mail."""
    earlier.run("migrate", "-v0")
    made = []
    for site in (earlier, Installation(tmp_path / "new", manage)):
        if site is not earlier:
            site.run("restore", str(tmp_path / "backups"))
        site.run("backup", str(tmp_path / "backups"))
        made.append(read_manifest(max((tmp_path / "backups").iterdir())))
    before, after = made
    assert {name for name in after.tables if after.tables[name] != before.tables[name]} == {"appointments.mailhold"}
    assert after.files == before.files
