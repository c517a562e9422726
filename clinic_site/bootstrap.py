"""Gets a fresh machine ready with the standard library alone: `bootstrap.py requirements.txt`, `bootstrap.py tools`,
`bootstrap.py bench-tools`.

Makes .venv and installs the locked, hash-checked dependencies into it; does nothing when they are there already, so a
second start needs no network. Everything that can go wrong ends in one sentence. It must be readable by the Pythons it
turns away, so it keeps to the syntax of 3.6.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Callable, NamedTuple, Sequence

OLDEST = (3, 11)
INTERRUPTED = 130
ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = "No Chromium was found, so the browser tests cannot run. Install it (on Debian: apt install chromium)"
POSTGRES_PROGRAMS = ("initdb", "pg_ctl", "postgres")
POSTGRES_FOLDERS = Path("/usr/lib/postgresql")  # Debian keeps each version's server programs below it, off the PATH
NO_POSTGRES = (
    "No PostgreSQL server was found, so the tests cannot run on one. Install it (on Debian: apt install postgresql)"
)
NGINX_FOLDERS = "/usr/sbin:/usr/local/sbin"  # off the PATH of people
NO_NGINX = "No nginx was found, so pages cannot be held against it. Install it (on Debian: apt install nginx)"
NO_NGINX_TO_TEST = (
    "No nginx was found, so its configuration cannot be tried. Install it (on Debian: apt install nginx-light)"
)
NO_WRK = "No wrk was found, so no server can be put under load. Install it (on Debian: apt install wrk)"


class NotReadyError(Exception):
    """Why the machine cannot be made ready, in one sentence."""


def check_python(major: int, minor: int) -> None:
    """Raises NotReadyError for a Python that is too old."""
    if (major, minor) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise NotReadyError(
            f"This is Python {major}.{minor}, and the site needs {wanted} or newer: "
            f"install one and name it, like `make serve PYTHON=python{wanted}`."
        )


def make_environment(folder: Path, lock: Path) -> None:
    """Brings the virtual environment in `folder` to what `lock` says. Raises NotReadyError."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = folder / f".installed-{lock.stem}"
    if _is_whole(folder) and stamp.exists() and stamp.read_text() == digest:
        return
    try:
        if not _is_whole(folder):
            _make(folder)
        _install(folder / "bin" / "python", lock)
        stamp.write_text(digest)
    except OSError as error:
        raise NotReadyError(
            f"{folder.parent} cannot be written to ({error.strerror}): copy the site to a folder of your own."
        ) from error


def _is_whole(folder: Path) -> bool:
    """False where it is missing, was interrupted in the making, or belongs to another Python or one that is gone."""
    settings = folder / "pyvenv.cfg"
    version = "version = {}.{}.".format(*sys.version_info[:2])
    programs = [folder / "bin" / name for name in ("python", "pip")]
    return all(path.exists() for path in [settings, *programs]) and version in settings.read_text()


def _make(folder: Path) -> None:
    print(f"Making {folder.name} ...", flush=True)
    try:
        venv.create(folder, with_pip=True, clear=folder.exists())
    except subprocess.CalledProcessError as error:
        raise NotReadyError(
            "This Python cannot make virtual environments: install that part (on Debian: apt install python3-venv)."
        ) from error


def _install(python: Path, lock: Path) -> None:
    print(f"Installing what {lock.name} lists; the first time needs the network ...", flush=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*command, "--require-hashes", "-r", str(lock)], capture_output=True, text=True)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip failed"]
        raise NotReadyError(
            f"The dependencies could not be installed ({errors[-1]}): check the network connection and try again."
        )


def find_browser() -> str:
    """The path of the system's Chromium, or an empty string."""
    named = os.environ.get("CHROMIUM", "")
    return named or next(filter(None, map(shutil.which, BROWSERS)), "")


def find_postgres() -> str:
    """The folder of PostgreSQL's server programs, the newest where there are several, or an empty string."""
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    versions = sorted(POSTGRES_FOLDERS.glob("[0-9][0-9]/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    return next((str(folder) for folder in on_path + versions if _has_postgres(folder)), "")


def _has_postgres(folder: Path) -> bool:
    return all(os.access(str(folder / program), os.X_OK) for program in POSTGRES_PROGRAMS)


class Tool(NamedTuple):
    """A program of the system that the tests use."""

    find: Callable[[], str]  # where it is, or an empty string
    package: str  # Debian's
    missing: str  # what to say where it is not, without the full stop


def find_nginx() -> str:
    """The path of nginx, or an empty string."""
    return shutil.which("nginx") or shutil.which("nginx", path=NGINX_FOLDERS) or ""


def find_wrk() -> str:
    """The path of wrk, or an empty string."""
    return shutil.which("wrk") or ""


TOOLS = (
    Tool(find_browser, "chromium", NO_BROWSER),
    Tool(find_postgres, "postgresql", NO_POSTGRES),
    Tool(find_nginx, "nginx-light", NO_NGINX_TO_TEST),
)
TESTED = "run `make test` again. Everything else is tested now"
BENCH_TOOLS = (Tool(find_nginx, "nginx", NO_NGINX), Tool(find_wrk, "wrk", NO_WRK), TOOLS[1])
MEASURED = "run `make bench` again. Everything else is measured now"


def make_tools_ready(tools: Sequence[Tool], ci: bool, may_install: bool, then: str = TESTED) -> None:
    """Finds the tools, or installs Debian's where we may. Without one: NotReadyError in CI, a loud word elsewhere.

    `then`: how that word goes on.
    """
    absent = [tool for tool in tools if not tool.find()]
    nginx_was_there = bool(find_nginx())
    if absent and may_install:
        _install_packages([tool.package for tool in absent])
    if find_nginx() and not nginx_was_there:  # Debian starts what it installs: we start servers of our own
        subprocess.run([find_nginx(), "-s", "stop"], check=False, stderr=subprocess.DEVNULL)
    missing = [tool.missing for tool in absent if not tool.find()]
    if missing and ci:
        raise NotReadyError(f"{missing[0]}.")
    for word in missing:
        print(f"\n*** {word} and {then}. ***\n", flush=True)


def _install_packages(names: Sequence[str]) -> None:
    """Asks nothing, and goes on after a failure: what counts is whether the tool is found afterwards."""
    silent = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.run(["apt-get", "update", "-qq"], check=False)
    for name in names:
        print(f"Installing {name} ...", flush=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", name], check=False, env=silent, stdout=subprocess.DEVNULL)


def make_bench_ready(may_install: bool) -> None:
    """The yardsticks of `make bench`. What cannot be had is told, and the rest can be measured."""
    make_tools_ready(BENCH_TOOLS, ci=False, may_install=may_install, then=MEASURED)
    try:
        make_environment(ROOT / ".venv-bench", ROOT / "requirements-bench.txt")
    except NotReadyError as reason:
        print(f"\n*** Pelican and gunicorn are missing. {reason} ***\n", flush=True)


def main(what: str) -> int:
    """Exit status: 0 when ready, 1 with one sentence on stderr when not."""
    try:
        check_python(*sys.version_info[:2])
        may_install = bool(shutil.which("apt-get")) and os.geteuid() == 0
        if what == "bench-tools":
            make_bench_ready(may_install)
        elif what == "tools":
            make_tools_ready(TOOLS, os.environ.get("CI") == "true", may_install)
        else:
            make_environment(ROOT / ".venv", ROOT / what)
    except NotReadyError as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Run it again to go on.", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
