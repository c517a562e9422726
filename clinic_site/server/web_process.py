"""Granian on a socket that outlives its processes: a new process replaces the old one, and no request is refused.

`serve` opens the socket, and each web process answers on it. Connections wait in the queue of the socket, which belongs
to no process. Granian by itself opens a socket in each process and lets any other server share the port.
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
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from granian import Granian
from granian._granian import SocketHolder
from granian.constants import Interfaces

from clinic_site.delivery.internal_request import Application, get_page
from clinic_site.published import site_hosts
from clinic_site.server.processes import KILLED

# A few slow senders cannot occupy all; only a proxy that buffers requests prevents that altogether. 32 threads were 5%
# slower. settings.POSTGRESQL_POOL has a connection for each: a test compares them.
BLOCKING_THREADS = 16
APPLICATION = "clinic_site.wsgi:application"
BACKLOG = 1024  # connections that may wait
READY_WITHIN = 10  # seconds that a new process has to become ready after it has loaded the site
START_WITHIN = 60  # seconds, including loading
STOP_WITHIN = 2 if settings.DEMO else 8  # seconds that a response in progress has left
LOOK_EVERY = 0.05  # seconds
ASK_EVERY = 1.0  # second
READY = "ready"
LONGEST_REPORT = 1000  # bytes


class NotStartedError(Exception):
    """A web process did not become ready; the text says why."""


def open_port(family: int, address: str, port: int) -> socket.socket:
    """Bind the port for this process and its children only. Raises OSError."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError:
        listener.close()
        raise
    return listener


class WebProcess:
    """A process that answers on the socket `listener`, seen from `serve`."""

    def __init__(self, listener: socket.socket, fresh: bool) -> None:
        """Start the process: if `fresh`, with the code on disk, and it must get ready; else as a fork of this one."""
        self._ready, ready = os.pipe()
        alive, self._alive = os.pipe()  # closed by the kernel when this process ends in any way
        inherited = (listener.fileno(), ready, alive)
        self.number = _spawn(*inherited) if fresh else _fork(self._alive, *inherited)
        os.close(ready)
        os.close(alive)

    def wait_until_ready(self, give_up: Callable[[], bool]) -> None:
        """Wait until the process is ready. Raises NotStartedError after the process has ended."""
        deadline = time.monotonic() + START_WITHIN
        while not select.select([self._ready], [], [], LOOK_EVERY)[0]:
            if give_up() or time.monotonic() > deadline:
                self.kill()
        report = os.read(self._ready, LONGEST_REPORT).decode()  # empty if the process ended without a report
        if report != READY:
            self._wait_or_kill()
            raise NotStartedError(report or f"it ended, or needed more than {START_WITHIN} seconds: see the log")

    @property
    def has_ended(self) -> bool:
        return os.waitid(os.P_PID, self.number, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def stop(self) -> None:
        """End the process. Answers in progress have STOP_WITHIN seconds."""
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


def _spawn(*inherited: int) -> int:
    """Start `manage.py web_process` with these files open, in its own session: Ctrl-C is for `serve`."""
    linked_root = Path(sys.executable).parents[2]  # an upgrade changes where the link leads; .venv may be elsewhere
    project = next(path for path in (linked_root, settings.BASE_DIR) if (path / "manage.py").exists())
    command = [sys.executable, str(project / "manage.py"), "web_process", *map(str, inherited)]
    for number in inherited:
        os.set_inheritable(number, True)
    return os.posix_spawn(sys.executable, command, os.environ, setsid=True)


def _fork(parent_end: int, *inherited: int) -> int:
    """Fork a process that shares the loaded code of this one; the child ends inside this function."""
    return os.fork() or _answer_and_exit(parent_end, *inherited)


def _answer_and_exit(parent_end: int, listener: int, ready: int, alive: int) -> NoReturn:
    os.close(parent_end)
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until Granian handles it
    try:
        answer(listener, ready, alive, must_be_ready=False)
    finally:  # an exception must not reach the code of the parent, which this process is a copy of
        os._exit(KILLED)


def answer(listener: int, ready: int, alive: int, must_be_ready: bool = True) -> None:
    """Answer on `listener` until SIGTERM, or until the other end of `alive` is closed. Report on `ready`."""
    threading.Thread(target=_exit_when_closed, args=[alive], daemon=True).start()
    run_granian(listener, loader=partial(_load_site, ready, must_be_ready))


def _exit_when_closed(alive: int) -> None:
    os.read(alive, 1)
    os._exit(KILLED)


def _load_site(ready: int, must_be_ready: bool) -> Application:
    """Return the site for Granian's worker, after a report on `ready`; exit if the site is not ready."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until Granian handles it: a stop must work at any moment
    wsgi = import_module(
        APPLICATION.partition(":")[0]
    )  # as Granian itself imports an application: when it is to answer
    fault = why_not_ready(wsgi.django) if must_be_ready else ""
    os.write(ready, (fault or READY).encode())
    os.close(ready)
    if fault:
        sys.exit(1)
    site: Application = wsgi.application
    return site


def why_not_ready(django: Application) -> str:
    """Return what /readyz of this process says is missing; "" once nothing is."""
    deadline = time.monotonic() + READY_WITHIN
    while True:
        answer = get_page(django, "/readyz", site_hosts().host, site_hosts().secure)
        if answer.status.startswith("200 "):
            return ""
        if not answer.status.startswith("503 "):
            return f"/readyz says {answer.status}"
        if time.monotonic() > deadline:
            return answer.body.decode().strip()
        time.sleep(ASK_EVERY)


class SharedSocketServer(Granian):  # type: ignore[misc, valid-type]
    """Granian on an existing socket."""

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
    """Answer until SIGTERM or SIGHUP; on SIGHUP Granian by itself would restart its workers."""
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
