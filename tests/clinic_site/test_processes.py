"""How a process is the only one of its kind, ends with its parent, and is named by the port it listens on."""

import os
import signal
import time
from pathlib import Path

import pytest

from clinic_site import processes
from clinic_site.processes import RunsAlreadyError, folder, listeners, only_process
from tests.processes import another_process, another_process_locks, listener
from tests.serving import ROOT, free_port

PARENT = """
import time
from multiprocessing import get_context
from clinic_site.processes import end_with_parent

def wait():
    end_with_parent()
    time.sleep(60)

child = get_context("fork").Process(target=wait)
child.start()
print(child.pid, flush=True)
time.sleep(60)
"""
NOBODY = 2**22 + 1  # more than any process may be numbered


class TestOnlyProcess:
    def test_refuses_a_second_one_and_names_the_first(self, tmp_path: Path) -> None:
        lock = tmp_path / "var" / "lock"
        with another_process_locks(lock) as other, pytest.raises(RunsAlreadyError) as refusal, only_process(lock):
            pass
        assert refusal.value.process == other

    def test_is_free_again_once_the_first_has_ended(self, tmp_path: Path) -> None:
        for _ in range(2):
            with another_process_locks(tmp_path / "lock"):
                pass
        with only_process(tmp_path / "lock"):
            assert (tmp_path / "lock").read_text() == str(os.getpid())

    def test_names_nobody_where_the_first_has_not_signed_yet(self, tmp_path: Path) -> None:
        lock = tmp_path / "lock"
        with another_process_locks(lock):
            lock.write_text("")
            with pytest.raises(RunsAlreadyError) as refusal, only_process(lock):
                pass
        assert refusal.value.process == 0


class TestListeners:
    def test_names_the_process_that_listens(self, tmp_path: Path) -> None:
        with listener(tmp_path) as (port, process):
            assert listeners(port) == [process]
            assert folder(process) == tmp_path

    def test_finds_nobody_on_a_free_port(self) -> None:
        assert listeners(free_port()) == []

    def test_finds_nobody_where_the_system_does_not_tell(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(processes, "PROC", tmp_path)
        assert listeners(8000) == []

    def test_passes_over_processes_of_others(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whose open files cannot be read: here one that has just ended."""
        (tmp_path / "net").mkdir()
        row = "0: 0100007F:1F40 00000000:0000 0A 0:0 0:0 0 0 0 77 1"
        (tmp_path / "net" / "tcp").write_text(f"heading\n{row}\n")
        (tmp_path / "12").mkdir()
        monkeypatch.setattr(processes, "PROC", tmp_path)
        assert listeners(8000) == []

    def test_knows_no_folder_of_a_process_that_has_ended(self) -> None:
        assert folder(NOBODY) is None


def test_a_child_ends_with_its_parent() -> None:
    with another_process(PARENT, ROOT) as (child, parent):
        os.kill(parent, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while Path(f"/proc/{child}/cwd").exists():
            assert time.monotonic() < deadline, "the child outlives its parent"
            time.sleep(0.05)
