"""Granian on a socket that outlives its processes: a new one takes over from the old one, and no request is refused.

`serve` opens the socket, and each web process answers on it. Connections wait in the socket's queue, which belongs to
none of them. Granian by itself opens a socket for each process, in a way that lets any other server share the port.
"""

import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from granian import Granian
from granian._granian import SocketHolder
from granian.constants import Interfaces

from clinic_site.asked import Application, ask
from clinic_site.processes import KILLED

# More than a few slow senders can hold; a proxy that buffers requests is the real answer. 32 cost a twentieth of speed.
# settings.POSTGRESQL_POOL has a connection for each: a test compares them.
BLOCKING_THREADS = 16
APPLICATION = "clinic_site.wsgi:application"
BACKLOG = 1024  # connections that may wait
READY_WITHIN = 10  # seconds that a new process has to become ready, once it has loaded the site
START_WITHIN = 60  # seconds, with the loading
STOP_WITHIN = 2 if settings.DEMO else 8  # seconds that an answer in hand has left
LOOK_EVERY = 0.05  # seconds
ASK_EVERY = 1.0  # second
READY = "ready"
LONGEST_REPORT = 1000  # bytes


class NotStartedError(Exception):
    """A web process did not become ready; the text says why."""


def open_port(family: int, address: str, port: int) -> socket.socket:
    """Take the port, for this process and those that it starts alone. Raises OSError."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError:
        listener.close()
        raise
    return listener


class WebProcess:
    """A process that answers on the socket `listener`, as `serve` sees it."""

    def __init__(self, listener: socket.socket, fresh: bool) -> None:
        """Start it. `fresh`: with the code as it is now, which must be ready; else with that of this process."""
        self._ready, ready = os.pipe()
        alive, self._alive = os.pipe()  # closed by the system when this process ends, whatever ends it
        inherited = (listener.fileno(), ready, alive)
        self.number = _spawned(*inherited) if fresh else _forked(self._alive, *inherited)
        os.close(ready)
        os.close(alive)

    def wait_until_ready(self, give_up: Callable[[], bool]) -> None:
        """Raises NotStartedError; the process has ended then."""
        deadline = time.monotonic() + START_WITHIN
        while not select.select([self._ready], [], [], LOOK_EVERY)[0]:
            if give_up() or time.monotonic() > deadline:
                self.kill()
        said = os.read(self._ready, LONGEST_REPORT).decode()  # nothing where it ended without a word
        if said != READY:
            self._wait_or_kill()
            raise NotStartedError(said or f"it ended, or needed more than {START_WITHIN} seconds: see the log")

    @property
    def has_ended(self) -> bool:
        return os.waitid(os.P_PID, self.number, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def stop(self) -> None:
        """End it. Answers in hand have STOP_WITHIN seconds."""
        os.kill(self.number, signal.SIGTERM)
        self._wait_or_kill()

    def _wait_or_kill(self) -> None:
        deadline = time.monotonic() + STOP_WITHIN
        while not self.has_ended and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY)
        self.kill()
        os.waitpid(self.number, 0)
        os.close(self._alive)
        os.close(self._ready)

    def kill(self) -> None:
        os.kill(self.number, signal.SIGKILL)


def _spawned(*inherited: int) -> int:
    """Start `manage.py web_process` with these files open, in a session of its own: Ctrl-C is for `serve`."""
    by_the_link = Path(sys.executable).parents[2]  # which an upgrade moves; but .venv may be elsewhere
    project = next(path for path in (by_the_link, settings.BASE_DIR) if (path / "manage.py").exists())
    command = [sys.executable, str(project / "manage.py"), "web_process", *map(str, inherited)]
    for number in inherited:
        os.set_inheritable(number, True)
    return os.posix_spawn(sys.executable, command, os.environ, setsid=True)


def _forked(alive_here: int, *inherited: int) -> int:
    """Go on in a second process, which shares what this one has read. It ends in here."""
    return os.fork() or _answer_and_exit(alive_here, *inherited)


def _answer_and_exit(alive_there: int, listener: int, ready: int, alive: int) -> NoReturn:
    os.close(alive_there)
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until Granian listens to it
    try:
        answer(listener, ready, alive, must_be_ready=False)
    finally:  # whatever was raised is not for what this process is a copy of
        os._exit(KILLED)


def answer(listener: int, ready: int, alive: int, must_be_ready: bool = True) -> None:
    """Answer on `listener` until SIGTERM, or until nobody holds the other end of `alive`. Says so on `ready`."""
    threading.Thread(target=_end_with, args=[alive], daemon=True).start()
    run_granian(listener, loader=partial(_loaded, ready, must_be_ready))


def _end_with(alive: int) -> None:
    os.read(alive, 1)
    os._exit(KILLED)


def _loaded(ready: int, must_be_ready: bool) -> Application:
    """The site, for Granian's worker, which calls this. Says on `ready` how it went, and ends where it went badly."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until Granian listens to it: a stop is a stop at any moment
    from clinic_site.wsgi import application, django

    fault = why_not_ready(django) if must_be_ready else ""
    os.write(ready, (fault or READY).encode())
    os.close(ready)
    if fault:
        sys.exit(1)
    return application


def why_not_ready(django: Application) -> str:
    """What /readyz of this very process says; empty as soon as that is well."""
    from clinic_site.front_door import front

    deadline = time.monotonic() + READY_WITHIN
    while True:
        answer = ask(django, "/readyz", front().host, front().secure)
        if answer.status.startswith("200 "):
            return ""
        if not answer.status.startswith("503 "):
            return f"/readyz says {answer.status}"
        if time.monotonic() > deadline:
            return answer.body.decode().strip()
        time.sleep(ASK_EVERY)


class SharedSocketServer(Granian):  # type: ignore[misc, valid-type]
    """Granian, on a socket that is there already."""

    listener: int

    def _init_shared_socket(self) -> None:
        self._ssp = None
        self._sfd = self.listener
        self._sso = socket.socket(fileno=self.listener)
        self._sso.set_inheritable(True)
        self._shd = SocketHolder(self.listener, False, BACKLOG)  # type: ignore[call-arg]


def run_granian(
    listener: int, application: str = APPLICATION, workers: int = 1, loader: Callable[[], Any] | None = None
) -> None:
    """Answer until SIGTERM, or until the terminal is closed: by itself Granian would start its workers anew then."""
    server = SharedSocketServer(
        application,
        address=settings.HOST,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        workers_kill_timeout=STOP_WITHIN,
        log_enabled=False,
    )
    server.listener = listener
    server.signal_handler_reload = server.signal_handler_interrupt
    server.serve(target_loader=loader, wrap_loader=False)
