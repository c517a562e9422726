"""Each reason why the database cannot be used has a sentence of its own that says what to do."""

import os
import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.db.transaction import TransactionManagementError
from psycopg_pool import PoolTimeout

from clinic_site.database.faults import ASK_THE_SERVER, database_fault

READ_ONLY = OperationalError("attempt to write a readonly database")
NOT_OPENED = OperationalError("unable to open database file")


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the SQLite database that the settings name."""
    file = tmp_path / "clinic.sqlite3"
    file.touch()
    name_database(monkeypatch, ENGINE="django.db.backends.sqlite3", NAME=str(file))
    return file


def name_database(monkeypatch: pytest.MonkeyPatch, **names: str) -> None:
    for name, value in names.items():
        monkeypatch.setitem(settings.DATABASES["default"], name, value)


def forbid(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """Make `paths` unwritable; root, who may run the tests, could write to anything."""
    monkeypatch.setattr(os, "access", lambda path, mode: path not in paths)


def test_a_full_disk_is_named(file: Path) -> None:
    """The text of the error is SQLite's own."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE large (text)")
        connection.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as full:
            connection.execute("INSERT INTO large VALUES (zeroblob(100000))")
    fault = database_fault(OperationalError(str(full.value)))
    assert fault == f"The disk with the database {file} is full: make room on it."


def test_a_disk_without_a_free_block_is_full(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_flag=0, f_bavail=0))
    assert database_fault(OperationalError("disk I/O error")).endswith(" is full: make room on it.")


def test_a_database_of_another_owner_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch, file)
    os.chown(file, 65000, 65000)
    monkeypatch.setattr(os, "geteuid", lambda: 65001)
    for error in (READ_ONLY, NOT_OPENED):
        assert database_fault(error) == (
            f"{file} belongs to 65000, and 65001, who runs this, may not write to it: chown 65001 {file}."
        )


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_a_side_file_of_another_owner_is_named(file: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    beside = Path(f"{file}{ending}")
    beside.touch()
    forbid(monkeypatch, beside)
    assert database_fault(READ_ONLY).startswith(f"{beside} belongs to ")


def test_a_folder_of_another_owner_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch, file.parent)
    assert database_fault(READ_ONLY).startswith(f"{file.parent} belongs to ")


def test_a_disk_mounted_read_only_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_flag=os.ST_RDONLY, f_bavail=1))
    assert "is on a disk that is mounted read-only" in database_fault(READ_ONLY)


def test_a_missing_folder_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name_database(monkeypatch, NAME=str(file.parent / "none" / "clinic.sqlite3"))
    assert database_fault(NOT_OPENED).startswith(f"The folder {file.parent / 'none'} of the database does not exist")


def test_a_locked_database_is_named(file: Path) -> None:
    fault = database_fault(OperationalError("database is locked"))
    assert fault == f"Another program holds the database {file} locked: end it, then start again."


def test_the_first_fault_is_named_and_not_its_consequence(file: Path) -> None:
    later = TransactionManagementError("An error occurred in the current transaction.")
    later.__cause__ = OperationalError("database or disk is full")
    assert database_fault(later) == f"The disk with the database {file} is full: make room on it."


def test_other_errors_of_sqlite_are_quoted(file: Path) -> None:
    assert database_fault(OperationalError("disk I/O error")) == f"The database {file} cannot be used (disk I/O error)."


class TestServer:
    """The error codes and texts are PostgreSQL's own."""

    @pytest.fixture(autouse=True)
    def _on_postgres(self, monkeypatch: pytest.MonkeyPatch) -> None:
        name_database(monkeypatch, ENGINE="django.db.backends.postgresql")

    @pytest.mark.parametrize(
        ("code", "start"),
        [
            ("53100", "The disk of the database server is full: make room on it."),
            ("25006", "The database takes no changes, it is read-only: "),
            ("28P01", "The database refuses the user or the password: "),
            ("28000", "The database refuses the user or the password: "),
            ("3D000", "The server has no database of the name in DATABASE_URL: "),
            ("55P03", "Another program holds a table of the database locked: "),
        ],
    )
    def test_each_reason_has_its_own_sentence(self, code: str, start: str) -> None:
        fault = database_fault(caused_by(psycopg.errors.lookup(code)("in the words of the server")))
        assert fault.startswith(start)
        assert ASK_THE_SERVER not in fault

    @pytest.mark.parametrize("code", ["08006", "57P01", "57P03", "08001"])
    def test_an_unreachable_server_points_to_the_address(self, code: str) -> None:
        fault = database_fault(caused_by(psycopg.errors.lookup(code)("gone\nand more")))
        assert fault == "The database cannot be used (gone). See that it runs, and that DATABASE_URL is right."

    @pytest.mark.parametrize("code", ["42P01", "53200", "40P01", "XX001"])
    def test_other_errors_of_the_server_are_quoted(self, code: str) -> None:
        fault = database_fault(caused_by(psycopg.errors.lookup(code)("odd\nLINE 1")))
        assert fault == "The database cannot be used (odd). See the server's log."

    def test_an_error_without_a_cause_points_to_the_address(self) -> None:
        assert database_fault(OperationalError("refused\nand more")) == (
            "The database cannot be used (refused). See that it runs, and that DATABASE_URL is right."
        )

    @pytest.mark.parametrize(
        ("text", "start"),
        [
            (
                'FATAL:  password authentication failed for user "clinic"',
                "The database refuses the user or the password",
            ),
            ("fe_sendauth: no password supplied", "The database refuses the user or the password"),
            ('FATAL:  role "nobody" does not exist', "The database refuses the user or the password"),
            ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', "The database refuses the user or the password"),
            ('FATAL:  database "nodb" does not exist', "The server has no database of the name in DATABASE_URL"),
            ("FATAL:  could not write init file: No space left on device", "The disk of the database server is full"),
            ("connection refused", "The database cannot be used (connection refused). See that it runs"),
        ],
    )
    def test_a_pool_timeout_asks_the_server_for_the_reason(
        self, monkeypatch: pytest.MonkeyPatch, text: str, start: str
    ) -> None:
        def refuse(**params: object) -> None:
            raise psycopg.OperationalError(text)

        monkeypatch.setattr(connections["default"], "get_connection_params", dict, raising=False)
        monkeypatch.setattr(psycopg, "connect", refuse)
        assert database_fault(caused_by(PoolTimeout("couldn't get a connection after 5.00 sec"))).startswith(start)

    def test_a_pool_timeout_is_reported_as_such_if_the_server_answers_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connections["default"], "get_connection_params", dict, raising=False)
        monkeypatch.setattr(psycopg, "connect", lambda **params: StringIO())
        fault = database_fault(caused_by(PoolTimeout("couldn't get a connection after 5.00 sec")))
        assert fault.startswith("The database cannot be used (couldn't get a connection after 5.00 sec).")


def caused_by(fault: psycopg.Error) -> OperationalError:
    """Return the error that Django raises because of `fault`."""
    error = OperationalError(str(fault))
    error.__cause__ = fault
    return error
