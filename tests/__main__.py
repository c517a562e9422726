"""Runs the tests: `python -m tests quick`, `… test`, `… soak`; what follows goes to pytest.

quick: on SQLite, without servers, browsers, budgets in seconds, rules for all pages and what is slow: whole pages of
the editor, publishing, restoring, signing in. test: everything on SQLite, and on a throw-away PostgreSQL what uses a
database. soak: the long runs on both, which print their figures.

Coverage doubles the time of a test in Python 3.11, so only the tests that have to reach every branch are measured:
those on SQLite without browsers, nginx, processes that race, long runs, budgets in seconds and rules for all pages.

Temporary files lie in one folder, which is deleted when the run ends or is stopped; processes end with the run.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from clinic_site.bootstrap import INTERRUPTED
from tests import postgres
from tests.tools import NO_POSTGRES, find_postgres

PROCESSORS = os.cpu_count() or 1
# A file's tests share what they start, so each file runs in one process; the order is random, as conftest.py says.
SPREAD = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", "-q", "--no-header")
SLOWEST = ("--durations", "15", "--durations-min", "1")
MORE = ("-n", str(2 * PROCESSORS - 1))  # who waits for a server needs no processor
UNMEASURED = "(browser or remote or soak or timed or whole)"
PYTEST = (sys.executable, "-m", "pytest")
MEASURED = (sys.executable, "-m", "coverage", "run", "-m", "pytest")
COVERAGE = (sys.executable, "-m", "coverage")
MEMORY = "/dev/shm"
ROOM = 4 * 1024**3  # bytes
PR_SET_CHILD_SUBREAPER = 36  # Linux: orphans become children of this process


def quick(arguments: Sequence[str], environment: dict[str, str]) -> int:
    return run([*PYTEST, *SPREAD, "-m", "not (server or slow or soak or timed or whole)", *arguments], environment)


def test(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Without PostgreSQL, report so and test the rest; in CI that is a failure.

    A browser does not see which database there is: what it does with one is tested once, on PostgreSQL if there is one.
    """
    options = (*SPREAD, *SLOWEST, *arguments)
    folder = Path(environment["TMPDIR"]) / "measured"
    run([*COVERAGE, "erase"], environment)
    compile_tests(environment)
    measured = (*options, *MORE, "--basetemp", str(folder), "-m", f"not {UNMEASURED}")
    status = run([*MEASURED, *measured], environment)
    environment = environment | {"WARM": str(folder / "warm")}  # files that the next runs would make as well
    run([*COVERAGE, "combine", "-q"], environment)
    status = run([*COVERAGE, "report"], environment) or status
    if status:
        return status
    programs = find_postgres()
    if not programs:
        status = run([*PYTEST, *options, "-m", f"{UNMEASURED} and not long"], environment)
        sys.stdout.write(f"\n*** {NO_POSTGRES}. ***\n")
        return status or int(os.environ.get("CI") == "true")
    on_sqlite = (*options, "-n", "1", "-m", f"{UNMEASURED} and not long and not (browser and database)")
    on_postgresql = (*options, *MORE, "-m", "database and not long")
    return run_on_both(on_sqlite, on_postgresql, Path(programs), environment)


def soak(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Run the long runs on both databases at the same time: they wait more than they compute."""
    options = (*SPREAD, "-n", "3", "-m", "soak", "-p", "no:randomly", *arguments)
    programs = find_postgres()
    if not programs:
        sys.stdout.write(f"\n*** {NO_POSTGRES}. ***\n")
        return 1
    return run_on_both(options, options, Path(programs), environment | {"SOAK": "on"})


def run_on_both(
    on_sqlite: Sequence[str], on_postgresql: Sequence[str], programs: Path, environment: dict[str, str]
) -> int:
    """Run pytest on SQLite and on a PostgreSQL with its `programs`, at the same time: one waits while the other works.

    Prints what the latter prints as it comes, then what the former printed.
    """
    folder = Path(environment["TMPDIR"])
    with postgres.server(programs) as address, (folder / "on_sqlite").open("w+") as output:
        first = [*PYTEST, *on_sqlite, "--basetemp", str(folder / "sqlite")]
        second = [*PYTEST, *on_postgresql, "--basetemp", str(folder / "postgresql")]
        processes = [
            subprocess.Popen(first, env=environment, stdout=output, stderr=subprocess.STDOUT),
            subprocess.Popen(second, env=environment | {"TEST_DATABASE_URL": address}),
        ]
        status = wait_for(processes)
        output.seek(0)
        sys.stdout.write(f"\nOn SQLite:\n{output.read()}")
    return status


def compile_tests(environment: dict[str, str]) -> None:
    """Compile all tests, if this Python has not yet: otherwise each test process does, twice as slow under coverage.

    A test that does not compile is reported by the run that follows.
    """
    compiled = f"__pycache__/conftest.{sys.implementation.cache_tag}-pytest-*"
    if not any(Path(__file__).parent.glob(compiled)):
        run([*PYTEST, "--collect-only"], environment, subprocess.DEVNULL)


def run(command: Sequence[str], environment: dict[str, str], output: int | None = None) -> int:
    """Return the command's exit status."""
    return wait_for([subprocess.Popen(command, env=environment, stdout=output)])


def wait_for(processes: "Sequence[subprocess.Popen[Any]]") -> int:
    """Return the highest exit status of `processes`, and reap meanwhile what became a child of this one."""
    running = {process.pid: process for process in processes}
    statuses = []
    while running:
        pid, status = os.wait()
        if pid in running:
            process = running.pop(pid)
            process.returncode = os.waitstatus_to_exitcode(status)
            statuses.append(process.returncode)
    return max(map(abs, statuses))


@contextmanager
def nothing_left_behind() -> Iterator[dict[str, str]]:
    """Give the environment of the tests; afterwards end the processes that are left, and delete the temporary files."""
    with suppress(AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    with tempfile.TemporaryDirectory(prefix="clinic-tests-", dir=roomy_memory(), ignore_cleanup_errors=True) as folder:
        environment = os.environ | {"TMPDIR": folder, "TEST_DATABASE_URL": ""}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # many processes start, and each would compile everything
        try:
            yield environment
        finally:
            end_processes()


def roomy_memory() -> str | None:
    """Return a folder in memory, which spares the disk many small files, or None where there is none with room."""
    return MEMORY if Path(MEMORY).is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


def end_processes() -> None:
    """End what the tests started and left: children of this process, and theirs as they become orphans."""
    while children := _children():
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(-1, 0)


def _children() -> list[int]:
    folder = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return [int(pid) for pid in folder.read_text().split()] if folder.exists() else []


def main(arguments: Sequence[str]) -> int:
    purpose, *others = arguments
    started = time.monotonic()
    try:
        with nothing_left_behind() as environment:
            status = {"quick": quick, "test": test, "soak": soak}[purpose](others, environment)
    except KeyboardInterrupt:
        return INTERRUPTED
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    sys.stdout.write(f"make {purpose}: {minutes} min {seconds} s\n")
    return status


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as with Ctrl-C: nothing is left behind
    sys.exit(main(sys.argv[1:]))
