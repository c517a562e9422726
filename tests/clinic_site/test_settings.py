"""The environment is parsed strictly, and production refuses what the demo left."""

import os
import re
import sys
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, connections
from django.db.transaction import TransactionManagementError

import manage as manage_module
from clinic_site.database_faults import database_fault
from clinic_site.settings import POSTGRESQL_POOL, close_connections, database, refuse_root
from clinic_site.web_server import BLOCKING_THREADS
from manage import main as command_line
from tests.inside import Manage
from tests.serving import Serving, free_port

ROOT = Path(__file__).parent.parent.parent
OWN_THREADS = ("lookout", "pages")  # of a process that serves, which use the database beside those that answer
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


def test_production_settings_pass_the_deployment_checks(tmp_path: Path, manage: Manage) -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", **production(tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "DEFAULT_FROM_EMAIL"])
def test_production_names_the_variable_that_is_missing(tmp_path: Path, name: str, manage: Manage) -> None:
    done = manage("check", **production(tmp_path, **{name: ""}))
    assert (
        done.stderr == f"{name} is not set. Run this with clinic-manage, set it, or start the demo with `make serve`.\n"
    )


def test_root_is_sent_to_the_user_whose_files_they_are(tmp_path: Path) -> None:
    refuse_root(os.geteuid() or 1, tmp_path)
    refuse_root(0, tmp_path / "missing")
    os.chown(tmp_path, os.geteuid() or 1, -1)  # somebody who is not root, whoever runs the tests
    with pytest.raises(ImproperlyConfigured, match=f"because {tmp_path} belongs to somebody else.* clinic-manage"):
        refuse_root(0, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"), [("DEMO", "yes"), ("BEHIND_PROXY", "true"), ("PORT", "eighty"), ("PORT", "0")]
)
def test_a_typing_slip_in_the_environment_is_refused(tmp_path: Path, name: str, value: str, manage: Manage) -> None:
    done = manage("check", **production(tmp_path, **{name: value}))
    assert done.returncode != 0
    assert f"{name} is '{value}'. Set it to" in done.stderr
    assert done.stderr.count("\n") == 1


def test_behind_a_proxy_its_word_on_https_is_taken(tmp_path: Path, manage: Manage) -> None:
    show = "from django.conf import settings; print(settings.SECURE_PROXY_SSL_HEADER)"
    done = manage("shell", "-v0", "-c", show, **production(tmp_path, BEHIND_PROXY="on"))
    assert done.stdout.strip() == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_the_database_is_a_matter_of_its_address() -> None:
    assert "init_command" in database("sqlite:////srv/clinic.sqlite3")["OPTIONS"]
    elsewhere = database("postgres://user:word@db.clinic.example/clinic")
    assert (elsewhere["ENGINE"], elsewhere["HOST"]) == ("django.db.backends.postgresql", "db.clinic.example")


def test_postgresql_takes_options_from_its_address() -> None:
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
def test_a_database_may_be_named_in_these_ways(address: str, password: str) -> None:
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
def test_an_address_that_could_be_read_in_two_ways_is_refused_and_not_quoted(tmp_path: Path, address: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        database(address)
    assert str(refused.value).startswith("DATABASE_URL is no address like")
    assert not re.search("user:w|rd@", str(refused.value).replace("user:password@host", ""))


@pytest.mark.parametrize("demo", ["on", "off"])
def test_production_and_demo_refuse_it_in_a_sentence(tmp_path: Path, demo: str, manage: Manage) -> None:
    done = manage("check", **production(tmp_path, DATABASE_URL="clinic", DEMO=demo))
    assert done.stderr.startswith("DATABASE_URL is no address like")
    assert done.stderr.count("\n") == 1


def test_a_database_that_does_not_answer_is_told_with_the_reason_and_without_the_password(
    tmp_path: Path, manage: Manage
) -> None:
    address = f"postgres://user:Secr3t@127.0.0.1:{free_port()}/name"
    done = manage("desk_health", **production(tmp_path, DATABASE_URL=address))
    *reasons, last = done.stderr.splitlines()
    assert done.returncode == 1
    assert all("WARNING psycopg.pool: error connecting in " in line and "refused" in line for line in reasons), reasons
    assert reasons
    assert last.startswith("The database cannot be used (connection failed: ")
    assert "refused). See that it runs, and that DATABASE_URL is right." in last
    assert "Secr3t" not in done.stderr


def test_threads_and_their_connections_are_as_many_wherever_they_are_named() -> None:
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


def test_a_database_that_cut_every_connection_is_used_again(tmp_path: Path, serving: Serving) -> None:
    with serving(tmp_path) as site:
        site.fetch("/readyz")
        cut_connections(site.database_url)
        assert site.fetch("/readyz")[0] == 200


def cut_connections(database_url: str) -> None:
    """As a restart of the server does. SQLite has none to cut."""
    if database_url.startswith("postgres"):
        with psycopg.connect(database_url) as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            cut = connection.execute(f"SELECT pg_terminate_backend(pid) {others}").fetchall()
        assert (True,) in cut


class Connection:
    """One of SQLite's, which knows no pool."""

    def __init__(self) -> None:
        self.closed: list[str] = []

    def close(self) -> None:
        self.closed.append("connection")


class PooledConnection(Connection):
    """One of PostgreSQL's."""

    def close_pool(self) -> None:
        self.closed.append("pool")


def test_a_forked_process_is_left_no_connection_and_no_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, pooled = Connection(), PooledConnection()
    monkeypatch.setattr(connections, "all", lambda initialized_only: [plain, pooled])
    close_connections()
    assert (plain.closed, pooled.closed) == (["connection"], ["connection", "pool"])


def test_the_demo_may_be_given_another_database(tmp_path: Path, manage: Manage) -> None:
    show = "from django.conf import settings as s; print(s.DATABASES['default']['NAME'])"
    demo = {"DEMO": "on", "VAR_FOLDER": str(tmp_path)}
    own = manage("shell", "-v0", "-c", show, **demo)
    other = manage("shell", "-v0", "-c", show, **demo, DATABASE_URL="postgres://tester@localhost/other")
    assert [own.stdout.strip(), other.stdout.strip()] == [str(tmp_path / "demo.sqlite3"), "other"]


def test_the_demo_refuses_a_database_on_another_machine(tmp_path: Path, manage: Manage) -> None:
    address = "postgres://user:word@db.clinic.example/clinic"
    done = manage("check", DEMO="on", VAR_FOLDER=str(tmp_path), DATABASE_URL=address)
    assert done.stderr == "DATABASE_URL is on another machine, and the demo is for this one. Unset it.\n"


def test_the_command_line_is_djangos_own(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["manage.py", "version"])
    command_line()
    assert capsys.readouterr().out.startswith("5.2.")


def broken_by(error: Exception) -> Exception:
    """What Django raises when it goes on with a transaction that `error` broke."""
    later = TransactionManagementError("An error occurred in the current transaction.")
    later.__cause__ = error
    return later


def test_a_fault_of_ours_is_shown_with_all_that_led_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_faults_of_the_start_end_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, fault: BaseException, status: str | int
) -> None:
    def fail(argv: list[str]) -> None:
        raise fault

    monkeypatch.setattr(manage_module, "execute_from_command_line", fail)
    with pytest.raises(SystemExit) as ended:
        command_line()
    assert ended.value.code == status


@pytest.mark.parametrize("fault", [OperationalError("no file"), broken_by(OperationalError("no file"))])
def test_a_database_that_cannot_be_used_ends_in_its_sentence(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(argv: list[str]) -> None:
        raise fault

    monkeypatch.setattr(manage_module, "execute_from_command_line", fail)
    with pytest.raises(SystemExit) as ended:
        command_line()
    assert ended.value.code == database_fault(OperationalError("no file"))


def test_the_demo_key_is_refused_in_production(tmp_path: Path, manage: Manage) -> None:
    (tmp_path / "secret_key").write_text(PRODUCTION["SECRET_KEY"])
    assert "SECRET_KEY is the demo's own" in manage("check", **production(tmp_path)).stderr


def test_the_demo_database_is_refused_in_production(tmp_path: Path, manage: Manage) -> None:
    done = manage("check", **production(tmp_path, DATABASE_URL="sqlite:////srv/var/demo.sqlite3"))
    assert "DATABASE_URL is the demo's database" in done.stderr


def test_the_demo_clinic_is_refused_in_production(tmp_path: Path, manage: Manage) -> None:
    done = manage("check", "--deploy", **production(tmp_path, CONTENT_DIR="content"))
    assert "content/clinic.yaml still describes the made-up demo clinic" in done.stderr


def test_the_demo_makes_its_key_once_and_answers_on_loopback_only(tmp_path: Path, manage: Manage) -> None:
    show = "from django.conf import settings as s; print(s.SECRET_KEY, s.DEBUG, *s.ALLOWED_HOSTS)"
    first, second = (manage("shell", "-v0", "-c", show, DEMO="on", VAR_FOLDER=str(tmp_path)).stdout for _ in range(2))
    assert first == second
    assert first.split()[1:] == ["False", "127.0.0.1", "localhost", "[::1]", "127.0.0.1"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
