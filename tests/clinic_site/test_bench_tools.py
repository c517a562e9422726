"""`make bench` installs its yardsticks itself, and says which it could not have."""

import subprocess
from pathlib import Path

import pytest

from clinic_site import bootstrap

LOCK = "requirements-bench.txt"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that needs no package as a yardstick, on a machine without programs."""
    (tmp_path / LOCK).write_text("# nothing is needed\n")
    (tmp_path / "bin").mkdir()
    for name, value in {"ROOT": tmp_path, "POSTGRES_FOLDERS": tmp_path, "NGINX_FOLDERS": ""}.items():
        monkeypatch.setattr(bootstrap, name, value)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def add_program(folder: Path, name: str) -> str:
    path = folder / "bin" / name
    path.touch(mode=0o755)
    return str(path)


def test_what_is_missing_is_said_aloud_and_the_rest_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main("bench-tools") == 0
    said = capsys.readouterr().out
    for name in ("nginx", "wrk", "PostgreSQL server"):
        assert f"*** No {name} was found" in said
    assert said.count("and run `make bench` again. Everything else is measured now. ***") == 3
    assert (folder / ".venv-bench" / "bin" / "python").exists()


def test_packages_that_cannot_be_had_are_no_reason_to_stop(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise bootstrap.NotReadyError("Check the network.")

    monkeypatch.setattr(bootstrap, "make_environment", refuse)
    assert bootstrap.main("bench-tools") == 0
    assert "*** Pelican and gunicorn are missing. Check the network. ***" in capsys.readouterr().out


def test_an_nginx_that_was_installed_is_stopped_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> None:
        commands.append(command)
        if "install" in command:
            add_program(folder, command[-1])

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(bootstrap, "make_environment", lambda *_: None)
    bootstrap.make_bench_ready(may_install=True)
    assert commands[-1] == [str(folder / "bin" / "nginx"), "-s", "stop"]
    del commands[:]
    bootstrap.make_bench_ready(may_install=False)
    assert commands == []


def test_programs_that_are_there_are_found(folder: Path) -> None:
    assert (bootstrap.find_nginx(), bootstrap.find_wrk()) == ("", "")
    assert add_program(folder, "nginx") == bootstrap.find_nginx()
    assert add_program(folder, "wrk") == bootstrap.find_wrk()


def test_every_yardstick_is_locked_with_hashes_and_no_address() -> None:
    text = (Path(__file__).parent.parent.parent / LOCK).read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_the_yardstick_has_the_django_of_the_site() -> None:
    root = Path(__file__).parent.parent.parent
    lines = [
        [line for line in (root / name).read_text().splitlines() if line.startswith("django==")]
        for name in (LOCK, "requirements.txt")
    ]
    assert lines[0] == lines[1] != []
