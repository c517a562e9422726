"""Make the virtual environment of a fresh machine with the standard library alone.

`bootstrap.py LOCK [OTHER ...]` brings .venv to exactly what the lock file lists, by its hashes, and does nothing when
.venv already has what LOCK or one of the others lists: a second start needs no network. `--folder NAME` makes
another environment than .venv.

The installer is locked as well: pip, whose version depends on Python, only installs a pinned uv, which needs no other
package; uv installs the rest. So a lock file gives the same environment on every machine at any time.

Every failure ends in one sentence, after the output of the installer. Python 3.6 must be able to parse the file, to
print which version the site needs.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Dict, List, Sequence

OLDEST = (3, 11)
INTERRUPTED = 130
ROOT = Path(__file__).resolve().parent.parent
INSTALLER = ROOT / ".venv-installer"
INSTALLER_LOCK = ROOT / "requirements-installer.txt"
STAMP = ".installed"
# Pattern in the output of pip or uv -> sentence for the user; the first match counts. {lock}: name of the lock file.
FAILURES = {
    "No space left on device|Disk quota exceeded": (
        "The disk is full: make room and run the command again."
    ),
    "Hash mismatch|DO NOT MATCH THE HASHES": (
        "A downloaded package is not the one that {lock} lists (its hash differs): ask whoever runs your package "
        "index, and install nothing until the hashes match."
    ),
    r"client error \(Connect\)|connection broken by|dns error|operation timed out|ReadTimeoutError": (
        "The package index cannot be reached: check the network connection and run the command again."
    ),
    "not found in the package registry|No matching distribution|there is no version of|no wheels with": (
        "The package index does not have a package that {lock} lists, for this machine and this Python: "
        "see the name above."
    ),
    "Permission denied|Read-only file system": (
        "The installer may not write to a folder that is named above: give it the right to, or copy the site to a "
        "folder of your own."
    ),
}  # fmt: skip


class NotReadyError(Exception):
    """The environment cannot be made; the text is a sentence for the user."""


def check_python(major: int, minor: int) -> None:
    """Raise NotReadyError for a Python that is too old."""
    if (major, minor) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise NotReadyError(
            f"This is Python {major}.{minor}, and the site needs {oldest} or newer: "
            f"install one and name it, like `make serve PYTHON=python{oldest}`."
        )


def make_environment(folder: Path, lock: Path, others: Sequence[Path] = ()) -> None:
    """Bring the virtual environment in `folder` to what `lock` lists, unless it has what one of `others` lists.

    Raises NotReadyError.
    """
    stamp = folder / STAMP
    if _has_python(folder) and stamp.exists() and stamp.read_text() in [_digest(path) for path in (lock, *others)]:
        return
    try:
        uv = _get_installer(INSTALLER, INSTALLER_LOCK)
        print(f"Installing what {lock.name} lists into {folder.name}; the first time needs the network ...", flush=True)
        environment = _uv_environment()
        if not _has_python(folder):
            _run(
                [uv, "venv", "--quiet", "--clear", "--force", "--python", sys.executable, str(folder)],
                lock,
                environment,
            )
        if stamp.exists():
            stamp.unlink()  # an interrupted installation must not count as complete
        python = str(folder / "bin" / "python")
        sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(lock)]
        _run(sync, lock, environment)
        stamp.write_text(_digest(lock))
    except OSError as error:
        raise NotReadyError(
            f"{folder.parent} cannot be written to ({error.strerror}): copy the site to a folder of your own."
        ) from error


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _has_python(folder: Path) -> bool:
    """Return True if uv made the environment for the running Python, and that Python still exists."""
    settings = folder / "pyvenv.cfg"
    version = "version_info = {}.{}.".format(*sys.version_info[:2])
    return (folder / "bin" / "python").exists() and settings.exists() and version in settings.read_text()


def _get_installer(folder: Path, lock: Path) -> str:
    """Return the path of the locked uv, after installing it with the pip that comes with Python."""
    uv, stamp = folder / "bin" / "uv", folder / STAMP
    if not (uv.exists() and stamp.exists() and stamp.read_text() == _digest(lock)):
        print("Getting the installer ...", flush=True)
        try:
            venv.create(str(folder), with_pip=True, clear=folder.exists())
        except subprocess.CalledProcessError as error:
            raise NotReadyError(
                "This Python cannot make virtual environments: install that part (on Debian: apt install python3-venv)."
            ) from error
        _run([*_pip(folder), "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(lock)], lock)
        stamp.write_text(_digest(lock))
    return str(uv)


def _pip(folder: Path) -> List[str]:
    return [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def _uv_environment() -> Dict[str, str]:
    """Return the environment variables for uv: those of this process, and the package index from pip's settings.

    uv must use the running Python and download no other. It compiles unless told otherwise, because the user that runs
    the site may have no permission to write beside the packages.
    """
    found = subprocess.run([*_pip(INSTALLER), "config", "list"], stdout=subprocess.PIPE, universal_newlines=True)
    settings = dict(re.findall(r"(?m)^[\w:]+\.(index-url|cert)='(.*)'$", found.stdout))
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    from_pip = {names[key]: value for key, value in settings.items()}
    return {"UV_COMPILE_BYTECODE": "1", **from_pip, **os.environ, "UV_PYTHON_DOWNLOADS": "never"}


def _run(command: Sequence[str], lock: Path, environment: "Dict[str, str] | None" = None) -> None:
    """Run the installer. If it fails, print its output and raise NotReadyError."""
    result = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    if result.returncode:
        print(result.stdout, file=sys.stderr, flush=True)
        found = [sentence for pattern, sentence in FAILURES.items() if re.search(pattern, result.stdout)]
        sentence = found[0] if found else "Why is above, in the installer's words."
        raise NotReadyError("The dependencies could not be installed. " + sentence.format(lock=lock.name))


def main(arguments: Sequence[str]) -> int:
    """Make the environment and return the exit status: 0, or 1 after one sentence on stderr."""
    parser = argparse.ArgumentParser(description="Bring a virtual environment to exactly what a lock file lists.")
    parser.add_argument("locks", nargs="+", metavar="LOCK", help="the file to install; others that would do as well")
    parser.add_argument("--folder", default=".venv", help="the environment's folder (.venv)")
    options = parser.parse_args(arguments)
    lock, *others = [ROOT / name for name in options.locks]
    try:
        check_python(*sys.version_info[:2])
        make_environment(ROOT / options.folder, lock, others)
    except NotReadyError as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Run it again to go on.", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
