"""Keep two servers from sharing a port: Linux would spread connections over both, and nobody would notice.

Granian's sockets allow sharing (SO_REUSEPORT), so no bind fails. However a server of this site is started, its process
checks as soon as it listens whether an older process listens on the same port, and ends if so.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import parent_process

from clinic_site.server.listeners import PROC, Listener, find_listeners, sockets_of

LOOK_EVERY = 0.05  # seconds
LOOK_FOR = 60  # seconds that a server may take to load the site before it listens
logger = logging.getLogger(__name__)


@dataclass(frozen=True, order=True)
class Process:
    started: int  # clock ticks since boot
    number: int
    parent: int


def watch() -> None:
    """Check the port in a thread: a server listens only after it has loaded the site."""
    threading.Thread(target=end_if_port_is_taken, name="port", daemon=True).start()


def end_if_port_is_taken() -> None:
    """End this process's server, with a reason, if an older server listens on the same port."""
    deadline = time.monotonic() + LOOK_FOR
    while not (own_listeners := listening(os.getpid())) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY)
    for own in own_listeners:
        older = find_older_process(own)
        if older:
            logger.critical(
                "Process %s answers on port %s already, so this server ends. Stop that one, or choose another port.",
                older.number,
                own.port,
            )
            os.kill(os.getppid() if parent_process() else os.getpid(), signal.SIGTERM)


def listening(process: int) -> list[Listener]:
    sockets = sockets_of(process)
    return [listener for listener in find_listeners() if listener.socket in sockets]


def find_older_process(own: Listener) -> Process | None:
    """Return the oldest process of another server that shares the port of `own` and is older than this one, or None.

    Workers of one server may share a socket, and so may a process that inherited it.
    """
    shared = {listener.socket for listener in find_listeners() if listener.shares_with(own)}
    if not shared:
        return None
    server = os.getppid() if parent_process() else os.getpid()
    others = [process for process in _processes() if server not in (process.number, process.parent)]
    this = _process(os.getpid())
    older = [process for process in others if process < this and sockets_of(process.number) & shared]
    return min(older, default=None)


def _processes() -> Iterator[Process]:
    for path in PROC.glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            yield _process(int(path.name))


def _process(number: int) -> Process:
    """Return the process with that number. Raises OSError if there is none."""
    fields = (PROC / str(number) / "stat").read_text().rpartition(")")[2].split()  # the name may contain anything
    return Process(int(fields[19]), number, int(fields[1]))
