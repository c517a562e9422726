"""Serves the site with Granian: brings the database and the static files up to date, starts the mail, then answers.

HOST and PORT (default 127.0.0.1 and 8000) say where. In demo mode it also makes two sign-ins and prints them.
"""

import errno
import ipaddress
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from granian import Granian
from granian.constants import Interfaces

from articles.library import get_library
from clinic_site.content_files import ContentError
from clinic_site.demo import DEMO_USERS, VAR_FOLDER, demo_passwords
from clinic_site.processes import RunsAlreadyError, folder, listeners, only_process
from clinic_site.static_files import collect_static

# More than a few slow senders can hold; a proxy that buffers requests is the real answer. 32 cost a twentieth of speed.
# The files in deploy/ start as many, and settings.POSTGRESQL_POOL has a connection for each: a test compares them.
BLOCKING_THREADS = 16
MAIL = [sys.executable, "manage.py", "deliver_mail", "--loop"]
STOP_WITHIN = 2  # seconds that an answer in hand has left when the site is stopped
RESTART_AFTER = 1  # seconds
ANOTHER_PORT = "choose another, like `make serve PORT=8001`."
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO:
            os.umask(0o077)  # what the demo keeps is for the person who started it
        try:
            with only_process(VAR_FOLDER / f"serve-{settings.PORT}.lock"):
                self.serve()
        except RunsAlreadyError as error:
            raise CommandError(
                f"This site runs already on port {settings.PORT}: process {error.process}. "
                f"Stop that one, or {ANOTHER_PORT}"
            ) from error
        except (OSError, ContentError, DatabaseError) as error:
            raise CommandError(f"The site cannot start: {error}.") from error
        self.stdout.write("\nStopped.")

    def serve(self) -> None:
        """Serve until this process is told to stop. Raises CommandError where the site cannot start."""
        address = check_address(settings.HOST, settings.PORT)
        self.prepare()
        self.announce()
        with mail_worker():
            serve_until_stopped(address)

    def prepare(self) -> None:
        """Everything that must stand before the first page is asked for."""
        if not settings.DEMO:
            call_command("check", deploy=True, fail_level="WARNING")
        call_command("migrate", verbosity=0)
        if not settings.DEMO:
            call_command("check", deploy=True, tags=["database"], databases=["default"], fail_level="WARNING")
        collect_static()
        if settings.DEMO:
            make_demo_users()
        for problem in get_library().problems:
            self.stderr.write(f"content/{problem}")

    def announce(self) -> None:
        self.stdout.write(f"\nThe site:  {settings.SITE_URL}/\nThe desk:  {settings.SITE_URL}/admin/")
        if settings.DEMO:
            self.stdout.write("Mail goes to files in var/mail/. Sign-ins of this demo:")
            for user, password in demo_passwords().items():
                self.stdout.write(f"  {DEMO_USERS[user]:14} {user:12} {password}")
        self.stdout.write("Stop with Ctrl-C.\n")
        self.stdout.flush()


def serve_until_stopped(address: str, application: str = "clinic_site.wsgi:application", workers: int = 1) -> None:
    """Granian, which stops when its terminal is closed: by itself it would start its workers anew."""
    granian = Granian(
        application,
        address=address,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        workers_kill_timeout=STOP_WITHIN,
        log_enabled=False,
    )
    granian.signal_handler_reload = granian.signal_handler_interrupt  # type: ignore[method-assign]
    granian.serve()


def check_address(host: str, port: int) -> str:
    """The IP address of `host`. Raises CommandError where the site cannot or must not listen."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, OverflowError) as error:
        raise CommandError(f"HOST={host} is not an address of this machine: use 127.0.0.1.") from error
    if settings.DEMO and not ipaddress.ip_address(found[4][0]).is_loopback:
        raise CommandError(
            f"HOST={host} can be reached from other machines, and the demo is for this one: use 127.0.0.1."
        )
    with socket.socket(found[0], found[1]) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(found[4])
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = in_use_by(port) if taken else f"cannot be used ({error.strerror}): {ANOTHER_PORT}"
            raise CommandError(f"Port {port} {reason}") from error
    return str(found[4][0])


def in_use_by(port: int) -> str:
    """Say who listens on `port`, where no `serve` of this site has the lock, and what to do about it."""
    ours = [str(process) for process in listeners(port) if folder(process) == settings.BASE_DIR]
    if not ours:
        return f"is in use by another program: {ANOTHER_PORT}"
    return (
        f"is in use by what a server of this site left behind: process {', '.join(ours)}. "
        f"End it with `kill -9 {' '.join(ours)}`, then start again."
    )


def make_demo_users() -> None:
    """The demo's two sign-ins, each with the rights of its group and no more."""
    for name, password in demo_passwords().items():
        user, _ = get_user_model().objects.get_or_create(username=name, defaults={"is_staff": True})
        if not user.check_password(password):
            user.set_password(password)
            user.save()
        user.groups.set([Group.objects.get(name=DEMO_USERS[name])])


@contextmanager
def mail_worker() -> Iterator[None]:
    """Delivers mail in a process of its own while the site is served; one that ends is started again."""
    stopping = threading.Event()
    keeper = threading.Thread(target=keep_running, args=([*MAIL, "--parent", str(os.getpid())], stopping))
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def keep_running(command: list[str], stopping: threading.Event) -> None:
    """Runs `command` again and again until `stopping` is set, then ends it."""
    while not stopping.is_set():
        # In a session of its own: Ctrl-C is for this process, which then ends the worker in its own time.
        worker = subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603 (a constant of ours)
        while worker.poll() is None and not stopping.wait(RESTART_AFTER):
            pass
        if not stopping.is_set():
            logger.error("%s ended with status %s and is started again", command[2], worker.returncode)
            continue
        worker.terminate()
        worker.wait()
