"""Processes on this machine: how they end with their parent, how one is the only one, and which listen on a port."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

PROC = Path("/proc")  # of Linux; elsewhere no process is found
LISTENING = "0A"  # in /proc/net/tcp
KILLED = 1  # exit status


def end_with_parent() -> None:
    """End this process, which multiprocessing started, as soon as its parent has ended, whatever ended that one."""
    parent: Any = parent_process()
    threading.Thread(target=lambda: os._exit(parent.join() or KILLED), daemon=True).start()


class RunsAlreadyError(Exception):
    """Another process holds the lock; `process` is its number."""

    def __init__(self, process: int) -> None:
        super().__init__(f"process {process} runs already")
        self.process = process


@contextmanager
def only_process(file: Path) -> Iterator[None]:
    """Be the only process that holds the lock `file`, which names it, until the block ends. Raises RunsAlreadyError,
    OSError.

    The lock ends with this very process: those that it forks do not hold it.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.open("a+") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise RunsAlreadyError(int(lock.read() or 0)) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def listeners(port: int) -> list[int]:
    """Return the processes that listen on TCP `port`, among those that this user may look at."""
    sockets = {f"socket:[{number}]" for table in ("tcp", "tcp6") for number in _sockets(PROC / "net" / table, port)}
    return [int(path.name) for path in sorted(PROC.glob("[0-9]*")) if sockets & _open_files(path / "fd")]


def folder(process: int) -> Path | None:
    """Return the working folder of `process`; None where it has ended, or belongs to another user."""
    try:
        return (PROC / str(process) / "cwd").readlink()
    except OSError:
        return None


def _sockets(table: Path, port: int) -> list[str]:
    """Return the numbers of the sockets that listen on `port`. The fields of a line: proc(5), /proc/net/tcp."""
    try:
        rows = [line.split() for line in table.read_text().splitlines()[1:]]
    except OSError:
        return []
    return [row[9] for row in rows if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port]


def _open_files(folder: Path) -> set[str]:
    try:
        return {str(path.readlink()) for path in folder.iterdir()}
    except OSError:  # another user's, or it ended
        return set()
