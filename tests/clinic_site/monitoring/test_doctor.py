"""The doctor looks at every part, says in a line each what is wrong, and exits with 1 when something is."""

import datetime as dt
import os
import smtplib
import socket
import ssl
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from pytest_django import Settings

from clinic_site.database.append_only import tables_without_triggers
from clinic_site.mail import smtp_backend
from clinic_site.monitoring import backup_ages, disk_encryption, doctor
from clinic_site.monitoring.doctor import findings
from tests.appointments.builders import make_message

pytestmark = pytest.mark.django_db
DROP = {
    "sqlite": "DROP TRIGGER appointments_auditevent_no_update",
    "postgresql": "ALTER TABLE appointments_auditevent DISABLE TRIGGER appointments_auditevent_written_once",
}


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private folder, with a backup and a drill of today."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    for module in (backup_ages, doctor):
        monkeypatch.setattr(module, "VAR_FOLDER", folder)
    for what in (backup_ages.BACKUP, backup_ages.DRILL):
        backup_ages.record(what, timezone.now())
    return folder


@pytest.fixture(autouse=True)
def _private_database(monkeypatch: pytest.MonkeyPatch, var: Path) -> None:
    """Name a database in the private folder: the tests' own is in memory."""
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(var / "clinic.sqlite3"))


def diagnosis() -> tuple[str, str]:
    """Return the printed lines and the error, "" if there is none."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_a_healthy_site_has_a_line_for_each_part() -> None:
    lines, error = diagnosis()
    parts = ["settings", "database", "migrations", "triggers", "mail server", "permissions", "encryption"]
    parts += ["certificate", "first backup", "desk", "facts", "publisher", "mail", "disk", "content", "clock", "backup"]
    assert lines.splitlines() == [f"{part}: ok" for part in parts]
    assert error == ""


def test_what_is_wrong_stands_in_its_line_and_the_command_fails() -> None:
    make_message(status="failed")
    lines, error = diagnosis()
    assert "desk: Mails that were given up: 1\n" in lines
    assert error.startswith("Things to see to: ")


def test_a_warning_about_the_settings_comes_with_its_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [checks.Warning("It is odd.", hint="Mend it."), checks.Info("It is so."), checks.Error("It is wrong.")]
    monkeypatch.setattr(checks, "run_checks", lambda **options: found)
    assert findings()["settings"] == ["It is odd. Mend it.", "It is wrong."]


def test_a_database_that_is_away_is_named_and_hides_no_other_part(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr(connection, "cursor", fail)
    found = findings()
    assert found["database"][0].startswith("The database ")
    assert "cannot be said" in found["migrations"][0]
    assert found["clock"] == []


def test_migrations_to_apply_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *arguments: [1, 2])
    assert findings()["migrations"][0].startswith("Migrations that are not applied: 2.")


def test_a_table_whose_rows_could_be_changed_is_named() -> None:
    assert tables_without_triggers() == []
    with connection.cursor() as cursor:
        cursor.execute(DROP[connection.vendor])
    assert findings()["triggers"][0].startswith("The database lets rows of appointments_auditevent be changed")


class TestMailServer:
    @pytest.fixture(autouse=True)
    def _smtp(self, settings: Settings) -> None:
        settings.EMAIL_BACKEND = settings.SMTP_BACKEND
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # where nobody listens

    def test_one_that_does_not_answer_is_reported(self) -> None:
        assert findings()["mail server"][0].startswith("The mail server lets nobody sign in (ConnectionRefusedError)")

    def test_one_that_answers_gets_no_mail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        calls: list[str] = []
        monkeypatch.setattr(smtp_backend.EmailBackend, "open", lambda backend: calls.append("open"))
        monkeypatch.setattr(smtp_backend.EmailBackend, "send_messages", lambda *arguments: calls.append("send"))
        assert findings()["mail server"] == []
        assert calls == ["open"]

    def test_a_refused_sign_in_is_reported_without_the_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(backend: object) -> None:
            raise smtplib.SMTPAuthenticationError(535, b"word is wrong")

        monkeypatch.setattr(smtp_backend.EmailBackend, "open", refuse)
        (line,) = findings()["mail server"]
        assert "SMTPAuthenticationError" in line
        assert "word is wrong" not in line


def test_a_folder_that_everybody_may_look_into_is_named(var: Path) -> None:
    var.chmod(0o755)
    assert findings()["permissions"] == [f"Everybody on this machine may look into {var}: run chmod o-rwx {var}."]


def test_the_folder_of_a_database_file_is_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "database"
    folder.mkdir()
    folder.chmod(0o755)  # whatever the mask of this process is
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(folder / "clinic.sqlite3"))
    for engine, reported in (("sqlite", True), ("postgresql", False)):
        monkeypatch.setattr(doctor, "connection", SimpleNamespace(vendor=engine))
        assert (f"look into {folder}" in str(findings()["permissions"])) == reported


class TestEncryption:
    @pytest.fixture(autouse=True)
    def _disks(self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.DEMO = False
        monkeypatch.setattr(disk_encryption, "BLOCK_DEVICES", tmp_path / "sys")

    @pytest.fixture
    def device(self, var: Path, tmp_path: Path) -> Path:
        """The device of the private folder, made of two others, as an array is."""
        number = var.stat().st_dev
        device = tmp_path / "sys" / f"{os.major(number)}:{os.minor(number)}"
        for name in ("one", "two"):
            (device / "slaves" / name / "dm").mkdir(parents=True)
        return device

    def name(self, device: Path, kind: str) -> None:
        (device / "dm").mkdir(exist_ok=True)
        (device / "dm" / "uuid").write_text(f"{kind}-of-a-device")

    def test_a_disk_of_which_nothing_is_known_is_reported(self, var: Path) -> None:
        (line,) = findings()["encryption"]
        assert line.startswith(f"{var} is on a disk that this machine does not encrypt: ")

    def test_an_encrypted_disk_is_seen(self, device: Path) -> None:
        self.name(device, "CRYPT-LUKS2")
        assert findings()["encryption"] == []

    def test_a_volume_is_encrypted_if_all_that_is_below_it_is(self, device: Path) -> None:
        self.name(device, "LVM")
        self.name(device / "slaves" / "one", "CRYPT-LUKS2")
        assert len(findings()["encryption"]) == 1
        self.name(device / "slaves" / "two", "CRYPT-LUKS2")
        assert findings()["encryption"] == []

    def test_the_operator_may_know_more(self, settings: Settings) -> None:
        settings.DISK_IS_ENCRYPTED = True
        assert findings()["encryption"] == []


class TestCertificate:
    @pytest.fixture(autouse=True)
    def _https(self, settings: Settings) -> None:
        settings.SITE_URL = "https://clinic.example"

    @pytest.mark.parametrize(("days", "reported"), [(60, False), (10, True), (-1, True)])
    def test_one_that_ends_soon_is_reported(self, monkeypatch: pytest.MonkeyPatch, days: int, reported: bool) -> None:
        ends = timezone.now() + dt.timedelta(days=days)
        monkeypatch.setattr(doctor, "certificate_end", lambda host, port: ends)
        assert bool(findings()["certificate"]) == reported

    def test_a_site_that_does_not_answer_is_reported(self, settings: Settings) -> None:
        settings.SITE_URL = "https://127.0.0.1:1"
        assert findings()["certificate"][0].startswith("127.0.0.1 does not answer over HTTPS (")

    def test_the_date_is_read_from_the_certificate(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The certificate is given here: to make one needs a program that may be missing."""
        monkeypatch.setattr(ssl, "create_default_context", lambda: Context())
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            assert doctor.certificate_end("127.0.0.1", port) == dt.datetime(2027, 1, 10, 12, 0, tzinfo=dt.UTC)


class Context:
    """A TLS context that takes any connection for one with a certificate."""

    def wrap_socket(self, plain: socket.socket, server_hostname: str) -> "Context":
        return self

    def __enter__(self) -> "Context":
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def getpeercert(self) -> dict[str, str]:
        return {"notAfter": "Jan 10 12:00:00 2027 GMT"}
