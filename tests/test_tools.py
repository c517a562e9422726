"""Programs that the tests and the bench need are found, installed if permitted, or named."""

import shutil
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from clinic_site import bootstrap
from tests import tools
from tests.tools import Tool

INSTALLED = shutil.ignore_patterns("node_modules")


class BareMachine:
    """A machine without the tools; apt installs them, or fails."""

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


def test_only_missing_tools_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = BareMachine(monkeypatch, installable=True)
    machine.installed = ["browser"]
    assert tools.install(machine.tools, may_install=True) == []
    assert machine.installed == ["browser", "database"]
    assert tools.install(machine.tools, may_install=True) == []
    assert machine.installed == ["browser", "database"]


@pytest.mark.parametrize(("installable", "may_install"), [(False, True), (True, False)])
def test_a_tool_that_cannot_be_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, installable: bool, may_install: bool
) -> None:
    machine = BareMachine(monkeypatch, installable)
    assert tools.install(machine.tools, may_install) == ["No browser was found", "No database was found"]
    assert machine.installed == []


@pytest.fixture
def without_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a machine without tools where nothing may be installed. Return the folder on its PATH."""
    monkeypatch.setattr(tools, "POSTGRES_FOLDERS", tmp_path / "debian")
    monkeypatch.setattr(tools, "NGINX_FOLDERS", "")
    monkeypatch.setattr(tools, "NPM_FOLDER", shutil.copytree(tools.NPM_FOLDER, tmp_path / "npm", ignore=INSTALLED))
    monkeypatch.setattr(tools, "may_install_packages", lambda: False)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def add_programs(folder: Path, *names: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch(mode=0o755)
    return str(folder)


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_missing_tool_fails_ci_and_is_reported_elsewhere(
    without_tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, status: int
) -> None:
    monkeypatch.setenv("CI", ci)
    assert tools.main("test") == status
    printed = capsys.readouterr().out
    for name in ("Chromium", "PostgreSQL server", "nginx", "WebKit", "Firefox", "Xvfb", "npm"):
        assert f"*** No {name} was found" in printed
    assert printed.count("and run `make test` again. Everything else is tested now. ***") == 7


def test_the_bench_reports_missing_programs_and_packages(
    without_tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(bootstrap, "main", lambda arguments: 1)
    assert tools.main("bench") == 0
    printed = capsys.readouterr().out
    for name in ("No nginx", "No wrk", "No PostgreSQL server", "Pelican and gunicorn"):
        assert f"*** {name}" in printed
    assert printed.count("and run `make bench` again. Everything else is measured now. ***") == 4


def test_an_installed_nginx_is_stopped(without_tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> None:
        commands.append(command)
        if "install" in command:
            add_programs(without_tools, "nginx")

    monkeypatch.setattr(subprocess, "run", run)
    assert tools.install([tools.NGINX], may_install=True) == []
    assert commands[-1] == [str(without_tools / "nginx"), "-s", "stop"]


def test_programs_on_the_path_are_found(without_tools: Path) -> None:
    finders = {
        "chromium": tools.find_browser,
        "nginx": tools.find_nginx,
        "wrk": tools.find_wrk,
        "WebKitWebDriver": tools.find_webkit,
        "firefox-esr": tools.find_firefox,
        "Xvfb": tools.find_xvfb,
        "npm": tools.find_npm,
    }
    for name, find in finders.items():
        assert find() == ""
        add_programs(without_tools, name)
        assert find() == str(without_tools / name)


def test_a_browser_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    assert tools.find_browser() == "/opt/chromium"


def add_postgres(folder: Path, programs: Sequence[str] = tools.POSTGRES_PROGRAMS) -> str:
    return add_programs(folder, *programs)


def test_a_postgresql_on_the_path_comes_before_debians_newest(without_tools: Path) -> None:
    assert tools.find_postgres() == ""
    add_postgres(tools.POSTGRES_FOLDERS / "15" / "bin")
    newest = add_postgres(tools.POSTGRES_FOLDERS / "17" / "bin")
    assert tools.find_postgres() == newest
    on_path = add_postgres(without_tools)
    assert tools.find_postgres() == on_path


def test_a_postgresql_without_its_server_does_not_count(without_tools: Path) -> None:
    add_postgres(without_tools, ["initdb", "pg_ctl"])
    assert tools.find_postgres() == ""


class Npm:
    """An npm that installs what is locked, or reaches no registry."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, online: bool = True) -> None:
        self.calls: list[list[str]] = []
        self.online = online
        monkeypatch.setattr(subprocess, "run", self.run)

    def run(self, command: list[str], cwd: Path, **_: object) -> None:
        self.calls.append(command[1:])
        if self.online:
            script = cwd / "node_modules" / tools.CODESNIFFER
            script.parent.mkdir(parents=True, exist_ok=True)
            script.touch()
            shutil.copy(cwd / "package-lock.json", cwd / "node_modules" / ".package-lock.json")


def test_the_second_engine_is_installed_once(without_tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = Npm(monkeypatch)
    add_programs(without_tools, "npm")
    assert tools.find_codesniffer() == ""
    for _ in range(2):
        assert tools.install_codesniffer(may_install=False) == []
    assert npm.calls == [["ci", "--ignore-scripts"]]
    assert tools.find_codesniffer() == str(tools.NPM_FOLDER / "node_modules" / tools.CODESNIFFER)


def test_another_version_of_the_second_engine_is_replaced(without_tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = Npm(monkeypatch)
    add_programs(without_tools, "npm")
    tools.install_codesniffer(may_install=False)
    lock = tools.NPM_FOLDER / "package-lock.json"
    lock.write_text(lock.read_text().replace("sha512-", "sha512-another"))
    assert tools.find_codesniffer() == ""
    assert tools.install_codesniffer(may_install=False) == []
    assert len(npm.calls) == 2


def test_without_a_network_the_second_engine_is_named(without_tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Npm(monkeypatch, online=False)
    add_programs(without_tools, "npm")
    assert tools.install_codesniffer(may_install=False) == [tools.NO_CODESNIFFER]


def test_the_lock_names_a_hash_and_no_registry() -> None:
    lock = (tools.NPM_FOLDER / "package-lock.json").read_text()
    assert '"integrity": "sha512-' in lock
    assert "://" not in lock


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_test_without_its_tool_fails_in_ci_and_is_skipped_elsewhere(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="No nginx"):
        tools.need(lambda: "", tools.NO_NGINX)
    assert tools.need(lambda: "/usr/bin/it", tools.NO_NGINX) == "/usr/bin/it"
