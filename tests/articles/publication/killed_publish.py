"""Publish, and kill this process at the nth rename.

`python -m tests.articles.publication.killed_publish DIR N MANY`.

From MANY pages on, several processes render them.
"""

import os
import signal
import sys
from pathlib import Path

import django
from django.core.management import call_command

django.setup()

from articles.publication import exporter  # noqa: E402 (needs Django set up)

folder, last, exporter.MANY = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
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
