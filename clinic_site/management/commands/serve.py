"""Serve the site with Granian: bring the database and the static files up to date, start the mail, then answer.

HOST and PORT (default 127.0.0.1 and 8000) say where. Demo mode also creates two sign-ins and prints them.
"""

import errno
import ipaddress
import logging
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from clinic_site.atomic_files import whole_file
from clinic_site.content.files import ContentError
from clinic_site.database.faults import database_fault
from clinic_site.delivery.static_files import collect_static
from clinic_site.demo import DEMO_USERS, demo_passwords
from clinic_site.hooks import hooks
from clinic_site.server.listeners import processes_on
from clinic_site.server.processes import RunsAlreadyError, folder, lock_file, only_process, reload_report
from clinic_site.server.web_process import BACKLOG, NotStartedError, WebProcess, open_port
from clinic_site.settings import close_connections

MAIL = [sys.executable, "manage.py", "deliver_mail", "--loop", "--skip-checks"]  # which this command has run already
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LOOK_EVERY = 0.5  # seconds
RESTART_AFTER = 1  # seconds
ANOTHER_PORT = "choose another, like `make serve PORT=8001`."
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--web-only", action="store_true", help="answer, no more: others prepare the database and send the mail"
        )

    def handle(self, *args: Any, web_only: bool = False, **options: Any) -> None:
        stop = Stop()
        before = {number: signal.signal(number, stop.interrupt) for number in STOPS}
        if settings.DEMO:
            os.umask(0o077)  # files of the demo are private to the user who started it
        try:
            with only_process(lock_file(settings.PORT)):
                self.serve(web_only, stop)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")
        except RunsAlreadyError as error:
            raise CommandError(
                f"This site runs already on port {settings.PORT}: process {error.process}. "
                f"Stop that one, or {ANOTHER_PORT}"
            ) from error
        except DatabaseError as error:
            raise CommandError(f"The site cannot start. {database_fault(error)}") from error
        except (OSError, ContentError) as error:
            raise CommandError(f"The site cannot start: {error}.") from error
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def serve(self, web_only: bool, stop: "Stop") -> None:
        """Serve until this process gets a stop signal. Raises CommandError if the site cannot start."""
        with open_address(settings.HOST, settings.PORT) as listener:
            server = Server(listener, stop)
            if not web_only:
                self.prepare()
            server.start()
            self.announce()
            with nullcontext() if web_only else mail_worker():
                server.run()
        self.stdout.write("\nStopped.")

    def prepare(self) -> None:
        """Check the settings, migrate, gather static files and run the start checks of the apps."""
        if not settings.DEMO:
            call_command("check", deploy=True, fail_level="WARNING")
        call_command("migrate", verbosity=0)
        if not settings.DEMO:
            call_command("check", deploy=True, tags=["database"], databases=["default"], fail_level="WARNING")
        collect_static()
        if settings.DEMO:
            make_demo_users()
        for check in hooks.start_checks:
            for sentence in check():
                self.stderr.write(sentence)

    def announce(self) -> None:
        self.stdout.write(f"\nThe site:  {settings.SITE_URL}/\nThe desk:  {settings.SITE_URL}/admin/")
        if settings.DEMO:
            self.stdout.write("Mail goes to files in var/mail/. Sign-ins of this demo:")
            for user, password in demo_passwords().items():
                self.stdout.write(f"  {DEMO_USERS[user]:14} {user:12} {password}")
        self.stdout.write("Stop with Ctrl-C.\n")
        self.stdout.flush()


class Stop:
    """Flag that this process must end. A stop works at any moment, also before the site answers."""

    requested = False

    def interrupt(self, *_: object) -> None:
        """Handle a signal. Python drops an exception raised at some moments, such as a fork: set a flag as well."""
        self.requested = True
        raise KeyboardInterrupt


class Server:
    """The web process that answers; a reload replaces it, and a stop ends it."""

    def __init__(self, listener: socket.socket, stop: "Stop") -> None:
        self._listener = listener
        self._stop = stop
        self._signals: queue.SimpleQueue[int] = queue.SimpleQueue()
        signal.signal(signal.SIGUSR1, self._record_signal)  # an early one is handled once the site answers

    def start(self) -> None:
        """Start the web process. From now on run() handles a stop: an exception of a handler is lost in a fork."""
        for number in STOPS:
            signal.signal(number, self._record_signal)
        close_connections()
        self._listener.listen(BACKLOG)
        self.web = WebProcess(self._listener, fresh=False)

    def run(self) -> None:
        """Serve until a stop. Raises CommandError if the web process ends by itself."""
        try:
            while not self._stop.requested:
                if self._next_signal() == signal.SIGUSR1:
                    self._reload()
                if self.web.has_ended:
                    raise CommandError("The web process ended by itself: see the log.")
        finally:
            self.web.stop()

    def _record_signal(self, number: int, _: object) -> None:
        self._stop.requested = self._stop.requested or number in STOPS
        self._signals.put(number)

    def _next_signal(self) -> int:
        try:
            return self._signals.get(timeout=LOOK_EVERY)
        except queue.Empty:
            return 0

    def _reload(self) -> None:
        """Replace the web process once a new one is ready; otherwise leave the old one and report why."""
        fault = ""
        web = WebProcess(self._listener, fresh=True)
        try:
            web.wait_until_ready(give_up=lambda: self._stop.requested)
        except NotStartedError as error:
            fault = str(error)
            logger.error("The site was not reloaded: %s.", fault)  # noqa: TRY400 (the sentence suffices)
        else:
            logger.info("Process %s answers now, in place of process %s.", web.number, self.web.number)
            self.web, old = web, self.web
            old.stop()
        with whole_file(reload_report(settings.PORT)) as report:
            report.write(fault.encode())


def open_address(host: str, port: int) -> socket.socket:
    """Bind the port of `host`, to listen on it later. Raises CommandError if the site cannot or must not."""
    try:
        resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, OverflowError) as error:
        raise CommandError(f"HOST={host} is not an address of this machine: use 127.0.0.1.") from error
    address = str(resolved[4][0])
    if settings.DEMO and not ipaddress.ip_address(address).is_loopback:
        raise CommandError(
            f"HOST={host} can be reached from other machines, and the demo is for this one: use 127.0.0.1."
        )
    try:
        return open_port(resolved[0], address, port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = in_use_by(port) if taken else f"cannot be used ({error.strerror}): {ANOTHER_PORT}"
        raise CommandError(f"Port {port} {reason}") from error


def in_use_by(port: int) -> str:
    """Return who listens on `port` without the lock of a `serve` of this site, and what to do about it."""
    own = [str(process) for process in processes_on(port) if folder(process) == settings.BASE_DIR]
    if not own:
        return f"is in use by another program: {ANOTHER_PORT}"
    return (
        f"is in use by what a server of this site left behind: process {', '.join(own)}. "
        f"End it with `kill -9 {' '.join(own)}`, then start again."
    )


def make_demo_users() -> None:
    """Create the demo's two sign-ins, each with the rights of its group and no more."""
    for name, password in demo_passwords().items():
        user, is_new = get_user_model().objects.get_or_create(username=name, defaults={"is_staff": True})
        if is_new or not user.check_password(password):  # a check is slow by design
            user.set_password(password)
            user.save()
        user.groups.set([Group.objects.get(name=DEMO_USERS[name])])


@contextmanager
def mail_worker() -> Iterator[None]:
    """Run the mail worker in its own process inside the block, and restart it if it ends."""
    stopping = threading.Event()
    runner = threading.Thread(target=keep_running, args=([*MAIL, "--parent", str(os.getpid())], stopping))
    runner.start()
    try:
        yield
    finally:
        stopping.set()
        runner.join()


def keep_running(command: list[str], stopping: threading.Event) -> None:
    """Run `command` again and again until `stopping` is set, then end it."""
    while not stopping.is_set():
        # In its own session: Ctrl-C is for this process, which then ends the worker.
        worker = subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603 (a constant of ours)
        while worker.poll() is None and not stopping.wait(RESTART_AFTER):
            pass
        if not stopping.is_set():
            logger.error("%s ended with status %s and is started again", command[2], worker.returncode)
            continue
        worker.terminate()
        worker.wait()
