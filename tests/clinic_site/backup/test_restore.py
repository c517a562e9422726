"""A restore brings back every row and file, into an empty place only, and refuses what is damaged or newer."""

import gzip
import json
from io import StringIO
from itertools import islice
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError

from appointments.models import ConsultationRequest
from articles.models import Picture, PictureFile, Revision
from clinic_site.backup import restore as restore_module
from clinic_site.backup.backup import back_up
from clinic_site.backup.tables import BackupTable, last_migrations
from clinic_site.content import last_good
from clinic_site.hooks import hooks
from tests.appointments.builders import LATER, NOW, VISIT, make_request, schedule
from tests.articles.editing.review.review_events import make_signature
from tests.clinic_site.backup.places import SitePlace, all_files, all_rows, place, vanishing_rows

__all__ = ["place"]  # used as a fixture
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what follows a restore: it changes rows, and has tests of its own."""
    monkeypatch.setattr(hooks, "after_restore", [])


def fill() -> None:
    """Make rows of many tables, with umlauts, bytes, JSON, and moments with microseconds."""
    request = make_request(now=NOW.replace(microsecond=123_456), name="Zoë\u2028 “Ana” \\n", access=("asl", "lift"))
    schedule(request, VISIT, "dana", NOW)
    user = User.objects.create_user("dana", is_staff=True)
    user.groups.add(Group.objects.get(name="Front desk"))
    picture = Picture.objects.create(name="walk", at=NOW, by="dana")
    PictureFile.objects.create(picture=picture, file_name="walk.1x1.png", data=bytes(range(256)))
    Revision.objects.create(path="articles/walk.md", number=1, text="A walk.\r\n", live=True, at=NOW, by="dana")
    make_signature()


@pytest.fixture
def backup(place: SitePlace) -> Path:
    """A backup of a site whose database and folders are gone."""
    with vanishing_rows():
        fill()
        made = back_up(place.backups, NOW, keep=3)
    place.settle_in("second")
    return made


def restore(folder: Path, **options: bool) -> str:
    out = StringIO()
    call_command("restore", str(folder), stdout=out, **options)
    return out.getvalue()


def refusal(folder: Path) -> str:
    """Return why the backup is refused."""
    with pytest.raises(CommandError) as refused:
        call_command("restore", str(folder))
    return str(refused.value)


def change_manifest(backup: Path, **changes: object) -> None:
    file = backup / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


class TestRestored:
    def test_every_row_and_file_is_as_it_was(self, place: SitePlace) -> None:
        with vanishing_rows():
            fill()
            rows, files = all_rows(), all_files(place.content)
            backup = back_up(place.backups, NOW, keep=3)
        assert ConsultationRequest.objects.count() == 0
        place.settle_in("second")
        assert "was restored and compared" in restore(backup)
        assert all_rows() == rows
        assert all_files(place.content) == files
        assert len(rows["appointments.auditevent"]) > 2

    def test_new_rows_get_new_numbers(self, backup: Path) -> None:
        restore(backup)
        newest = ConsultationRequest.objects.latest("pk")
        assert make_request().pk > newest.pk
        assert User.objects.create_user("new").pk > User.objects.get(username="dana").pk

    def test_permissions_are_as_they_were(self, backup: Path) -> None:
        Group.permissions.through.objects.all().delete()
        restore(backup)
        dana = User.objects.get(username="dana")
        assert dana.has_perm("appointments.change_consultationrequest")
        assert not dana.has_perm("appointments.view_outboxmessage")

    def test_last_good_copies_belong_to_the_new_content_folder(self, place: SitePlace) -> None:
        good = last_good.folder(place.content)
        good.mkdir(parents=True)
        (good / "clinic.yaml").write_text("name: Before")
        made = back_up(place.backups, NOW, keep=3)
        place.settle_in("second")
        restore(made)
        assert last_good.load(place.content, "clinic.yaml") is not None

    def test_the_newest_of_several_backups_is_taken(self, place: SitePlace, backup: Path) -> None:
        newest = back_up(place.backups, LATER, keep=3)
        assert newest.name in restore(place.backups)

    def test_what_follows_is_said(self, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hooks, "after_restore", [lambda now: ["Mails on hold: 3."]])
        assert restore(backup).endswith("Mails on hold: 3.\n")

    def test_a_file_that_the_manifest_does_not_list_stays_where_it_is(self, place: SitePlace, backup: Path) -> None:
        (backup / "content" / "added.md").write_text("by somebody else")
        restore(backup)
        assert "added.md" not in all_files(place.content)
        assert "clinic.yaml" in all_files(place.content)


class TestUsedPlace:
    def test_a_database_with_rows_is_refused(self, backup: Path) -> None:
        user = User.objects.create_user("dana")
        assert "The database is not empty (accounts.accountevent has rows): restore into a new one." in refusal(backup)
        assert User.objects.get() == user

    def test_a_content_folder_with_files_is_refused(self, place: SitePlace, backup: Path) -> None:
        place.content.mkdir()
        (place.content / "clinic.yaml").touch()
        assert "content is not empty (clinic.yaml is there): move it aside." in refusal(backup)
        assert all_files(place.content) == {"clinic.yaml": b""}

    def test_a_folder_of_generated_files_may_have_the_journal_alone(self, place: SitePlace, backup: Path) -> None:
        (place.var / "erasures").touch()
        (place.var / "rendered").mkdir()
        assert "var is not empty (rendered is there): move it aside, and put erasures" in refusal(backup)
        (place.var / "rendered").rmdir()
        restore(backup)


class TestDamage:
    @pytest.mark.parametrize("name", ["content/clinic.yaml", "tables/appointments.consultationrequest.jsonl.gz"])
    @pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
    def test_a_damaged_file_is_named_before_anything_is_written(
        self, place: SitePlace, backup: Path, name: str, damage: str
    ) -> None:
        file = backup / name
        data = file.read_bytes()
        middle = len(data) // 2
        if damage == "remove":
            file.unlink()
        elif damage == "cut":
            file.write_bytes(data[:middle])
        else:
            file.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        assert f"{name} of the backup is damaged or missing: take another backup." in refusal(backup)
        assert not place.content.exists()
        assert ConsultationRequest.objects.count() == 0

    def test_a_changed_row_is_found(self, backup: Path) -> None:
        file = backup / "tables/appointments.consultationrequest.jsonl.gz"
        file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes()).replace(b"555-0111", b"555-0112")))
        assert "is damaged or missing" in refusal(backup)

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "version": "0.3.0"}'])
    def test_a_damaged_manifest_is_refused(self, backup: Path, text: str) -> None:
        (backup / "manifest.json").write_text(text)
        assert "is damaged or no manifest" in refusal(backup)

    def test_a_folder_without_a_backup_is_refused(self, tmp_path: Path) -> None:
        assert "is no backup and has none in it." in refusal(tmp_path)
        (tmp_path / "clinic-2026-11-23T150000Z").mkdir()
        assert "is no backup: it has no manifest.json." in refusal(tmp_path)

    def test_a_table_that_is_missing_is_found(self, place: SitePlace, backup: Path) -> None:
        tables = json.loads((backup / "manifest.json").read_text())["tables"]
        del tables["appointments.visit"]
        change_manifest(backup, tables=tables)
        assert "has other tables than its migrations make" in refusal(backup)
        assert all_files(place.content) == {}

    def test_rows_that_differ_after_the_restore_take_everything_back(
        self, place: SitePlace, backup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """For example, if the database cuts a text."""
        insert = BackupTable.insert
        monkeypatch.setattr(BackupTable, "insert", lambda table, lines: insert(table, islice(lines, 2)))
        place.content.mkdir()
        assert "event is not the same after the restore: nothing was stored." in refusal(backup)
        assert ConsultationRequest.objects.count() == 0
        assert all_files(place.content) == {}


class TestVersion:
    def test_a_newer_format_is_refused(self, backup: Path) -> None:
        change_manifest(backup, format=2, version="9.0.0")
        assert "format 2, and this version reads format 1: restore it with version 9.0.0 of the site" in refusal(backup)

    def test_a_backup_of_a_newer_version_is_refused(self, backup: Path) -> None:
        migrations = json.loads((backup / "manifest.json").read_text())["migrations"]
        change_manifest(backup, migrations=[*migrations, ["appointments", "9999_later"]])
        assert "is of a newer version than this code, which has no migration appointments.9999_later" in refusal(backup)

    def test_a_backup_of_an_earlier_version_needs_a_database_without_tables(self, backup: Path) -> None:
        migrations = json.loads((backup / "manifest.json").read_text())["migrations"]
        change_manifest(backup, migrations=[[app, name] for app, name in migrations if name != "0015_mail_hold"])
        assert "of an earlier version: restore it into a database without any tables" in refusal(backup)

    def test_the_last_migrations_of_each_app_lead_to_a_state(self) -> None:
        state = [
            ("auth", "0001_initial"),
            ("auth", "0002_alter_permission_name_max_length"),
            ("sessions", "0001_initial"),
        ]
        assert last_migrations(state) == state[1:]


def test_a_database_that_is_away_is_said_in_one_sentence(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[str]:
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr(restore_module, "existing_rows", fail)
    assert refusal(backup).startswith("Nothing was restored. The database")
