"""A process is the only one of its kind, ends with its parent, and is found by the port it listens on."""

import os
import signal
import time
from pathlib import Path

import pytest

from clinic_site.server.processes import RunsAlreadyError, folder, only_process
from tests.processes import another_process, another_process_locks, listener
from tests.serving import ROOT

PARENT = """
import time
from multiprocessing import get_context
from clinic_site.server.processes import end_with_parent

def wait():
    end_with_parent()
    time.sleep(60)

child = get_context("fork").Process(target=wait)
child.start()
print(child.pid, flush=True)
time.sleep(60)
"""
NOBODY = 2**22 + 1  # above the highest process id


class TestOnlyProcess:
    def test_a_second_process_is_refused_and_the_first_named(self, tmp_path: Path) -> None:
        lock = tmp_path / "var" / "lock"
        with another_process_locks(lock) as other, pytest.raises(RunsAlreadyError) as refusal, only_process(lock):
            pass
        assert refusal.value.process == other

    def test_the_lock_is_free_once_the_first_process_has_ended(self, tmp_path: Path) -> None:
        for _ in range(2):
            with another_process_locks(tmp_path / "lock"):
                pass
        with only_process(tmp_path / "lock"):
            assert (tmp_path / "lock").read_text() == str(os.getpid())

    def test_a_process_that_has_not_written_its_id_is_not_named(self, tmp_path: Path) -> None:
        lock = tmp_path / "lock"
        with another_process_locks(lock):
            lock.write_text("")
            with pytest.raises(RunsAlreadyError) as refusal, only_process(lock):
                pass
        assert refusal.value.process == 0


def test_the_folder_of_a_process_is_found(tmp_path: Path) -> None:
    with listener(tmp_path) as (_, process):
        assert folder(process) == tmp_path


def test_an_ended_process_has_no_folder() -> None:
    assert folder(NOBODY) is None


def test_a_child_ends_with_its_parent() -> None:
    with another_process(PARENT, ROOT) as (child, parent):
        os.kill(parent, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while Path(f"/proc/{child}/cwd").exists():
            assert time.monotonic() < deadline, "the child outlives its parent"
            time.sleep(0.05)
