"""A drill restores a backup beside the site, in a process of its own, and leaves nothing."""

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from clinic_site.backup.backup import back_up
from clinic_site.backup.drill import SCHEMA, scratch_database
from clinic_site.monitoring import backup_ages
from tests.appointments.builders import NOW, make_request
from tests.clinic_site.backup.places import SitePlace, all_rows, place

__all__ = ["place"]  # used as a fixture
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
on_sqlite = pytest.mark.skipif(
    bool(os.environ.get("TEST_DATABASE_URL")), reason="another process sees nothing of this one's transaction"
)


@pytest.fixture
def backup(place: SitePlace, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup. The process of the drill has the demo's settings: the tests' own know no other database."""
    monkeypatch.setattr(backup_ages, "VAR_FOLDER", place.var)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
    make_request()
    return back_up(place.backups, NOW, keep=3)


@on_sqlite
def test_a_good_backup_is_proven_and_the_site_is_as_it_was(place: SitePlace, backup: Path) -> None:
    rows, out = all_rows(), StringIO()
    call_command("restore", str(place.backups), drill=True, stdout=out)
    assert f"{backup.name}, made by version " in out.getvalue()
    assert "The drill went well, and its scratch place is deleted." in out.getvalue()
    assert backup_ages.last(backup_ages.DRILL) is not None
    assert not (place.var / "drill").exists()
    assert all_rows() == rows


@on_sqlite
def test_a_damaged_backup_is_not_proven(place: SitePlace, backup: Path) -> None:
    (place.var / "drill").mkdir()
    (place.var / "drill" / "left").touch()
    (backup / "content" / "clinic.yaml").write_text("name: Another")
    with pytest.raises(CommandError, match=r"could not be restored\. .*content/clinic\.yaml of the backup is damaged"):
        call_command("restore", str(backup), drill=True)
    assert backup_ages.last(backup_ages.DRILL) is None
    assert not (place.var / "drill").exists()


def test_the_scratch_database_is_beside_the_sites(place: SitePlace) -> None:
    assert scratch_database("sqlite", "") == f"sqlite:///{place.var / 'drill' / 'drill.sqlite3'}"
    url = "postgres://clinic:word@host/name"
    assert scratch_database("postgresql", url) == f"{url}?options=-csearch_path%3D{SCHEMA}"
    url += "?sslmode=require"
    assert scratch_database("postgresql", url) == f"{url}&options=-csearch_path%3D{SCHEMA}"
