"""When the last backup was made and proven: said to monitoring and to administrators."""

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from clinic_site.monitoring import backup_ages
from clinic_site.monitoring.backup_ages import BACKUP, DRILL, last, never, overdue, record
from clinic_site.monitoring.health import faults
from tests.conftest import Cast

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of generated files."""
    monkeypatch.setattr(backup_ages, "VAR_FOLDER", tmp_path)
    return tmp_path


def test_where_nothing_was_ever_done_monitoring_is_silent_and_the_doctor_is_not() -> None:
    assert [*overdue()] == []
    first, second = never()
    assert first.startswith("There was never a backup on this machine: run clinic-manage backup, ")
    assert "enable clinic-drill.timer" in second


@pytest.mark.parametrize(("what", "days", "unit"), [(BACKUP, 2, "clinic-backup"), (DRILL, 14, "clinic-drill")])
def test_one_that_is_too_old_is_reported_by_all(what: str, days: int, unit: str) -> None:
    record(what, timezone.now() - days * DAY)
    assert [*overdue()] == []
    record(what, timezone.now() - (days + 2) * DAY)
    (line,) = faults()["backup"]
    assert f"see the log of {unit}, and run clinic-manage " in line


def test_a_damaged_file_counts_as_never(var: Path) -> None:
    (var / BACKUP).write_text("soon")
    assert last(BACKUP) is None


@pytest.mark.django_db
def test_administrators_alone_see_the_ages_on_the_start_page(sign_in: Cast) -> None:
    record(BACKUP, timezone.now() - 3 * DAY / 24)
    owner = sign_in("owner")
    assert "Last backup on this machine: 3 hours ago. Last restore that was proven: never." in start_page(owner)
    record(DRILL, timezone.now() - DAY)
    assert "proven: 1 day ago." in start_page(owner)
    assert "Last backup" not in start_page(sign_in("front desk"))


def start_page(client: Client) -> str:
    return " ".join(client.get("/admin/").content.decode().split())
