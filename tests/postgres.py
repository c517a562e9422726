"""Run a command with a throw-away PostgreSQL: `python -m tests.postgres pytest tests/appointments`.

The command finds the address in TEST_DATABASE_URL. Server and data are removed when the command has ended, or after
Ctrl-C. fsync stays on, so what the server confirms is on the disk: some tests kill processes and count what is left.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clinic_site.bootstrap import INTERRUPTED
from tests.serving import free_port
from tests.tools import NO_POSTGRES, find_postgres

ROLE = "tester"
UNPRIVILEGED = "postgres"  # PostgreSQL refuses to run as root
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"  # an existing locale for letters beyond ASCII


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Run a new PostgreSQL on loopback, with the programs in that folder. Yield its address."""
    with tempfile.TemporaryDirectory(prefix="clinic-postgres-") as name:
        folder, port = Path(name), free_port()
        data = folder / "data"
        owner = _owner(folder)
        _run([programs / "initdb", "-D", data, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale", LOCALE], owner)
        control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-w", "-s"]
        try:
            # Listen on loopback alone, without a socket file: its path would be too long in some temporary folders.
            options = f"-h 127.0.0.1 -p {port} -k ''"
            _run([*control, "-l", folder / "log", "-o", options, "start"], owner)
            yield f"postgres://{ROLE}@127.0.0.1:{port}/postgres"
        finally:
            if (data / "postmaster.pid").exists():
                _run([*control, "-m", "immediate", "stop"], owner)


def _owner(folder: Path) -> dict[str, Any]:
    """Return the arguments of subprocess for the user who runs the server: the current one, but never root."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    shutil.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
    return {"cwd": folder, "user": UNPRIVILEGED, "group": pwd.getpwnam(UNPRIVILEGED).pw_gid, "extra_groups": []}


def _run(command: Sequence[str | Path], owner: dict[str, Any]) -> None:
    """Run a command to its end; Ctrl-C takes effect afterwards, when nothing is half made."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **owner)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run the command and return its exit status. Ctrl-C reaches the command itself; wait until it has ended."""
    signal.signal(signal.SIGINT, lambda *_: None)
    process = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    status = process.wait()
    return status if status >= 0 else 128 - status  # killed by a signal: the status a shell reports


def main(command: Sequence[str]) -> int:
    """Run the command and return its exit status. Without PostgreSQL, do not run it: fail in CI, and elsewhere warn."""
    programs = find_postgres()
    if not programs:
        sys.stderr.write(f"\n*** {NO_POSTGRES}. ***\n")
        return int(os.environ.get("CI") == "true")
    try:
        with server(Path(programs)) as address:
            return run(command, os.environ | {"TEST_DATABASE_URL": address})
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
