"""The processes that listen on a port, as /proc tells."""

from pathlib import Path

import pytest

from clinic_site.server import listeners
from clinic_site.server.listeners import processes_on
from tests.processes import listener
from tests.serving import free_port


def test_the_listening_process_is_found(tmp_path: Path) -> None:
    with listener(tmp_path) as (port, process):
        assert processes_on(port) == [process]


def test_a_free_port_has_no_listener() -> None:
    assert processes_on(free_port()) == []


def test_without_proc_no_listener_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "PROC", tmp_path)
    assert processes_on(8000) == []


def test_processes_of_other_users_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their open files cannot be read; a process that has just ended stands in for them."""
    (tmp_path / "net").mkdir()
    row = "0: 0100007F:1F40 00000000:0000 0A 0:0 0:0 0 0 0 77 1"
    (tmp_path / "net" / "tcp").write_text(f"heading\n{row}\n")
    (tmp_path / "12").mkdir()
    monkeypatch.setattr(listeners, "PROC", tmp_path)
    assert processes_on(8000) == []
