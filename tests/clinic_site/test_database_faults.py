"""Each reason for which the database cannot be used has its own true sentence, and says what to do."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.transaction import TransactionManagementError

from clinic_site.database_faults import database_fault

READ_ONLY = OperationalError("attempt to write a readonly database")
NOT_OPENED = OperationalError("unable to open database file")


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An SQLite database, which the settings name."""
    file = tmp_path / "clinic.sqlite3"
    file.touch()
    name_database(monkeypatch, ENGINE="django.db.backends.sqlite3", NAME=str(file))
    return file


def name_database(monkeypatch: pytest.MonkeyPatch, **names: str) -> None:
    for name, value in names.items():
        monkeypatch.setitem(settings.DATABASES["default"], name, value)


def forbid(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """These cannot be written to; root, who may run the tests, could write to anything."""
    monkeypatch.setattr(os, "access", lambda path, mode: path not in paths)


def test_a_full_disk(file: Path) -> None:
    """The text is SQLite's own."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE large (text)")
        connection.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as full:
            connection.execute("INSERT INTO large VALUES (zeroblob(100000))")
    fault = database_fault(OperationalError(str(full.value)))
    assert fault == f"The disk with the database {file} is full: make room on it."


def test_a_disk_without_a_free_block(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_flag=0, f_bavail=0))
    assert database_fault(OperationalError("disk I/O error")).endswith(" is full: make room on it.")


def test_a_restored_file_of_another_owner(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch, file)
    os.chown(file, 65000, 65000)
    monkeypatch.setattr(os, "geteuid", lambda: 65001)
    for error in (READ_ONLY, NOT_OPENED):
        assert database_fault(error) == (
            f"{file} belongs to 65000, and 65001, who runs this, may not write to it: chown 65001 {file}."
        )


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_a_file_beside_it_of_another_owner(file: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    beside = Path(f"{file}{ending}")
    beside.touch()
    forbid(monkeypatch, beside)
    assert database_fault(READ_ONLY).startswith(f"{beside} belongs to ")


def test_a_folder_of_another_owner(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch, file.parent)
    assert database_fault(READ_ONLY).startswith(f"{file.parent} belongs to ")


def test_a_disk_that_is_mounted_read_only(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_flag=os.ST_RDONLY, f_bavail=1))
    assert "is on a disk that is mounted read-only" in database_fault(READ_ONLY)


def test_a_folder_that_is_not_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name_database(monkeypatch, NAME=str(file.parent / "none" / "clinic.sqlite3"))
    assert database_fault(NOT_OPENED).startswith(f"The folder {file.parent / 'none'} of the database does not exist")


def test_a_file_that_another_program_locks(file: Path) -> None:
    fault = database_fault(OperationalError("database is locked"))
    assert fault == f"Another program holds the database {file} locked: end it, then start again."


def test_the_first_fault_is_told_and_not_what_it_led_to(file: Path) -> None:
    later = TransactionManagementError("An error occurred in the current transaction.")
    later.__cause__ = OperationalError("database or disk is full")
    assert database_fault(later) == f"The disk with the database {file} is full: make room on it."


def test_whatever_else_sqlite_says_is_repeated(file: Path) -> None:
    assert database_fault(OperationalError("disk I/O error")) == f"The database {file} cannot be used (disk I/O error)."


def test_a_server_is_looked_for_where_the_address_says(monkeypatch: pytest.MonkeyPatch) -> None:
    name_database(monkeypatch, ENGINE="django.db.backends.postgresql")
    assert database_fault(OperationalError("refused\nand more")) == (
        "The database cannot be used (refused). See that it runs, and that DATABASE_URL is right."
    )
