"""A fresh machine gets exactly the locked packages; one that cannot be prepared fails with one sentence.

No network is needed: the package index is a folder that the test serves, with the machine's own uv.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clinic_site import bootstrap
from clinic_site.bootstrap import NotReadyError
from tests.clinic_site.package_index import PackageIndex, package_index

pytestmark = pytest.mark.server
ROOT = bootstrap.ROOT
LARGE = 1_000_000  # bytes
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt", "requirements-installer.txt")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackageIndex]:
    """Serve an index with this machine's uv, and `asker`, which needs an extra of `carrier`; carrier 2 is newer."""
    with package_index(tmp_path_factory.mktemp("index")) as index:
        uv = (bootstrap.INSTALLER / "bin" / "uv").read_bytes()
        index.add("uv", "1.0", files={"uv-1.0.data/scripts/uv": uv})
        index.add("asker", "1.0", "Requires-Dist: carrier[extra]\n")
        for version in ("1.0", "2.0"):
            index.add("carrier", version, "Provides-Extra: extra\n")
        index.add("unlisted", "1.0")
        yield index


@dataclass
class Machine:
    """A fresh machine: a copy of the site's bootstrap, and nothing installed."""

    folder: Path
    environment: dict[str, str]

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def run(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "clinic_site/bootstrap.py", *arguments]
        environment = self.environment | variables
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

    def installed(self, folder: str = ".venv") -> set[str]:
        """Return name==version of each package of the environment."""
        packages = (self.folder / folder / "lib").glob("python*/site-packages/*.dist-info")
        return {path.name.removesuffix(".dist-info").replace("-", "==") for path in packages}


def make_machine(folder: Path, index: PackageIndex) -> Machine:
    (folder / "clinic_site").mkdir(parents=True)
    shutil.copy(ROOT / "clinic_site" / "bootstrap.py", folder / "clinic_site")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_", "COVERAGE"))}
    pip = {"PIP_INDEX_URL": index.url, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"}
    machine = Machine(folder, inherited | pip | {"UV_CACHE_DIR": str(folder / "cache"), "UV_HTTP_RETRIES": "0"})
    machine.write("requirements-installer.txt", index.lock("uv==1.0"))
    return machine


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, index: PackageIndex) -> Machine:
    """Return a machine that had nothing, after its first installation: of a package that needs an extra."""
    machine = make_machine(tmp_path_factory.mktemp("fresh") / "site", index)
    machine.write("requirements.txt", index.lock("asker==1.0", "carrier==1.0"))
    done = machine.run("requirements.txt")
    assert done.returncode == 0, done.stdout + done.stderr
    return machine


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, fresh: Machine, index: PackageIndex) -> Path:
    """Return the folder of a machine that has the installer, and an environment of one package."""
    folder = tmp_path_factory.mktemp("prepared") / "site"
    shutil.copytree(fresh.folder, folder, symlinks=True, copy_function=link_or_copy)
    machine = Machine(folder, fresh.environment)
    machine.write("requirements.txt", index.lock("carrier==1.0"))
    done = machine.run("requirements.txt")
    assert done.returncode == 0, done.stderr
    return folder


def link_or_copy(source: str, target: str) -> None:
    """Copy a small file; hard-link a large one, which no test changes in place."""
    if Path(source).stat().st_size > LARGE:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


@pytest.fixture
def ready(tmp_path: Path, index: PackageIndex, prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a machine with an environment of its own. Its installer is that of `prepared`, which these tests share.

    The functions of bootstrap that a test calls in this process work on this machine.
    """
    machine = make_machine(tmp_path / "site", index)
    shutil.copytree(prepared / ".venv", machine.folder / ".venv", symlinks=True)
    shutil.copy(prepared / "requirements.txt", machine.folder)
    monkeypatch.setattr(bootstrap, "INSTALLER", prepared / ".venv-installer")
    monkeypatch.setattr(bootstrap, "INSTALLER_LOCK", machine.folder / "requirements-installer.txt")
    monkeypatch.setattr(bootstrap, "ROOT", machine.folder)
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    for name, value in machine.environment.items():
        monkeypatch.setenv(name, value)
    return machine


@pytest.fixture
def installer(ready: Machine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an installer of the machine's own, from which uv is gone.

    `venv.create` would take seconds to make one with pip; here it copies the shared one without uv.
    """

    def create(folder: str, *, with_pip: bool, clear: bool) -> None:
        assert with_pip
        if clear:
            shutil.rmtree(folder)
        shutil.copytree(shared, folder, symlinks=True, ignore=shutil.ignore_patterns("uv*", bootstrap.STAMP))

    shared, own = bootstrap.INSTALLER, ready.folder / ".venv-installer"
    create(str(own), with_pip=True, clear=False)
    shutil.copy(shared / bootstrap.STAMP, own)
    monkeypatch.setattr(venv, "create", create)
    monkeypatch.setattr(bootstrap, "INSTALLER", own)
    return own


def test_a_lock_installs_the_listed_release_of_an_extra(fresh: Machine) -> None:
    """pip 23 takes the extra's newest release, which has no hash, and refuses the whole lock."""
    assert fresh.installed() == {"asker==1.0", "carrier==1.0"}


def test_a_pin_may_name_its_extra(ready: Machine, index: PackageIndex) -> None:
    ready.write("requirements.txt", index.lock("asker==1.0", "carrier[extra]==1.0"))
    assert bootstrap.main(["requirements.txt"]) == 0
    assert ready.installed() == {"asker==1.0", "carrier==1.0"}


def test_packages_that_the_lock_does_not_list_are_removed(ready: Machine, index: PackageIndex) -> None:
    ready.write("requirements.txt", index.lock("unlisted==1.0", "carrier==2.0"))
    assert bootstrap.main(["requirements.txt"]) == 0
    assert ready.installed() == {"unlisted==1.0", "carrier==2.0"}
    ready.write("requirements.txt", index.lock("carrier==1.0"))
    assert bootstrap.main(["requirements.txt"]) == 0
    assert ready.installed() == {"carrier==1.0"}


def test_a_second_start_prints_nothing_and_needs_no_network(
    ready: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    assert bootstrap.main(["requirements.txt"]) == 0
    assert capsys.readouterr() == ("", "")


def test_an_environment_of_a_larger_lock_is_left_in_place(
    ready: Machine, index: PackageIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make serve` after `make test` uses the tests' packages, and removes none."""
    ready.write("requirements-dev.txt", index.lock("carrier==1.0", "unlisted==1.0"))
    assert bootstrap.main(["requirements-dev.txt"]) == 0
    capsys.readouterr()
    assert bootstrap.main(["requirements.txt", "requirements-dev.txt"]) == 0
    assert capsys.readouterr().out == ""
    assert ready.installed() == {"carrier==1.0", "unlisted==1.0"}


def test_another_folder_can_be_named(ready: Machine, index: PackageIndex) -> None:
    ready.write("requirements-bench.txt", index.lock("unlisted==1.0"))
    assert bootstrap.main(["requirements-bench.txt", "--folder", ".venv-bench"]) == 0
    assert ready.installed(".venv-bench") == {"unlisted==1.0"}
    assert ready.installed() == {"carrier==1.0"}


@pytest.mark.parametrize("spoiled", [".venv/bin/python", ".venv/pyvenv.cfg"])
def test_a_half_made_environment_is_made_again(ready: Machine, index: PackageIndex, spoiled: str) -> None:
    (ready.folder / spoiled).unlink()
    ready.write("requirements.txt", index.lock("carrier==2.0"))
    assert bootstrap.main(["requirements.txt"]) == 0
    assert (ready.folder / spoiled).exists()
    assert ready.installed() == {"carrier==2.0"}


def test_a_half_made_installer_is_made_again(ready: Machine, index: PackageIndex, installer: Path) -> None:
    ready.write("requirements.txt", index.lock("carrier==2.0"))
    assert bootstrap.main(["requirements.txt"]) == 0
    assert (installer / "bin" / "uv").exists()
    assert ready.installed() == {"carrier==2.0"}


def test_an_environment_of_another_python_is_made_again(ready: Machine) -> None:
    settings = ready.folder / ".venv" / "pyvenv.cfg"
    settings.write_text(settings.read_text().replace("version_info = 3.", "version_info = 2."))
    assert bootstrap.main(["requirements.txt"]) == 0
    assert "version_info = 3." in settings.read_text()


def test_a_failed_installation_is_not_taken_for_complete(ready: Machine, index: PackageIndex) -> None:
    before = (ready.folder / "requirements.txt").read_text()
    ready.write("requirements.txt", f"absent==1.0 --hash=sha256:{'0' * 64}\n")
    assert bootstrap.main(["requirements.txt"]) == 1
    ready.write("requirements.txt", before)
    assert bootstrap.main(["requirements.txt"]) == 0
    assert ready.installed() == {"carrier==1.0"}


def fail_with(ready: Machine, lock: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Install a lock that cannot be installed, and return the lines of stderr."""
    ready.write("requirements.txt", lock)
    assert bootstrap.main(["requirements.txt"]) == 1
    return capsys.readouterr().err.splitlines()


def test_a_missing_package_is_named(ready: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    lines = fail_with(ready, f"absent==1.0 --hash=sha256:{'0' * 64}\n", capsys)
    assert "absent was not found" in "\n".join(lines[:-1])
    assert "does not have a package that requirements.txt lists" in lines[-1]
    assert "network" not in lines[-1]


def test_a_missing_version_is_named(ready: Machine, index: PackageIndex, capsys: pytest.CaptureFixture[str]) -> None:
    lines = fail_with(ready, index.lock("carrier==1.0").replace("==1.0", "==9.0"), capsys)
    assert "carrier==9.0" in "\n".join(lines[:-1])
    assert "does not have a package that requirements.txt lists" in lines[-1]


def test_a_file_with_another_hash_is_refused(
    ready: Machine, index: PackageIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = index.lock("unlisted==1.0").replace(index.hashes["unlisted==1.0"], "0" * 64)
    lines = fail_with(ready, wrong, capsys)
    assert index.hashes["unlisted==1.0"] in "\n".join(lines[:-1])
    assert "is not the one that requirements.txt lists (its hash differs)" in lines[-1]


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/simple", "http://index.invalid/simple"])
def test_an_unreachable_index_is_named(
    ready: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", address)
    lines = fail_with(ready, f"absent==1.0 --hash=sha256:{'0' * 64}\n", capsys)
    assert address in "\n".join(lines[:-1])
    assert lines[-1].endswith("cannot be reached: check the network connection and run the command again.")


@pytest.mark.usefixtures("installer")
def test_installing_the_installer_names_an_unreachable_index(
    ready: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    lines = fail_with(ready, "# nothing is needed\n", capsys)
    assert "Connection refused" in "\n".join(lines[:-1])
    assert lines[-1].endswith("check the network connection and run the command again.")


@pytest.mark.usefixtures("installer")
def test_a_uv_with_another_hash_is_never_run(
    ready: Machine, index: PackageIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    ready.write("requirements-installer.txt", index.lock("uv==1.0").replace(index.hashes["uv==1.0"], "0" * 64))
    shutil.rmtree(ready.folder / ".venv")
    lines = fail_with(ready, "# nothing is needed\n", capsys)
    assert "is not the one that requirements-installer.txt lists" in lines[-1]
    assert not (ready.folder / ".venv").exists()


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("cause: No space left on device (os error 28)", "The disk is full: make room and run the command again."),
        ("cause: Read-only file system (os error 30)", "The installer may not write to a folder that is named above"),
        ("a failure that nobody foresaw", "Why is above, in the installer's words."),
    ],
)
def test_a_failure_of_the_installer_is_printed_in_full_with_a_sentence(
    ready: Machine, installer: Path, capsys: pytest.CaptureFixture[str], printed: str, sentence: str
) -> None:
    uv = installer / "bin" / "uv"
    uv.touch(mode=0o755)
    uv.write_text(f"#!/bin/sh\necho first line\necho '{printed}' >&2\nexit 2\n")
    lines = fail_with(ready, "# another lock\n", capsys)
    assert lines[:2] == ["first line", printed]
    assert sentence in lines[-1]


def test_an_old_python_is_named() -> None:
    bootstrap.check_python(3, 11)
    with pytest.raises(NotReadyError, match=r"This is Python 3\.9, and the site needs 3\.11 or newer"):
        bootstrap.check_python(3, 9)


def test_an_old_python_ends_with_one_sentence_and_status_one() -> None:
    old = "import sys; sys.version_info = (3, 9); from clinic_site.bootstrap import main; sys.exit(main(['any']))"
    done = subprocess.run([sys.executable, "-c", old], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "This is Python 3.9" in done.stderr


def test_a_python_without_venv_says_what_to_install(
    ready: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise subprocess.CalledProcessError(1, "ensurepip")

    monkeypatch.setattr(venv, "create", fail)
    monkeypatch.setattr(bootstrap, "INSTALLER", ready.folder / ".venv-installer")
    lines = fail_with(ready, "# another lock\n", capsys)
    assert "apt install python3-venv" in lines[-1]


def test_an_unwritable_folder_is_named(
    ready: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "INSTALLER", ready.folder / "requirements.txt" / ".venv-installer")
    lines = fail_with(ready, "# another lock\n", capsys)
    assert lines[-1] == f"{ready.folder} cannot be written to (Not a directory): copy the site to a folder of your own."


def test_ctrl_c_ends_with_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "make_environment", interrupt)
    assert bootstrap.main(["requirements.txt"]) == 130
    assert capsys.readouterr().err == "Stopped. Run it again to go on.\n"


def test_help_names_the_arguments() -> None:
    script = [sys.executable, "clinic_site/bootstrap.py", "--help"]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, "LOCK" in done.stdout) == (0, True)


def test_every_package_is_locked_with_hashes_and_no_address() -> None:
    for name in LOCKS:
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text


def pins(name: str) -> set[str]:
    """Return `name==version` of each package of a lock file."""
    return set(re.findall(r"(?m)^([\w.-]+(?:\[[^]]+\])?==\S+)", (ROOT / name).read_text()))


def test_the_lock_of_the_tests_includes_the_lock_of_the_site() -> None:
    assert pins("requirements.txt") < pins("requirements-dev.txt")


def test_the_bench_uses_the_django_of_the_site() -> None:
    shared = pins("requirements.txt") & pins("requirements-bench.txt")
    assert any(pin.startswith("django==") for pin in shared)
