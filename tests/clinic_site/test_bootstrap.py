"""A machine that cannot be made ready is told so in one sentence."""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from clinic_site import bootstrap
from clinic_site.bootstrap import NotReadyError

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


class NoBrowser:
    """A machine on which the next look finds no Chromium, or finds it after an installation."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, installable: bool) -> None:
        self.commands: list[list[str]] = []
        self.installable = installable
        monkeypatch.setattr(bootstrap, "find_browser", self.find)
        monkeypatch.setattr(subprocess, "run", lambda command, **_: self.commands.append(command))

    def find(self) -> str:
        return "/usr/bin/chromium" if self.commands and self.installable else ""


def test_the_browser_is_installed_where_we_may(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = NoBrowser(monkeypatch, installable=True)
    bootstrap.make_browser_ready(ci=True, may_install=True)
    assert machine.commands[-1][:2] == ["apt-get", "install"]


def test_in_ci_a_missing_browser_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    NoBrowser(monkeypatch, installable=False)
    with pytest.raises(NotReadyError, match="No Chromium was found"):
        bootstrap.make_browser_ready(ci=True, may_install=True)


def test_on_a_laptop_a_missing_browser_is_said_aloud(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = NoBrowser(monkeypatch, installable=False)
    bootstrap.make_browser_ready(ci=False, may_install=False)
    assert machine.commands == []
    assert "*** No Chromium was found" in capsys.readouterr().out


def test_a_browser_may_be_named_or_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    assert bootstrap.find_browser() == "/opt/chromium"
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setenv("PATH", "")
    assert bootstrap.find_browser() == ""


def test_the_command_ends_in_one_sentence_and_status_one(tmp_path: Path) -> None:
    old = f"import sys; sys.version_info = (3, 9); from clinic_site.bootstrap import main; sys.exit(main('{tmp_path}'))"
    done = subprocess.run([sys.executable, "-c", old], capture_output=True, text=True, cwd=bootstrap.ROOT)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "This is Python 3.9" in done.stderr


def test_the_command_makes_browser_and_environment_ready(monkeypatch: pytest.MonkeyPatch, lock: Path) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    monkeypatch.setattr(bootstrap, "ROOT", lock.parent)
    assert [bootstrap.main("browser"), bootstrap.main("requirements.txt")] == [0, 0]


def test_it_runs_as_a_script() -> None:
    script = [sys.executable, "clinic_site/bootstrap.py", "browser"]
    assert (
        subprocess.run(script, cwd=bootstrap.ROOT, env={"CHROMIUM": "/opt/chromium"} | coverage_settings()).returncode
        == 0
    )


def coverage_settings() -> dict[str, str]:
    """What lets a child process be measured."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}


def test_every_package_is_locked_with_hashes_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (bootstrap.ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
