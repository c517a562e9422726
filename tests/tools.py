"""The system's programs that the tests and the bench use: `python -m tests.tools test`, `… bench`.

Debian packages are installed if permitted (as root). Otherwise a missing program is a failure in CI, and elsewhere a
message that says what to install: everything else is tested, or measured. What comes from npm is installed in exactly
the locked version, by its hash, and only if that version is not there: a second run needs no network.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from clinic_site import bootstrap

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = (
    "No Chromium was found, so no page can be opened. Install it (on Debian: apt install chromium-headless-shell)"
)
POSTGRES_PROGRAMS = ("initdb", "pg_ctl", "postgres")
POSTGRES_FOLDERS = Path("/usr/lib/postgresql")  # Debian's server programs, a folder a version, off the PATH
NO_POSTGRES = (
    "No PostgreSQL server was found, so the tests cannot run on one. Install it (on Debian: apt install postgresql)"
)
NO_WEBKIT = "No WebKit was found, so no page can be tried in it. Install it (on Debian: apt install webkit2gtk-driver)"
NO_FIREFOX = "No Firefox was found, so no page can be tried in it. Install it (on Debian: apt install firefox-esr)"
NO_XVFB = "No Xvfb was found, so WebKit has no screen to run on. Install it (on Debian: apt install xvfb)"
NGINX_FOLDERS = "/usr/sbin:/usr/local/sbin"  # not on the PATH of ordinary users
NO_NGINX = "No nginx was found, so its configuration cannot be tried. Install it (on Debian: apt install nginx-light)"
NO_WRK = "No wrk was found, so no server can be put under load. Install it (on Debian: apt install wrk)"
NPM_FOLDER = Path(__file__).parent / "npm"
CODESNIFFER = "html_codesniffer/build/HTMLCS.js"
NO_NPM = "No npm was found, so no page can be tried in HTML_CodeSniffer. Install it (on Debian: apt install npm)"
NO_CODESNIFFER = (
    "No HTML_CodeSniffer was found, so no page can be tried in it. Connect to the network, which npm needs once "
    "(`python -m tests.tools test`)"
)
BENCH_FOLDER = ".venv-bench"
BENCH_LOCK = "requirements-bench.txt"


def find_browser() -> str:
    """Return the path of the system's Chromium, or an empty string."""
    named = os.environ.get("CHROMIUM", "")
    return named or next(filter(None, map(shutil.which, BROWSERS)), "")


def find_postgres() -> str:
    """Return the folder of PostgreSQL's server programs, the newest where there are several, or an empty string."""
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    versions = sorted(POSTGRES_FOLDERS.glob("[0-9][0-9]/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    return next((str(folder) for folder in on_path + versions if _has_postgres(folder)), "")


def _has_postgres(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in POSTGRES_PROGRAMS)


def find_nginx() -> str:
    """Return the path of nginx, or an empty string."""
    return shutil.which("nginx") or shutil.which("nginx", path=NGINX_FOLDERS) or ""


def find_wrk() -> str:
    """Return the path of wrk, or an empty string."""
    return shutil.which("wrk") or ""


def find_webkit() -> str:
    """Return the path of the program that drives WebKit, or an empty string."""
    return shutil.which("WebKitWebDriver") or ""


def find_firefox() -> str:
    """Return the path of Firefox, or an empty string."""
    return shutil.which("firefox-esr") or shutil.which("firefox") or ""


def find_xvfb() -> str:
    """Return the path of the X server that needs no screen, or an empty string."""
    return shutil.which("Xvfb") or ""


def find_npm() -> str:
    """Return the path of npm, or an empty string."""
    return shutil.which("npm") or ""


def find_codesniffer() -> str:
    """Return the path of HTML_CodeSniffer's script, or an empty string unless the locked version is installed."""
    modules = NPM_FOLDER / "node_modules"
    installed, script = modules / ".package-lock.json", modules / CODESNIFFER
    is_locked = installed.exists() and _hashes(installed) == _hashes(NPM_FOLDER / "package-lock.json")
    return str(script) if is_locked and script.exists() else ""


def _hashes(lock: Path) -> dict[str, str]:
    """Return the hash of each package; the project itself, with an empty name, has none."""
    packages = json.loads(lock.read_text())["packages"]
    return {name: package["integrity"] for name, package in packages.items() if name}


def need(find: Callable[[], str], missing: str) -> str:
    """Return the path of what a test needs. Without it, fail in CI, and elsewhere skip with instructions."""
    path = find()
    if not path and os.environ.get("CI") == "true":
        pytest.fail(missing)
    if not path:
        pytest.skip(missing)
    return path


class Tool(NamedTuple):
    """A program of the system."""

    find: Callable[[], str]  # its path, or an empty string
    package: str  # of Debian
    missing: str  # the message if it is missing, without the final period


POSTGRES = Tool(find_postgres, "postgresql", NO_POSTGRES)
NGINX = Tool(find_nginx, "nginx-light", NO_NGINX)
TEST_TOOLS = (
    Tool(find_browser, "chromium-headless-shell", NO_BROWSER),
    POSTGRES,
    NGINX,
    Tool(find_webkit, "webkit2gtk-driver", NO_WEBKIT),
    Tool(find_firefox, "firefox-esr", NO_FIREFOX),
    Tool(find_xvfb, "xvfb", NO_XVFB),
)
NPM = Tool(find_npm, "npm", NO_NPM)
BENCH_TOOLS = (NGINX, Tool(find_wrk, "wrk", NO_WRK), POSTGRES)


def install(tools: Sequence[Tool], may_install: bool) -> list[str]:
    """Install the missing tools, if permitted. Return a message for each that is still missing."""
    absent = [tool for tool in tools if not tool.find()]
    nginx_was_there = bool(find_nginx())
    if absent and may_install:
        _install_packages([tool.package for tool in absent])
    if find_nginx() and not nginx_was_there:  # Debian starts it, but the tests start servers of their own
        subprocess.run([find_nginx(), "-s", "stop"], check=False, stderr=subprocess.DEVNULL)
    return [tool.missing for tool in absent if not tool.find()]


def _install_packages(names: Sequence[str]) -> None:
    """Install without questions, and continue after a failure: the caller checks whether the tools are found."""
    silent = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False)
    for name in names:
        sys.stdout.write(f"Installing {name} ...\n")
        sys.stdout.flush()
        subprocess.run(["apt-get", "install", "-y", "-qq", name], check=False, env=silent, stdout=subprocess.DEVNULL)


def install_codesniffer(may_install: bool) -> list[str]:
    """Install HTML_CodeSniffer with npm, unless the locked version is there. Return a message if that fails."""
    if find_codesniffer():
        return []
    missing = install([NPM], may_install)
    if missing:
        return missing
    subprocess.run([find_npm(), "ci", "--ignore-scripts"], cwd=NPM_FOLDER, check=False)
    return [] if find_codesniffer() else [NO_CODESNIFFER]


def may_install_packages() -> bool:
    return bool(shutil.which("apt-get")) and os.geteuid() == 0


def main(purpose: str) -> int:
    """Return the exit status: 1 where CI misses a program, otherwise 0."""
    may_install = may_install_packages()
    missing = install(BENCH_TOOLS if purpose == "bench" else TEST_TOOLS, may_install)
    if purpose == "test":
        missing += install_codesniffer(may_install)
    if purpose == "bench" and bootstrap.main([BENCH_LOCK, "--folder", BENCH_FOLDER]):
        missing.append("Pelican and gunicorn are missing")
    done = "measured" if purpose == "bench" else "tested"
    for message in missing:
        sys.stdout.write(f"\n*** {message}, and run `make {purpose}` again. Everything else is {done} now. ***\n\n")
    return int(bool(missing) and os.environ.get("CI") == "true")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
