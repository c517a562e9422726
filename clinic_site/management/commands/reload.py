"""Start a new web process of the running site, and end the old one once the new one is ready.

The new process has the code, templates and content on disk. Migrations are not applied, and the environment is that of
the start.
"""

import os
import signal
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clinic_site.server.processes import RunsAlreadyError, lock_file, only_process, reload_report

PATIENCE = 120  # seconds: longer than `serve` gives the new process
LOOK_EVERY = 0.1  # seconds


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Reload. Raise CommandError if the site does not run, or if the old process stays."""
        report = reload_report(settings.PORT)
        report.unlink(missing_ok=True)
        os.kill(_server(), signal.SIGUSR1)
        deadline = time.monotonic() + PATIENCE
        while not report.exists():
            if time.monotonic() > deadline:
                raise CommandError(f"`serve` did not answer within {PATIENCE} seconds: see its log.")
            time.sleep(LOOK_EVERY)
        if fault := report.read_text():
            raise CommandError(f"The site goes on with its old process, because the new one is not ready: {fault}.")
        self.stdout.write("A new process answers.")


def _server() -> int:
    try:
        with only_process(lock_file(settings.PORT)):
            pass
    except RunsAlreadyError as running:
        return running.process
    raise CommandError(f"No `serve` of this site runs on port {settings.PORT}: start it.")
