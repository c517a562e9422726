"""A backup is whole or not there, holds what cannot be made anew, and leaves the site alone."""

import datetime as dt
import fcntl
import os
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, models
from django.db.migrations.recorder import MigrationRecorder

from clinic_site.backup import backup as backup_module
from clinic_site.backup import erasure_journal
from clinic_site.backup.backup import back_up
from clinic_site.backup.manifest import read_manifest
from clinic_site.backup.tables import all_migrations, tables_at
from clinic_site.content import last_good
from clinic_site.monitoring import backup_ages
from tests.appointments.builders import NOW, make_request
from tests.clinic_site.backup.places import SitePlace, all_files, place

__all__ = ["place"]  # used as a fixture
pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_the_manifest_counts_rows_and_names_files(place: SitePlace) -> None:
    make_request()
    backup = back_up(place.backups, NOW, keep=3)
    facts = read_manifest(backup)
    assert backup.name == "clinic-2026-11-23T150000Z"
    assert facts.made_at == NOW
    assert facts.tables["appointments.consultationrequest"].rows == 1
    assert facts.tables["articles.revision"].rows == 0
    assert ("appointments", "0001_initial") in facts.migrations
    assert {"content/articles/walk.md", "content/clinic.yaml"} <= facts.files.keys()


def test_nothing_says_who_signed_in(place: SitePlace) -> None:
    assert "sessions.session" not in read_manifest(back_up(place.backups, NOW, keep=3)).tables


def test_content_last_good_copies_and_the_journal_of_erasures_are_in_it(place: SitePlace) -> None:
    good = last_good.folder(place.content)
    good.mkdir(parents=True)
    (good / "clinic.yaml").write_text("name: Before")
    erasure_journal.append("K7M-3QX")
    backup = back_up(place.backups, NOW, keep=3)
    assert all_files(backup / "content") == all_files(place.content)
    assert (backup / "last-good" / "clinic.yaml").read_text() == "name: Before"
    assert (backup / "erasures").read_bytes() == erasure_journal.FILE.read_bytes()
    assert "K7M-3QX" not in (backup / "erasures").read_text()


def test_files_that_are_being_written_and_what_is_no_file_are_left_out(place: SitePlace) -> None:
    (place.content / ".walk.md.0123abcd.new").write_text("half")
    (place.content / "broken").symlink_to("nowhere")
    (place.backups.parent / "secret").write_text("not content")
    (place.content / "link.md").symlink_to(place.backups.parent / "secret")
    os.mkfifo(place.content / "pipe")
    names = all_files(back_up(place.backups, NOW, keep=3) / "content")
    assert not names.keys() & {".walk.md.0123abcd.new", "broken", "link.md", "pipe"}


def test_a_file_that_is_removed_meanwhile_is_left_out(place: SitePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def read_or_miss(path: Path) -> bytes:
        if path.name == "walk.md":
            raise FileNotFoundError
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_or_miss)
    files = read_manifest(back_up(place.backups, NOW, keep=3)).files
    assert "content/articles/rest.md" in files
    assert "content/articles/walk.md" not in files


def test_the_newest_stay_and_the_oldest_go(place: SitePlace) -> None:
    (place.folder / "backups").mkdir()
    (place.backups / "notes.txt").touch()
    made = [back_up(place.backups, NOW + DAY * number, keep=2) for number in range(4)]
    assert sorted(place.backups.iterdir()) == [*made[2:], place.backups / "notes.txt"]


def test_a_clock_that_was_set_back_does_not_cost_the_new_backup(place: SitePlace) -> None:
    later = [back_up(place.backups, NOW + DAY * number, keep=2) for number in (1, 2)]
    new = back_up(place.backups, NOW, keep=2)
    assert sorted(place.backups.iterdir()) == [new, later[1]]


def test_others_cannot_read_it(place: SitePlace) -> None:
    backup = back_up(place.backups, NOW, keep=3)
    assert [path.stat().st_mode & 0o077 for path in (place.backups, backup)] == [0, 0]


def test_a_failed_backup_leaves_nothing_and_removes_nothing(place: SitePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    before = back_up(place.backups, NOW, keep=1)

    def fail(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_module, "flush_tree", fail)
    with pytest.raises(CommandError, match=r"No backup was made\. .*No space left on device"):
        call_command("backup", str(place.backups), keep=1)
    assert [*place.backups.iterdir()] == [before]


def test_what_a_killed_backup_left_is_removed(place: SitePlace) -> None:
    (place.backups / ".clinic-2026-11-22T150000Z.partial").mkdir(parents=True)
    backup = back_up(place.backups, NOW, keep=3)
    assert [*place.backups.iterdir()] == [backup]


def test_two_backups_at_once_do_not_mix(place: SitePlace) -> None:
    place.backups.mkdir()
    other = os.open(place.backups, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(CommandError, match=r"Another backup into .* is under way"):
        call_command("backup", str(place.backups))
    os.close(other)


def test_a_folder_in_the_content_is_refused(place: SitePlace) -> None:
    with pytest.raises(CommandError, match="is in the content folder"):
        call_command("backup", str(place.content / "backups"))


def test_at_least_one_backup_stays(place: SitePlace) -> None:
    with pytest.raises(CommandError, match="--keep must be at least 1"):
        call_command("backup", str(place.backups), keep=0)


def test_a_database_of_a_newer_version_is_refused(place: SitePlace) -> None:
    """Its tables may have columns that this code does not know."""
    MigrationRecorder(connection).record_applied("appointments", "9999_later")
    with pytest.raises(
        CommandError, match=r"The database is of a newer version .* no migration appointments\.9999_later"
    ):
        call_command("backup", str(place.backups))


def test_migrations_of_an_app_that_is_gone_do_not_matter(place: SitePlace) -> None:
    MigrationRecorder(connection).record_applied("gone", "0001_initial")
    assert back_up(place.backups, NOW, keep=3).exists()


def test_a_database_that_is_away_is_said_in_one_sentence(place: SitePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr(backup_module, "applied_migrations", fail)
    with pytest.raises(CommandError, match=r"No backup was made\. The database"):
        call_command("backup", str(place.backups))


def test_the_command_says_what_it_made_and_writes_down_when(place: SitePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup_ages, "VAR_FOLDER", place.var)
    out = StringIO()
    call_command("backup", str(place.backups), stdout=out)
    assert " tables, " in out.getvalue()
    assert backup_ages.last(backup_ages.BACKUP) is not None


def test_no_field_takes_the_moment_of_a_restore() -> None:
    """Django would overwrite what the backup says."""
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    timed = [field for field in fields if isinstance(field, models.DateField)]
    assert timed
    assert [field for field in timed if field.auto_now or field.auto_now_add] == []


def test_the_text_of_every_kind_of_field_is_known() -> None:
    """A new kind needs a text that its to_python() reads: see clinic_site/backup/tables.py."""
    kinds = {field.get_internal_type() for table in tables_at(all_migrations()) for field in table.fields.values()}
    assert kinds <= {
        "AutoField", "BigAutoField", "BinaryField", "BooleanField", "CharField", "DateField", "DateTimeField",
        "ForeignKey", "IntegerField", "JSONField", "OneToOneField", "PositiveIntegerField",
        "PositiveSmallIntegerField", "SlugField", "SmallIntegerField", "TextField", "UUIDField",
    }  # fmt: skip
