"""Two servers, each with its mail worker, over one database: one of each is killed under load, the other goes on."""

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
from tests.appointments.senders import Senders
from tests.inside import run_inside
from tests.serving import OwnDatabase, Serving, Site, wait_until
from tests.soak import Figures, often

pytestmark = pytest.mark.soak
SENDERS = 8
MORE = 15  # requests that must be confirmed before the next thing happens
KILLED_WORKERS = often(2, soak=100)
END_OF_MAIL = b"-" * 79  # what Django writes after each mail in a file


@dataclass
class Balanced(Senders):
    """Each try goes to any of the servers, the dead one included, as behind a load balancer that knows no better."""

    ports: list[int] = field(default_factory=list)

    def _post(self, form: dict[str, object]) -> int:
        self.port = random.choice(self.ports)  # noqa: S311 (chance, not a secret)
        return super()._post(form)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase, serving: Serving) -> Any:
    """What was confirmed, what is stored, and how often each mail left, after the last kill."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    senders = Balanced()
    with own_database(folders[0] / "demo.sqlite3") as database_url, pytest.MonkeyPatch.context() as patch:
        with machine(folders[0], database_url, serving) as first:
            shutil.copy(folders[0] / "secret_key", folders[1])  # machines of one site share its key
            patch.setattr(settings, "SECRET_KEY", (folders[0] / "secret_key").read_text())
            with machine(folders[1], database_url, serving) as second:
                senders.ports = [first.port, second.port]
                with senders.at_work(SENDERS):
                    alone = _kill_one_of_each(first, second, senders)
        stored = run_inside(folders[0], database_url, "tests.appointments.survivors")
    return {"confirmed": senders.confirmed, "alone": alone, "stored": stored, "left": _mails_that_left(folders)}


@contextmanager
def machine(var: Path, database_url: str, serving: Serving) -> Iterator[Site]:
    with serving(var, DATABASE_URL=database_url) as site:
        site.wait_for_the_port()
        yield site


def _kill_one_of_each(first: Site, second: Site, senders: Balanced) -> int:
    """How many requests were confirmed while one server and one mail worker were dead."""
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
    """The site starts it anew, unless it is dead itself."""
    wait_until(lambda: bool(_mail_workers(site)))
    for pid in _mail_workers(site):
        os.kill(pid, signal.SIGKILL)


def _mail_workers(site: Site) -> list[int]:
    command = ["pgrep", "-P", str(site.process.pid), "-f", "deliver_mail"]
    return [int(pid) for pid in subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()]


def _mails_that_left(folders: list[Path]) -> Counter[str]:
    """Message-ID without its domain -> how often that mail stands whole in the files it was sent to."""
    files = [path for folder in folders for path in folder.glob("mail/*")]
    whole = [text for path in files for text in path.read_bytes().split(END_OF_MAIL)[:-1]]
    return Counter(str(email.message_from_bytes(text.lstrip())["Message-ID"])[1:].split("@")[0] for text in whole)


def test_the_other_machine_goes_on(after: Any, figures: Figures) -> None:
    figures.add("Mail workers killed on two machines", KILLED_WORKERS)
    figures.add("… requests confirmed", len(after["confirmed"]))
    assert after["alone"] >= MORE


def test_what_was_confirmed_is_stored_once(after: Any) -> None:
    stored = Counter(each["name"] for each in after["stored"])
    assert [name for name in after["confirmed"] if stored[name] != 1] == []
    assert [name for name, count in stored.items() if count > 1] == []


def test_everything_stored_is_whole(after: Any) -> None:
    """Request, audit event and both mails, or nothing."""
    assert {(each["submitted"], len(each["mails"])) for each in after["stored"]} == {(1, 2)}


def test_every_mail_left_and_twice_only_what_a_dead_worker_had_in_hand(after: Any, figures: Figures) -> None:
    mails = {key: status for each in after["stored"] for key, status in each["mails"].items()}
    assert set(mails.values()) == {"sent"}
    left = Counter(after["left"][key] for key in mails)
    figures.add("… mails sent", len(mails))
    figures.add("… of these sent twice", left[2])
    assert left[1] + left[2] == len(mails)
    assert left[2] <= KILLED_WORKERS * CONNECTIONS
