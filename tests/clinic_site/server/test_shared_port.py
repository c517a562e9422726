"""A server started beside an older one on the same port ends, and says why."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clinic_site.server import listeners, shared_port
from tests.clinic_site.server.port_sharer import listen
from tests.serving import ROOT, START_TIME, Site, free_port

pytestmark = pytest.mark.server

HERE = "127.0.0.1"


@contextmanager
def sharer(address: str, port: int, *how: str) -> Iterator[int]:
    """Run another process on that port until the block ends; yield the id of the older process it finds, 0 for none."""
    command = [sys.executable, "-m", "tests.clinic_site.server.port_sharer", address, str(port), *how]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        yield int(process.stdout.readline())
        process.stdin.close()


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (HERE, HERE, True),
        (HERE, "0.0.0.0", True),  # noqa: S104
        ("0.0.0.0", HERE, True),  # noqa: S104
        (HERE, "127.0.0.2", False),
    ],
)
def test_the_newer_server_finds_the_older_one(first: str, second: str, shared: bool) -> None:
    port = free_port()
    with listen(first, port), sharer(second, port) as found:
        assert found == (os.getpid() if shared else 0)
        assert [shared_port.find_older_process(mine) for mine in shared_port.listening(os.getpid())] == [None]


def test_different_ports_are_not_shared() -> None:
    with listen(HERE, free_port()), sharer(HERE, free_port()) as found:
        assert found == 0


def test_workers_of_one_server_share_its_port() -> None:
    with sharer(HERE, free_port(), "workers") as found:
        assert found == 0


@pytest.mark.parametrize("shared", [True, False])
def test_a_server_beside_an_older_one_ends_with_the_reason(shared: bool) -> None:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "tests.clinic_site.server.port_sharer",
        HERE,
        str(port if shared else free_port()),
        "end",
    ]
    with listen(HERE, port):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == (-signal.SIGTERM if shared else 0)
    assert (f"Process {os.getpid()} answers on port {port} already, so this server ends." in done.stderr) is shared
    assert ("goes on" in done.stdout) is not shared


def test_a_process_that_never_listens_continues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_port, "LOOK_FOR", 0.1)
    shared_port.end_if_port_is_taken()


def test_without_proc_nothing_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(listeners, "PROC", tmp_path)
    with listen(HERE, free_port()):
        assert shared_port.listening(os.getpid()) == []


def test_a_second_granian_ends_and_the_first_continues(tmp_path: Path) -> None:
    port = free_port()
    variables = {"DEMO": "on", "VAR_FOLDER": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}"}
    environment = os.environ | variables
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    granian = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--no-log", "--port", str(port)]
    command = [*granian, "clinic_site.wsgi:application"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True) as first:
        site = Site(tmp_path, port, variables["DATABASE_URL"], first)
        try:
            assert site.fetch("/healthz") == (200, "ok\n")
            second = subprocess.run(
                command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, timeout=START_TIME, check=False
            )
            assert f"answers on port {port} already, so this server ends." in second.stderr
            assert site.fetch("/healthz") == (200, "ok\n")
        finally:
            first.terminate()
