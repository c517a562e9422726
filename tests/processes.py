"""Other processes, for tests of how this one deals with them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.serving import ROOT

LISTENS = """
import socket, sys
taken = socket.create_server(("127.0.0.1", 0))
print(taken.getsockname()[1], flush=True)
sys.stdin.read()
"""
LOCKS = """
import sys
from pathlib import Path
from clinic_site.server.processes import only_process
with only_process(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(script: str, folder: Path, *arguments: str) -> Iterator[tuple[str, int]]:
    """Run `script` until the block ends. Yield the first line it prints, and its process id."""
    command = [sys.executable, "-c", script, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process.pid
        process.stdin.close()


@contextmanager
def listener(folder: Path) -> Iterator[tuple[int, int]]:
    """Run a process in `folder` that listens on a port. Yield the port and the process id."""
    with another_process(LISTENS, folder) as (port, process):
        yield int(port), process


@contextmanager
def another_process_locks(file: Path) -> Iterator[int]:
    with another_process(LOCKS, ROOT, str(file)) as (_, process):
        yield process


def children_of(process: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False)
    return [int(child) for child in found.stdout.split()]
