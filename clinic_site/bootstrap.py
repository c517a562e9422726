"""Gets a fresh machine ready with the standard library alone: `bootstrap.py requirements.txt`, `bootstrap.py browser`.

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

OLDEST = (3, 11)
INTERRUPTED = 130
ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = "No Chromium was found, so the browser tests cannot run. Install it (on Debian: apt install chromium)"


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


def make_browser_ready(ci: bool, may_install: bool) -> None:
    """Finds Chromium, or installs Debian's where we may. Without one: NotReadyError in CI, a loud word elsewhere."""
    if find_browser():
        return
    if may_install:
        print("Installing Chromium for the browser tests ...", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, stdout=subprocess.DEVNULL)
    if find_browser():
        return
    if ci:
        raise NotReadyError(f"{NO_BROWSER}.")
    print(f"\n*** {NO_BROWSER} and run `make test` again. Everything else is tested now. ***\n", flush=True)


def main(what: str) -> int:
    """Exit status: 0 when ready, 1 with one sentence on stderr when not."""
    try:
        check_python(*sys.version_info[:2])
        if what == "browser":
            may_install = bool(shutil.which("apt-get")) and os.geteuid() == 0
            make_browser_ready(os.environ.get("CI") == "true", may_install)
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
