"""`reload`: a new process answers without a failed request, or the old one stays and the operator learns why."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from clinic_site.delivery.internal_request import Environ, StartResponse
from clinic_site.management.commands import reload
from clinic_site.server import web_process
from clinic_site.server.processes import lock_file, reload_report
from clinic_site.server.web_process import NotStartedError, WebProcess, open_port
from tests.content_builders import make_content
from tests.processes import another_process_locks, children_of
from tests.reloads import reload_under_load, run_command
from tests.serving import Serving, Site, free_port
from tests.soak import Figures, often

RELOADS = often(1, soak=20)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("reload")
    with serving(folder, web_only=True, CONTENT_DIR=str(make_content(folder))) as site:
        site.fetch("/healthz")
        yield site


@pytest.mark.soak
def test_no_request_fails_during_a_reload(site: Site, figures: Figures) -> None:
    before = set(children_of(site.process.pid))
    senders = reload_under_load(site, RELOADS)
    figures.add("Reloads under load", RELOADS)
    figures.add("… requests confirmed", len(senders.confirmed))
    figures.add("… requests that failed", len(senders.failed))
    assert senders.failed == []
    assert len(senders.confirmed) > 0
    assert len(before - set(children_of(site.process.pid))) == len(["the old web process"])


def test_a_new_process_replaces_the_old_one(site: Site) -> None:
    before = set(children_of(site.process.pid))
    done = run_command(site, "reload")
    assert (done.returncode, done.stdout) == (0, "A new process answers.\n")
    assert len(before - set(children_of(site.process.pid))) == len(["the old web process"])
    assert site.fetch("/healthz") == (200, "ok\n")


def test_the_old_process_stays_if_the_new_one_is_not_ready(site: Site) -> None:
    manifest = site.var / "static" / "staticfiles.json"
    whole = manifest.read_bytes()
    manifest.write_text("{}")
    try:
        done = run_command(site, "reload")
    finally:
        manifest.write_bytes(whole)
    assert done.returncode == 1
    assert "The site goes on with its old process, because the new one is not ready: " in done.stderr
    assert "/readyz says 500" in done.stderr
    assert site.fetch("/healthz") == (200, "ok\n")


def test_a_new_process_is_ended_if_the_site_is_stopped_meanwhile() -> None:
    with open_port(socket.AF_INET, "127.0.0.1", free_port()) as listener:
        web = WebProcess(listener, fresh=True)
        with pytest.raises(NotStartedError, match="it ended, or needed more than 60 seconds"):
            web.wait_until_ready(give_up=lambda: True)
    assert not Path(f"/proc/{web.number}").exists()


def test_the_server_ends_with_its_web_process(tmp_path: Path, serving: Serving) -> None:
    """Then whatever started the server, such as systemd, starts it again."""
    with serving(tmp_path) as site:
        site.fetch("/healthz")
        for child in children_of(site.process.pid):
            os.kill(child, signal.SIGKILL)
        output, _ = site.process.communicate(timeout=60)
    assert "The web process ended by itself: see the log." in output
    assert site.process.returncode == 1


def test_reload_without_a_running_site_says_so(settings: Settings) -> None:
    settings.PORT = free_port()
    with pytest.raises(CommandError, match=f"No `serve` of this site runs on port {settings.PORT}: start it"):
        call_command("reload")


def test_reload_does_not_wait_forever(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PORT = free_port()
    monkeypatch.setattr(reload, "PATIENCE", 0.2)
    monkeypatch.setattr(os, "kill", lambda *_: None)
    with another_process_locks(lock_file(settings.PORT)), pytest.raises(CommandError, match="did not answer within"):
        call_command("reload")


def test_reload_repeats_the_reason_of_the_site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PORT = free_port()
    monkeypatch.setattr(os, "kill", lambda *_: reload_report(settings.PORT).write_text("no static files"))
    with another_process_locks(lock_file(settings.PORT)), pytest.raises(CommandError, match="ready: no static files"):
        call_command("reload")


class TestWhyNotReady:
    """`why_not_ready` of a site that gives these answers one after another."""

    @pytest.mark.parametrize(
        ("answers", "why"),
        [
            (["200 OK"], ""),
            (["503 Service Unavailable", "200 OK"], ""),
            (["503 Service Unavailable"] * 9, "not ready"),
            (["500 Internal Server Error"], "/readyz says 500 Internal Server Error"),
        ],
    )
    def test_readyz_is_polled_until_the_site_is_ready_or_has_failed(
        self, monkeypatch: pytest.MonkeyPatch, answers: list[str], why: str
    ) -> None:
        monkeypatch.setattr(web_process, "ASK_EVERY", 0.01)
        monkeypatch.setattr(web_process, "READY_WITHIN", 0.03)
        statuses = iter(answers)

        def site(environ: Environ, start_response: StartResponse) -> list[bytes]:
            assert environ["PATH_INFO"] == "/readyz"
            start_response(next(statuses), [])
            return [b"not ready\n"]

        assert web_process.why_not_ready(site) == why
