"""The sockets that accept connections on this machine, and the processes that hold them: see proc(5).

Linux alone has /proc; elsewhere none is found.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"  # in /proc/net/tcp
EVERY_ADDRESS = frozenset({"0" * 8, "0" * 32})  # 0.0.0.0 and ::


@dataclass(frozen=True)
class Listener:
    """A socket that accepts connections."""

    socket: str  # as /proc/<process>/fd names it
    address: str  # as the kernel writes it
    port: int

    def shares_with(self, other: "Listener") -> bool:
        """Return True if a connection to one socket may reach the other."""
        same = self.address == other.address or bool(EVERY_ADDRESS & {self.address, other.address})
        return same and self.port == other.port and self.socket != other.socket


def find_listeners() -> Iterator[Listener]:
    lines = [line.split() for table in ("tcp", "tcp6") for line in _lines(PROC / "net" / table)[1:]]
    for fields in lines:
        address, _, port = fields[1].rpartition(":")
        if fields[3] == LISTENING:
            yield Listener(f"socket:[{fields[9]}]", address, int(port, 16))


def _lines(table: Path) -> list[str]:
    """Return the lines of a table of /proc; none without IPv6, or on another system than Linux."""
    return table.read_text().splitlines() if table.exists() else []


def sockets_of(process: int) -> set[str]:
    """Return the sockets of a process that this user may inspect: only servers of one user can share a port."""
    sockets = set()
    with suppress(OSError):  # another user's, or it has just ended
        for path in (PROC / str(process) / "fd").iterdir():
            with suppress(OSError):  # just closed
                sockets.add(str(path.readlink()))
    return sockets


def processes_on(port: int) -> list[int]:
    """Return the processes that listen on TCP `port`, among those that this user may inspect."""
    sockets = {listener.socket for listener in find_listeners() if listener.port == port}
    return [int(path.name) for path in sorted(PROC.glob("[0-9]*")) if sockets & sockets_of(int(path.name))]
