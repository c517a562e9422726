"""Processes of this site: end with the parent, lock out a second one."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

from clinic_site.server.listeners import PROC
from clinic_site.var_folder import VAR_FOLDER

KILLED = 1  # exit status


def end_with_parent() -> None:
    """End this process, started by multiprocessing, as soon as its parent has ended in any way."""
    parent: Any = parent_process()
    threading.Thread(target=lambda: os._exit(parent.join() or KILLED), daemon=True).start()


class RunsAlreadyError(Exception):
    """Another process holds the lock; `process` is its number."""

    def __init__(self, process: int) -> None:
        super().__init__(f"process {process} runs already")
        self.process = process


@contextmanager
def only_process(file: Path) -> Iterator[None]:
    """Lock `file`, which then contains the process number, until the block ends.

    The lock belongs to this process only, not to its forks. Raises RunsAlreadyError, OSError.
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


def folder(process: int) -> Path | None:
    """Return the working folder of `process`; None if it has ended or belongs to another user."""
    try:
        return (PROC / str(process) / "cwd").readlink()
    except OSError:
        return None


def lock_file(port: int) -> Path:
    """Return the file in var/ that the `serve` on this port locks; it contains the process number."""
    return VAR_FOLDER / f"serve-{port}.lock"


def reload_report(port: int) -> Path:
    """Return the file in var/ that `serve` writes after each reload: why the new process is not ready, or nothing."""
    return VAR_FOLDER / f"serve-{port}.reloaded"
