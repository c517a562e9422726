"""A machine that cannot be made ready is told so in one sentence."""

import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from clinic_site import bootstrap
from clinic_site.bootstrap import NotReadyError, Tool

EMPTY_LOCK = "# nothing is needed\n"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text(EMPTY_LOCK)
    return path


def test_a_python_that_is_too_old_is_named() -> None:
    bootstrap.check_python(3, 11)
    with pytest.raises(NotReadyError, match=r"This is Python 3\.9, and the site needs 3\.11 or newer"):
        bootstrap.check_python(3, 9)


def test_makes_the_environment_once(tmp_path: Path, lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / ".venv"
    bootstrap.make_environment(folder, lock)
    assert "Making .venv" in capsys.readouterr().out
    assert (folder / ".installed-requirements").read_text() == hashlib.sha256(EMPTY_LOCK.encode()).hexdigest()
    bootstrap.make_environment(folder, lock)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("spoiled", ["bin/pip", "bin/python"])
def test_an_environment_left_half_made_is_made_again(tmp_path: Path, lock: Path, spoiled: str) -> None:
    folder = tmp_path / ".venv"
    bootstrap.make_environment(folder, lock)
    (folder / spoiled).unlink()
    bootstrap.make_environment(folder, lock)
    assert (folder / spoiled).exists()


def test_ctrl_c_ends_in_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "make_environment", interrupt)
    assert bootstrap.main("requirements.txt") == 130
    assert capsys.readouterr().err == "Stopped. Run it again to go on.\n"


def test_installs_again_when_the_lock_changed(tmp_path: Path, lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / ".venv"
    venv.create(folder, with_pip=True)
    (folder / ".installed-requirements").write_text("of an older lock")
    bootstrap.make_environment(folder, lock)
    assert "Installing what requirements.txt lists" in capsys.readouterr().out


def test_without_a_network_says_to_check_it(tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    lock.write_text(f"no-such-package-of-ours==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(NotReadyError, match=r"could not be installed .*: check the network connection and try again"):
        bootstrap.make_environment(tmp_path / ".venv", lock)


def test_a_python_without_venv_says_what_to_install(
    tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise subprocess.CalledProcessError(1, "ensurepip")

    monkeypatch.setattr(venv, "create", fails)
    with pytest.raises(NotReadyError, match="apt install python3-venv"):
        bootstrap.make_environment(tmp_path / ".venv", lock)


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path, lock: Path) -> None:
    blocked = tmp_path / "file" / ".venv"
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotReadyError, match="cannot be written to"):
        bootstrap.make_environment(blocked, lock)


class BareMachine:
    """Nothing of what the tests use is there; apt installs it, or fails to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, installable: bool) -> None:
        self.installed: list[str] = []
        self.installable = installable
        self.tools = [Tool(partial(self.find, name), name, f"No {name} was found") for name in ("browser", "database")]
        monkeypatch.setattr(subprocess, "run", self.run)

    def find(self, name: str) -> str:
        return "/usr/bin/it" if name in self.installed else ""

    def run(self, command: list[str], **_: object) -> None:
        if self.installable and "install" in command:
            self.installed.append(command[-1])


def test_tools_that_are_there_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = BareMachine(monkeypatch, installable=True)
    machine.installed = ["browser"]
    bootstrap.make_tools_ready(machine.tools, ci=True, may_install=True)
    assert machine.installed == ["browser", "database"]
    bootstrap.make_tools_ready(machine.tools, ci=True, may_install=True)
    assert machine.installed == ["browser", "database"]


def test_in_ci_a_missing_tool_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = BareMachine(monkeypatch, installable=False)
    with pytest.raises(NotReadyError, match=r"^No browser was found\.$"):
        bootstrap.make_tools_ready(machine.tools, ci=True, may_install=True)


def test_on_a_laptop_nothing_is_installed_and_what_is_missing_is_said_aloud(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = BareMachine(monkeypatch, installable=True)
    bootstrap.make_tools_ready(machine.tools, ci=False, may_install=False)
    assert machine.installed == []
    said = capsys.readouterr().out
    assert "*** No browser was found and run `make test` again." in said
    assert "*** No database was found and run `make test` again." in said


def test_a_browser_may_be_named_or_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    assert bootstrap.find_browser() == "/opt/chromium"
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setenv("PATH", "")
    assert bootstrap.find_browser() == ""


def make_postgres(folder: Path, programs: Sequence[str] = bootstrap.POSTGRES_PROGRAMS) -> str:
    folder.mkdir(parents=True)
    for name in programs:
        (folder / name).touch(mode=0o755)
    return str(folder)


def test_a_postgresql_on_the_path_comes_before_debians_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "POSTGRES_FOLDERS", tmp_path / "debian")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert bootstrap.find_postgres() == ""
    make_postgres(tmp_path / "debian" / "15" / "bin")
    newest = make_postgres(tmp_path / "debian" / "17" / "bin")
    assert bootstrap.find_postgres() == newest
    on_path = make_postgres(tmp_path / "bin")
    assert bootstrap.find_postgres() == on_path


def test_a_postgresql_without_its_server_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "POSTGRES_FOLDERS", tmp_path / "debian")
    monkeypatch.setenv("PATH", make_postgres(tmp_path / "bin", ["initdb", "pg_ctl"]))
    assert bootstrap.find_postgres() == ""


def test_the_command_ends_in_one_sentence_and_status_one(tmp_path: Path) -> None:
    old = f"import sys; sys.version_info = (3, 9); from clinic_site.bootstrap import main; sys.exit(main('{tmp_path}'))"
    done = subprocess.run([sys.executable, "-c", old], capture_output=True, text=True, cwd=bootstrap.ROOT)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "This is Python 3.9" in done.stderr


@pytest.fixture
def equipped(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine on which every tool is found."""
    return {"CHROMIUM": "/opt/chromium", "PATH": make_postgres(tmp_path / "bin")}


def test_the_command_makes_tools_and_environment_ready(
    monkeypatch: pytest.MonkeyPatch, lock: Path, equipped: dict[str, str]
) -> None:
    for name, value in equipped.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bootstrap, "ROOT", lock.parent)
    assert [bootstrap.main("tools"), bootstrap.main("requirements.txt")] == [0, 0]


def test_it_runs_as_a_script(equipped: dict[str, str]) -> None:
    script = [sys.executable, "clinic_site/bootstrap.py", "tools"]
    assert subprocess.run(script, cwd=bootstrap.ROOT, env=equipped | coverage_settings()).returncode == 0


def coverage_settings() -> dict[str, str]:
    """What lets a child process be measured."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}


def test_every_package_is_locked_with_hashes_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (bootstrap.ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
