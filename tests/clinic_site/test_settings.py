"""The environment is parsed strictly, and production refuses what belongs to the demo."""

import os
import re
import runpy
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, connections
from django.db.transaction import TransactionManagementError

import manage as manage_module
from clinic_site import demo
from clinic_site.database.faults import database_fault
from clinic_site.server.web_process import BLOCKING_THREADS
from clinic_site.settings import POSTGRESQL_POOL, close_connections, database, refuse_root
from manage import main as command_line
from tests.inside import Manage
from tests.serving import Serving, free_port

ROOT = Path(__file__).parent.parent.parent
OWN_THREADS = ("folder watcher", "pages")  # of a process that serves, which use the database beside those that answer
BY_DEFAULT = 100  # connections that PostgreSQL allows
PRODUCTION = {
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "clinic.example",
    "SITE_URL": "https://clinic.example",
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_URL": "smtp+tls://user:word@mail.clinic.example:587",
    "DEFAULT_FROM_EMAIL": "desk@clinic.example",
    "CONTENT_DIR": "tests/content",
    "BEHIND_PROXY": "on",
}


def production(tmp_path: Path, **overrides: str) -> dict[str, str]:
    return PRODUCTION | {"VAR_FOLDER": str(tmp_path)} | overrides


def read(**environment: str) -> dict[str, Any]:
    """Return the settings that a process with this environment, and no other, starts with."""
    with patch.dict(os.environ, environment, clear=True):
        return runpy.run_path(str(ROOT / "clinic_site/settings.py"))


def test_production_settings_pass_the_deployment_checks(tmp_path: Path, manage: Manage) -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", **production(tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "DEFAULT_FROM_EMAIL"])
def test_production_names_a_missing_variable(name: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        read(**PRODUCTION | {name: ""})
    assert (
        str(caught.value)
        == f"{name} is not set. Run this with clinic-manage, set it, or start the demo with `make serve`."
    )


def test_root_is_refused_where_another_user_owns_the_files(tmp_path: Path) -> None:
    refuse_root(os.geteuid() or 1, tmp_path)
    refuse_root(0, tmp_path / "missing")
    os.chown(tmp_path, os.geteuid() or 1, -1)  # never root, whoever runs the tests
    with pytest.raises(ImproperlyConfigured, match=f"because {tmp_path} belongs to somebody else.* clinic-manage"):
        refuse_root(0, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"), [("DEMO", "yes"), ("BEHIND_PROXY", "true"), ("PORT", "eighty"), ("PORT", "0")]
)
def test_an_invalid_value_in_the_environment_is_refused(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} is '{value}'. Set it to"):
        read(**PRODUCTION | {name: value})


def test_the_scheme_that_a_proxy_forwards_is_trusted_behind_one() -> None:
    assert read(**PRODUCTION | {"BEHIND_PROXY": "on"})["SECURE_PROXY_SSL_HEADER"] == (
        "HTTP_X_FORWARDED_PROTO",
        "https",
    )
    assert "SECURE_PROXY_SSL_HEADER" not in read(**PRODUCTION | {"BEHIND_PROXY": "off"})


@pytest.mark.parametrize(
    ("environment", "required"),
    [
        ({}, True),
        ({"SECOND_FACTOR": "off"}, True),
        ({"DEMO": "on"}, False),
        ({"DEMO": "on", "SECOND_FACTOR": "on"}, True),
    ],
)
def test_a_second_factor_is_required_outside_the_demo(environment: dict[str, str], required: bool) -> None:
    base = {} if "DEMO" in environment else PRODUCTION
    assert read(**base, **environment)["SECOND_FACTOR_REQUIRED"] is required


@pytest.mark.parametrize(("environment", "prefix"), [(PRODUCTION, "__Host-"), ({"DEMO": "on"}, "")])
def test_no_other_host_sets_the_cookies_of_the_staff(environment: dict[str, str], prefix: str) -> None:
    found = read(**environment)
    names = (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"])
    assert names == (f"{prefix}sessionid", f"{prefix}csrftoken")
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is bool(prefix)  # which the prefix demands


def test_the_address_selects_the_database_engine() -> None:
    assert "init_command" in database("sqlite:////srv/clinic.sqlite3")["OPTIONS"]
    elsewhere = database("postgres://user:word@db.clinic.example/clinic")
    assert (elsewhere["ENGINE"], elsewhere["HOST"]) == ("django.db.backends.postgresql", "db.clinic.example")


def test_a_postgresql_address_may_have_options() -> None:
    options = database("postgres://user:word@db.clinic.example/clinic?sslmode=require")["OPTIONS"]
    assert options["pool"] == POSTGRESQL_POOL
    assert options["sslmode"] == "require"


@pytest.mark.parametrize(
    ("address", "password"),
    [
        ("postgres://user:p%40ss%23w@host/name", "p@ss#w"),
        ("postgres://user:pa:ss@host:5433/name?sslmode=require", "pa:ss"),
        ("postgresql://user:word@[::1]/name", "word"),
        ("postgres://user:word@one:5432,two:5432/name", "word"),
        ("postgres:////var/run/postgresql/name", ""),
        ("sqlite:///:memory:", ""),
        ("sqlite://:memory:", ""),
    ],
)
def test_these_database_addresses_are_accepted(address: str, password: str) -> None:
    named = database(address)
    assert (named["NAME"], named.get("PASSWORD", "")) == (":memory:" if "sqlite" in address else "name", password)


@pytest.mark.parametrize(
    "address",
    [
        "clinic",
        "mysql://user:word@host/name",
        "sqlite:clinic.sqlite3",
        "postgres://user:word@host",
        "postgres://user:word@host/",
        "postgres://user:word@host:no/name",
        "postgres://user:word@host:70000/name",
        *(f"postgres://user:wo{sign}rd@host/name" for sign in "/?#[]"),
        *(f"postgres://user:w@o{sign}rd@host/name" for sign in "/?#[]"),
    ],
)
def test_an_ambiguous_address_is_refused_and_not_quoted(tmp_path: Path, address: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        database(address)
    assert str(caught.value).startswith("DATABASE_URL is no address like")
    assert not re.search("user:w|rd@", str(caught.value).replace("user:password@host", ""))


@pytest.mark.parametrize("demo_or_not", ["on", "off"])
def test_production_and_demo_refuse_an_invalid_address(demo_or_not: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL is no address like"):
        read(**PRODUCTION | {"DATABASE_URL": "clinic", "DEMO": demo_or_not})


def test_an_unreachable_database_is_reported_without_its_password(tmp_path: Path, manage: Manage) -> None:
    address = f"postgres://user:Secr3t@127.0.0.1:{free_port()}/name"
    done = manage("desk_health", **production(tmp_path, DATABASE_URL=address))
    *reasons, last = done.stderr.splitlines()
    assert done.returncode == 1
    assert all("WARNING psycopg.pool: error connecting in " in line and "refused" in line for line in reasons), reasons
    assert reasons
    assert last.startswith("The database cannot be used (connection failed: ")
    assert "refused). See that it runs, and that DATABASE_URL is right." in last
    assert "Secr3t" not in done.stderr


def test_docs_and_settings_agree_on_threads_and_connections() -> None:
    threads, connections = BLOCKING_THREADS, POSTGRESQL_POOL["max_size"]
    assert connections == threads + len(OWN_THREADS)
    started = re.findall(r"--blocking-threads\W+(\d+)", (ROOT / "docs/operator-guide.md").read_text())
    assert started == [str(threads)]
    guide, network, settings = (
        (ROOT / name).read_text()
        for name in (
            "docs/operator-guide.md",
            "docs/decisions/0011-a-network-of-clinics.md",
            "clinic_site/settings.py",
        )
    )
    assert f"{threads} senders that never finish" in guide
    assert f"keeps 1 to {connections} connections open: its {threads} threads" in guide
    assert f"needs up to {connections}, the other two need one each. Allow {connections + 2} for each machine" in guide
    assert f"up to {connections} a process, {BY_DEFAULT} by default. From the sixth app process on" in network
    assert f"PostgreSQL allows {BY_DEFAULT} by default,\n# enough for five such processes" in settings
    assert BY_DEFAULT // connections == 5


def test_connections_are_renewed_after_the_database_cut_them(tmp_path: Path, serving: Serving) -> None:
    with serving(tmp_path, web_only=True) as site:
        site.fetch("/readyz")
        cut_connections(site.database_url)
        assert site.fetch("/readyz")[0] == 200


def cut_connections(database_url: str) -> None:
    """Cut all connections, as a restart of the server does; SQLite has none."""
    if database_url.startswith("postgres"):
        with psycopg.connect(database_url) as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            cut = connection.execute(f"SELECT pg_terminate_backend(pid) {others}").fetchall()
        assert (True,) in cut


class Connection:
    """An SQLite connection, without a pool."""

    def __init__(self) -> None:
        self.closed: list[str] = []

    def close(self) -> None:
        self.closed.append("connection")


class PooledConnection(Connection):
    """A PostgreSQL connection with a pool."""

    def close_pool(self) -> None:
        self.closed.append("pool")


def test_connections_and_pools_are_closed_before_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, pooled = Connection(), PooledConnection()
    monkeypatch.setattr(connections, "all", lambda initialized_only: [plain, pooled])
    close_connections()
    assert (plain.closed, pooled.closed) == (["connection"], ["connection", "pool"])


def test_the_demo_may_use_another_database() -> None:
    own = read(DEMO="on")
    other = read(DEMO="on", DATABASE_URL="postgres://tester@localhost/other")
    names = [settings["DATABASES"]["default"]["NAME"] for settings in (own, other)]
    assert names == [str(own["VAR_FOLDER"] / "demo.sqlite3"), "other"]


def test_the_demo_refuses_a_database_on_another_machine_in_one_sentence(tmp_path: Path, manage: Manage) -> None:
    address = "postgres://user:word@db.clinic.example/clinic"
    done = manage("check", DEMO="on", VAR_FOLDER=str(tmp_path), DATABASE_URL=address)
    assert done.stderr == "DATABASE_URL is on another machine, and the demo is for this one. Unset it.\n"


def test_other_commands_are_djangos(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["manage.py", "version"])
    command_line()
    assert capsys.readouterr().out.startswith("5.2.")


def broken_by(error: Exception) -> Exception:
    """Return the error that Django raises in a transaction which `error` broke."""
    later = TransactionManagementError("An error occurred in the current transaction.")
    later.__cause__ = error
    return later


def test_an_internal_error_has_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(argv: list[str]) -> None:
        raise IntegrityError

    monkeypatch.setattr(manage_module, "execute_from_command_line", fail)
    with pytest.raises(IntegrityError):
        command_line()


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (ImproperlyConfigured("PORT is odd."), "PORT is odd."),
        (OSError("no room"), "no room"),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_at_the_start_end_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, fault: BaseException, status: str | int
) -> None:
    def fail(argv: list[str]) -> None:
        raise fault

    monkeypatch.setattr(manage_module, "execute_from_command_line", fail)
    with pytest.raises(SystemExit) as ended:
        command_line()
    assert ended.value.code == status


@pytest.mark.parametrize("fault", [OperationalError("no file"), broken_by(OperationalError("no file"))])
def test_an_unusable_database_ends_in_its_sentence(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(argv: list[str]) -> None:
        raise fault

    monkeypatch.setattr(manage_module, "execute_from_command_line", fail)
    with pytest.raises(SystemExit) as ended:
        command_line()
    assert ended.value.code == database_fault(OperationalError("no file"))


def test_the_demo_key_is_refused_in_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "SECRET_KEY_FILE", tmp_path / "secret_key")
    demo.SECRET_KEY_FILE.write_text(PRODUCTION["SECRET_KEY"])
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is the demo's own"):
        read(**PRODUCTION)


def test_the_demo_database_is_refused_in_production() -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL is the demo's database"):
        read(**PRODUCTION | {"DATABASE_URL": "sqlite:////srv/var/demo.sqlite3"})


def test_the_demo_clinic_is_refused_in_production(tmp_path: Path, manage: Manage) -> None:
    done = manage("check", "--deploy", **production(tmp_path, CONTENT_DIR="content"))
    assert "content/clinic.yaml still describes the made-up demo clinic" in done.stderr


def test_the_demo_makes_its_key_once_and_allows_loopback_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "SECRET_KEY_FILE", tmp_path / "secret_key")
    first, second = (read(DEMO="on") for _ in range(2))
    assert first["SECRET_KEY"] == second["SECRET_KEY"] == demo.SECRET_KEY_FILE.read_text()
    assert first["DEBUG"] is False
    assert first["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]", "127.0.0.1"]
    assert demo.SECRET_KEY_FILE.stat().st_mode & 0o077 == 0
