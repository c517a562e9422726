"""Publishes, and kills its own process at the nth rename: `python -m tests.clinic_site.killed_publish DIR N`."""

import os
import signal
import sys
from pathlib import Path

import django
from django.core.management import call_command

django.setup()
folder, last = sys.argv[1], int(sys.argv[2])
count = 0
rename = Path.replace


def replace(self: Path, target: Path) -> Path:
    global count
    count += 1
    if count == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)


Path.replace = replace  # type: ignore[method-assign, assignment]
call_command("publish", folder)
