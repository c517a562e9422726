"""Keeps two servers from sharing a port: Linux would hand each connection to one of them, and nobody would notice.

Granian's sockets allow that (SO_REUSEPORT), so no bind fails. Whatever starts a server of this site, its process looks
as soon as it listens whether an older one listens there too, and ends if so.
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
from pathlib import Path

PROC = Path("/proc")  # of Linux: see proc(5)
LISTENING = "0A"  # in /proc/net/tcp
EVERY_ADDRESS = frozenset({"0" * 8, "0" * 32})  # 0.0.0.0 and ::
LOOK_EVERY = 0.05  # seconds
LOOK_FOR = 60  # seconds that a server may take to load the site before it listens
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Listener:
    """A socket that takes connections."""

    socket: str  # as /proc/<process>/fd names it
    address: str  # as the kernel writes it
    port: int

    def shares_with(self, other: "Listener") -> bool:
        """Whether a connection to one may come to the other."""
        same = self.address == other.address or bool(EVERY_ADDRESS & {self.address, other.address})
        return same and self.port == other.port and self.socket != other.socket


@dataclass(frozen=True, order=True)
class Process:
    started: int  # ticks since the machine's start
    number: int
    parent: int


def watch() -> None:
    """Look from a thread of its own: a server listens only after it has loaded the site."""
    threading.Thread(target=end_beside_an_older_server, name="port", daemon=True).start()


def end_beside_an_older_server() -> None:
    """End the server that this process is of, and say why, if an older one listens where it does."""
    deadline = time.monotonic() + LOOK_FOR
    while not (found := listening(os.getpid())) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY)
    for mine in found:
        older = older_process_at(mine)
        if older:
            logger.critical(
                "Process %s answers on port %s already, so this server ends. Stop that one, or choose another port.",
                older.number,
                mine.port,
            )
            os.kill(os.getppid() if parent_process() else os.getpid(), signal.SIGTERM)


def listening(process: int) -> list[Listener]:
    sockets = _sockets(process)
    return [each for each in _listeners() if each.socket in sockets]


def older_process_at(mine: Listener) -> Process | None:
    """The oldest process of another server that gets connections meant for `mine`, if it is older than this one.

    Workers of the same server may share it, and so may whoever was handed the very same socket.
    """
    shared = {each.socket for each in _listeners() if each.shares_with(mine)}
    if not shared:
        return None
    server = os.getppid() if parent_process() else os.getpid()
    strangers = [each for each in _processes() if server not in (each.number, each.parent)]
    older = [each for each in strangers if each < _process(os.getpid()) and _sockets(each.number) & shared]
    return min(older, default=None)


def _listeners() -> Iterator[Listener]:
    lines = [line.split() for table in ("tcp", "tcp6") for line in _lines(PROC / "net" / table)[1:]]
    for fields in lines:
        address, _, port = fields[1].rpartition(":")
        if fields[3] == LISTENING:
            yield Listener(f"socket:[{fields[9]}]", address, int(port, 16))


def _lines(table: Path) -> list[str]:
    """None where the machine has no IPv6, or is no Linux."""
    return table.read_text().splitlines() if table.exists() else []


def _processes() -> Iterator[Process]:
    for path in PROC.glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            yield _process(int(path.name))


def _process(number: int) -> Process:
    """Raises OSError where there is none."""
    fields = (PROC / str(number) / "stat").read_text().rpartition(")")[2].split()  # the name before may hold anything
    return Process(int(fields[19]), number, int(fields[1]))


def _sockets(process: int) -> set[str]:
    """What a process has open, as far as this user may look at it: only servers of one user can share a port."""
    found = set()
    with suppress(OSError):  # another user's, or it has just ended
        for path in (PROC / str(process) / "fd").iterdir():
            with suppress(OSError):  # just closed, as the folder itself was that iterdir() read
                found.add(str(path.readlink()))
    return found
