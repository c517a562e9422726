"""A throw-away PostgreSQL for one command: `python -m tests.postgres pytest tests/appointments`.

The command finds its address in TEST_DATABASE_URL. Server and data are gone when the command has ended, or was stopped
with Ctrl-C. What the server confirms is on the disk (fsync stays on): some tests kill processes and count what is left.
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
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"  # one that knows letters beyond ASCII and is there


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """The address of a new PostgreSQL on loopback, made with the programs in that folder."""
    with tempfile.TemporaryDirectory(prefix="clinic-postgres-") as name:
        folder, port = Path(name), free_port()
        data = folder / "data"
        owner = _owner(folder)
        _run([programs / "initdb", "-D", data, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale", LOCALE], owner)
        control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-w", "-s"]
        try:
            # Loopback alone, and no socket file, whose path would be too long in some temporary folders.
            options = f"-h 127.0.0.1 -p {port} -k ''"
            _run([*control, "-l", folder / "log", "-o", options, "start"], owner)
            yield f"postgres://{ROLE}@127.0.0.1:{port}/postgres"
        finally:
            if (data / "postmaster.pid").exists():
                _run([*control, "-m", "immediate", "stop"], owner)


def _owner(folder: Path) -> dict[str, Any]:
    """Who runs the server in this folder, as subprocess takes it: we ourselves, unless we are root."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    shutil.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
    return {"cwd": folder, "user": UNPRIVILEGED, "group": pwd.getpwnam(UNPRIVILEGED).pw_gid, "extra_groups": []}


def _run(command: Sequence[str | Path], owner: dict[str, Any]) -> None:
    """To its end: a Ctrl-C meanwhile takes effect afterwards, when nothing is half made."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **owner)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run(command: Sequence[str], environment: dict[str, str]) -> int:
    """The command's exit status. Ctrl-C reaches the command itself, which ends in its own time; we wait for it."""
    signal.signal(signal.SIGINT, lambda *_: None)
    process = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    status = process.wait()
    return status if status >= 0 else 128 - status  # killed by a signal: as a shell says it


def main(command: Sequence[str]) -> int:
    """Without a PostgreSQL on this machine: a failure in CI; elsewhere a loud word, and the command is not run."""
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
