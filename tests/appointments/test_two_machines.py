"""Two servers with mail workers on one database: one of each is killed under load, the other continues."""

import email
import os
import random
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from appointments.outbox import CONNECTIONS
from tests.appointments.http_clients import Senders
from tests.inside import run_inside
from tests.serving import OwnDatabase, Serving, Site, wait_until
from tests.soak import Figures, often

pytestmark = pytest.mark.soak
SENDERS = 8
MORE = 15  # requests that must be confirmed before the next step
KILLED_WORKERS = often(2, soak=100)
END_OF_MAIL = b"-" * 79  # the line that Django writes after each mail in a file


@dataclass
class Balanced(Senders):
    """Every try goes to a random server, even a dead one, as behind a load balancer without health checks."""

    ports: list[int] = field(default_factory=list)

    def _post(self, form: dict[str, object]) -> int:
        self.port = random.choice(self.ports)  # noqa: S311 (chance, not a secret)
        return super()._post(form)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase, serving: Serving) -> Any:
    """Confirmed requests, stored requests, and counts of sent mails after the last kill."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    senders = Balanced()
    with own_database(folders[0] / "demo.sqlite3") as database_url, pytest.MonkeyPatch.context() as patch:
        with machine(folders[0], database_url, serving) as first:
            shutil.copy(folders[0] / "secret_key", folders[1])  # machines of one site share the secret key
            patch.setattr(settings, "SECRET_KEY", (folders[0] / "secret_key").read_text())
            with machine(folders[1], database_url, serving) as second:
                senders.ports = [first.port, second.port]
                with senders.at_work(SENDERS):
                    alone = _kill_one_of_each(first, second, senders)
        stored = run_inside(folders[0], database_url, "tests.appointments.subprocess_kill")
    return {"confirmed": senders.confirmed, "alone": alone, "stored": stored, "left": _mails_that_left(folders)}


@contextmanager
def machine(var: Path, database_url: str, serving: Serving) -> Iterator[Site]:
    with serving(var, DATABASE_URL=database_url) as site:
        site.wait_for_the_port()
        yield site


def _kill_one_of_each(first: Site, second: Site, senders: Balanced) -> int:
    """Return the number of requests confirmed while one server and one mail worker were dead."""
    for number in range(KILLED_WORKERS):
        _wait_for_more(senders)
        _kill_mail_worker((first, second)[number % 2])
    os.killpg(first.process.pid, signal.SIGKILL)
    first.process.communicate()
    before = len(senders.confirmed)
    _wait_for_more(senders)
    return len(senders.confirmed) - before


def _wait_for_more(senders: Balanced) -> None:
    aim = len(senders.confirmed) + MORE
    wait_until(lambda: len(senders.confirmed) >= aim)


def _kill_mail_worker(site: Site) -> None:
    """Kill the mail worker, which the site restarts if it is alive."""
    wait_until(lambda: bool(_mail_workers(site)))
    for pid in _mail_workers(site):
        os.kill(pid, signal.SIGKILL)


def _mail_workers(site: Site) -> list[int]:
    command = ["pgrep", "-P", str(site.process.pid), "-f", "deliver_mail"]
    return [int(pid) for pid in subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()]


def _mails_that_left(folders: list[Path]) -> Counter[str]:
    """Map Message-IDs without their domain to the number of complete copies of the mail."""
    files = [path for folder in folders for path in folder.glob("mail/*")]
    whole = [text for path in files for text in path.read_bytes().split(END_OF_MAIL)[:-1]]
    return Counter(str(email.message_from_bytes(text.lstrip())["Message-ID"])[1:].split("@")[0] for text in whole)


def test_the_other_machine_continues(after: Any, figures: Figures) -> None:
    figures.add("Mail workers killed on two machines", KILLED_WORKERS)
    figures.add("… requests confirmed", len(after["confirmed"]))
    assert after["alone"] >= MORE


def test_confirmed_requests_are_stored_once(after: Any) -> None:
    stored = Counter(request["name"] for request in after["stored"])
    assert [name for name in after["confirmed"] if stored[name] != 1] == []
    assert [name for name, count in stored.items() if count > 1] == []


def test_every_stored_request_is_complete(after: Any) -> None:
    """Request, audit event and both mails, or nothing."""
    assert {(request["submitted"], len(request["mails"])) for request in after["stored"]} == {(1, 2)}


def test_every_mail_was_sent_and_only_those_of_killed_workers_twice(after: Any, figures: Figures) -> None:
    mails = {key: status for request in after["stored"] for key, status in request["mails"].items()}
    assert set(mails.values()) == {"sent"}
    left = Counter(after["left"][key] for key in mails)
    figures.add("… mails sent", len(mails))
    figures.add("… of these sent twice", left[2])
    assert left[1] + left[2] == len(mails)
    assert left[2] <= KILLED_WORKERS * CONNECTIONS
