"""`make serve`: from nothing to a running site, and each possible failure in one sentence."""

import contextlib
import http.client
import os
import random
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from clinic_site.database.faults import database_fault
from clinic_site.demo import demo_passwords
from clinic_site.management.commands import serve
from clinic_site.server.processes import lock_file
from tests.clinic_site.test_settings import production
from tests.content_builders import make_article, make_content
from tests.inside import Manage
from tests.processes import another_process_locks, children_of, listener
from tests.serving import ROOT, START_TIME, Serving, free_port
from tests.soak import often


@pytest.fixture(autouse=True)
def _same_mask() -> Iterator[None]:
    """Undo the mask for new files that the command sets for the demo in this process."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def test_a_first_start_serves_prints_two_sign_ins_and_stops_on_ctrl_c(tmp_path: Path, serving: Serving) -> None:
    with serving(tmp_path, cold=True) as site:
        status, home = site.fetch("/")
        ready, _ = site.fetch("/readyz")
        output = site.stop()
    assert (status, ready, site.process.returncode) == (200, 200, 0)
    assert "This is a demonstration." in home
    assert f"{site.url}/admin/" in output
    assert re.search(r"Front desk +demo-desk +\S{12,}", output)
    assert re.search(r"Staff editors +demo-editor +\S{12,}", output)
    assert "Traceback" not in output


def test_closing_the_terminal_stops_the_site(tmp_path: Path, serving: Serving) -> None:
    with serving(tmp_path) as site:
        site.fetch("/healthz")
        os.killpg(site.process.pid, signal.SIGHUP)
        site.process.communicate(timeout=10)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", site.port), timeout=5)


@pytest.mark.soak
def test_a_stop_at_any_moment_after_the_port_is_open_ends_the_site(tmp_path: Path, serving: Serving) -> None:
    for number in range(often(2, soak=50)):
        with serving(tmp_path) as site:
            site.wait_for_the_port()
            time.sleep(random.uniform(0, 0.3) if number % 2 else 0)  # noqa: S311 (chance, not a secret)
            output = site.stop()
        assert (site.process.returncode, "Traceback" in output) == (0, False)


def test_a_host_name_of_this_machine_is_accepted() -> None:
    with serve.open_address("localhost", free_port()) as taken:
        assert taken.getsockname()[0] in ("127.0.0.1", "::1")


def test_a_port_in_use_is_reported(settings: Settings) -> None:
    with listener(Path("/")) as (port, _), pytest.raises(CommandError) as refusal:
        serve.open_address("127.0.0.1", port)
    assert str(refusal.value).startswith(f"Port {port} is in use by another program: choose another")


def test_a_process_left_behind_is_named_with_how_to_end_it() -> None:
    with listener(ROOT) as (port, process), pytest.raises(CommandError) as refusal:
        serve.open_address("127.0.0.1", port)
    assert f"left behind: process {process}. End it with `kill -9 {process}`" in str(refusal.value)


def test_a_second_copy_is_refused_and_the_first_named(settings: Settings) -> None:
    settings.PORT = free_port()
    with another_process_locks(lock_file(settings.PORT)) as process:
        refusal = f"runs already on port {settings.PORT}: process {process}. Stop that one, or choose another"
        with pytest.raises(CommandError, match=refusal):
            call_command("serve")


def test_a_killed_server_leaves_no_process_behind(tmp_path: Path, serving: Serving) -> None:
    with serving(tmp_path) as site:
        site.fetch("/healthz")
        children = children_of(site.process.pid)
        assert len(children) == len(["the web process", "the mail worker"])
        children += children_of(children[0])
        site.process.kill()
        site.process.communicate()
        deadline = time.monotonic() + START_TIME
        while any(Path(f"/proc/{child}").exists() for child in children):
            assert time.monotonic() < deadline, "a child outlives its parent"
            time.sleep(0.1)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", site.port), timeout=5)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_before_anything_answers_is_obeyed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    settings.PORT = free_port()
    monkeypatch.setattr(serve.Command, "prepare", lambda _: os.kill(os.getpid(), number))
    before = signal.getsignal(number)
    call_command("serve")
    assert "Stopped." in capsys.readouterr().out
    assert signal.getsignal(number) is before


def test_a_stop_lost_during_a_fork_is_obeyed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python drops an exception that is raised while a process forks."""

    def stop_at_a_bad_moment(_: object) -> None:
        with contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)

    settings.PORT = free_port()
    monkeypatch.setattr(serve.Server, "start", lambda server: setattr(server, "web", Mock(has_ended=False)))
    monkeypatch.setattr(serve.Command, "prepare", stop_at_a_bad_moment)
    monkeypatch.setattr(serve, "mail_worker", nullcontext)
    before = signal.getsignal(signal.SIGUSR1)
    try:
        call_command("serve")
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_no_other_server_can_share_the_port() -> None:
    """Not even one that asks to, as granian does by itself."""
    port = free_port()
    with serve.open_address("127.0.0.1", port) as first, socket.socket() as other:
        first.listen()
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))


def test_a_forbidden_port_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(CommandError, match=r"Port 80 cannot be used \(Permission denied\)"):
        serve.open_address("127.0.0.1", 80)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CommandError, match=r"HOST=no\.such\.host\.invalid is not an address of this machine"):
        serve.open_address("no.such.host.invalid", 8000)


def test_the_demo_listens_on_loopback_only(settings: Settings) -> None:
    with pytest.raises(CommandError, match=r"HOST=0\.0\.0\.0 can be reached from other machines"):
        serve.open_address("0.0.0.0", free_port())  # noqa: S104
    settings.DEMO = False
    serve.open_address("0.0.0.0", free_port()).close()  # noqa: S104


def test_an_unwritable_folder_is_reported(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only() -> None:
        raise OSError(30, "Read-only file system")

    settings.PORT = free_port()
    monkeypatch.setattr(serve, "collect_static", read_only)
    monkeypatch.setattr(serve, "call_command", lambda *_, **__: None)
    with pytest.raises(CommandError, match=r"The site cannot start: .*Read-only file system"):
        call_command("serve")


def test_an_unusable_database_is_reported(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("database or disk is full")

    settings.PORT = free_port()
    monkeypatch.setattr(serve, "call_command", fail)
    fault = re.escape(database_fault(OperationalError("database or disk is full")))
    with pytest.raises(CommandError, match=f"^The site cannot start. {fault}$"):
        call_command("serve")


def test_web_only_prepares_nothing_and_sends_no_mail(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Recorder(serve.Server):
        def start(self) -> None:
            done.append("started")

        def run(self) -> None:
            done.append("answers")

    settings.PORT = free_port()
    monkeypatch.setattr(serve, "Server", Recorder)
    monkeypatch.setattr(serve.Command, "prepare", lambda _: done.append("prepared"))
    monkeypatch.setattr(serve, "mail_worker", lambda: done.append("mail"))
    before = signal.getsignal(signal.SIGUSR1)
    try:
        call_command("serve", web_only=True)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert done == ["started", "answers"]


def test_production_serves_a_real_clinic_over_https_and_prints_no_sign_in(tmp_path: Path, serving: Serving) -> None:
    database = f"sqlite:///{tmp_path / 'clinic.sqlite3'}"
    with serving(
        tmp_path, **production(tmp_path, DATABASE_URL=database, DEMO="off", ALLOWED_HOSTS="127.0.0.1,clinic.example")
    ) as site:
        site.wait_for_the_port()
        with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)) as connection:
            connection.request("GET", "/")
            response = connection.getresponse()
        output = site.stop()
    assert (response.status, response.getheader("Location")) == (301, "https://clinic.example/")
    assert "https://clinic.example/admin/" in output
    assert "demo-desk" not in output


def test_production_refuses_to_serve_the_demo_clinic(tmp_path: Path, manage: Manage) -> None:
    database = f"sqlite:///{tmp_path / 'clinic.sqlite3'}"
    environment = production(tmp_path, CONTENT_DIR="content", DATABASE_URL=database, PORT=str(free_port()))
    done = manage("serve", **environment)
    assert done.returncode != 0
    assert "made-up demo clinic" in done.stderr


@pytest.mark.django_db
def test_the_demo_sign_ins_work_and_keep_their_passwords() -> None:
    serve.make_demo_users()
    before = User.objects.get(username="demo-desk").password
    serve.make_demo_users()
    assert User.objects.get(username="demo-desk").password == before
    passwords = demo_passwords()
    for name, password in passwords.items():
        assert Client().login(username=name, password=password)


@pytest.mark.django_db
def test_content_problems_are_printed_at_the_start(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, odd=make_article(titel="slip"))
    monkeypatch.setattr(serve, "collect_static", lambda: None)
    serve.Command().prepare()
    assert "content/articles/odd.md:" in capsys.readouterr().err


def test_a_mail_worker_that_ends_is_started_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stopping = threading.Event()
    script = f"open({str(tmp_path / 'runs')!r}, 'a').write('x')"
    keeper = threading.Thread(target=serve.keep_running, args=([sys.executable, "-c", script], stopping))
    keeper.start()
    while not (tmp_path / "runs").exists() or len((tmp_path / "runs").read_text()) < 2:
        assert keeper.is_alive()
    stopping.set()
    keeper.join()
    assert "ended with status 0 and is started again" in caplog.text
