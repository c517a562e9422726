"""Repeated kills of the server under load lose and duplicate no confirmed request."""

import email
import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.appointments.http_clients import Senders
from tests.inside import run_inside
from tests.serving import OwnDatabase, Serving, Site, wait_until
from tests.soak import Figures, often

pytestmark = pytest.mark.soak
KILLS = often(4, soak=500)
SENDERS = 4
LONGEST_LIFE = 1.0  # seconds under load before the next kill
END_OF_MAIL = b"-" * 79  # the line that Django writes after each mail in a file


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase, serving: Serving) -> Any:
    """Confirmed requests, stored requests, and counts of sent mails after the last kill."""
    var = tmp_path_factory.mktemp("killed")
    senders = Senders()
    with own_database(var / "demo.sqlite3") as database_url, pytest.MonkeyPatch.context() as patch:
        _serve_once(var, database_url, patch, serving)
        with senders.at_work(SENDERS):
            for round_number in range(KILLS):
                _serve_and_kill(var, database_url, senders, round_number, serving)
            with serving(var, DATABASE_URL=database_url) as site:
                _come_up(site, senders)
        yield {
            "confirmed": senders.confirmed,
            "stored": run_inside(var, database_url, "tests.appointments.subprocess_kill"),
            "left": _mails_that_left(var),
        }


def _serve_once(var: Path, database_url: str, patch: pytest.MonkeyPatch, serving: Serving) -> None:
    """Start once to create the key that signs forms: the forms of the senders must be valid."""
    with serving(var, web_only=True, DATABASE_URL=database_url) as site:
        site.wait_for_the_port()
    patch.setattr(settings, "SECRET_KEY", (var / "secret_key").read_text())


def _serve_and_kill(var: Path, database_url: str, senders: Senders, round_number: int, serving: Serving) -> None:
    """Serve and kill; every other time the mail worker is killed too, otherwise it survives briefly."""
    with serving(var, DATABASE_URL=database_url) as site:
        before = len(senders.confirmed)
        _come_up(site, senders)
        wait_until(lambda: len(senders.confirmed) > before)  # a busy machine may take its time to answer first
        time.sleep(random.uniform(0, LONGEST_LIFE))  # noqa: S311 (chance, not a secret)
        workers = _children(site.process.pid) if round_number % 2 else []
        os.killpg(site.process.pid, signal.SIGKILL)
        for worker in workers:
            _kill(worker)
        site.process.communicate()


def _come_up(site: Site, senders: Senders) -> None:
    site.wait_for_the_port()
    senders.port = site.port


def _children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it was killed with the process group of the server


def _mails_that_left(var: Path) -> Counter[str]:
    """Map Message-IDs without their domain to the number of complete copies of the mail."""
    whole = [text for path in (var / "mail").iterdir() for text in path.read_bytes().split(END_OF_MAIL)[:-1]]
    return Counter(str(email.message_from_bytes(text.lstrip())["Message-ID"])[1:].split("@")[0] for text in whole)


def test_the_server_was_under_load(killed: Any, figures: Figures) -> None:
    figures.add("Server killed under load", KILLS, "times")
    figures.add("… requests confirmed", len(killed["confirmed"]))
    assert len(killed["confirmed"]) >= KILLS


def test_confirmed_requests_are_stored_once(killed: Any, figures: Figures) -> None:
    stored = Counter(request["name"] for request in killed["stored"])
    not_once = [name for name in killed["confirmed"] if stored[name] != 1]
    figures.add("… of these lost or doubled", len(not_once))
    assert not_once == []


def test_resent_forms_are_not_stored_twice(killed: Any) -> None:
    assert [name for name, count in Counter(request["name"] for request in killed["stored"]).items() if count > 1] == []
    assert len({request["reference"] for request in killed["stored"]}) == len(killed["stored"])


def test_every_stored_request_is_complete(killed: Any) -> None:
    """Request, audit event and both mails, or nothing."""
    assert {(request["submitted"], len(request["mails"])) for request in killed["stored"]} == {(1, 2)}


def test_every_mail_was_sent_and_none_more_than_twice(killed: Any, figures: Figures) -> None:
    mails = {key: status for request in killed["stored"] for key, status in request["mails"].items()}
    assert set(mails.values()) == {"sent"}
    figures.add("… mails sent", len(mails))
    figures.add("… of these sent twice", [killed["left"][key] for key in mails].count(2))
    assert {killed["left"][key] for key in mails} <= {1, 2}
    others = killed["left"].keys() - mails.keys()
    assert all(
        key.startswith("articles-") for key in others
    )  # without the weekly reminder, which belongs to no request
