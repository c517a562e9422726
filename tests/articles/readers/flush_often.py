"""Concurrent flushes on a separate database: run by test_missed_searches.py in a subprocess.

The SQLite database of the tests is in memory, where writers do not queue as for a file; and tests do not commit.
"""

import json
import sys
from functools import partial

from django.core.management import call_command

from articles.models import MissedSearch
from articles.readers.missed_searches import _store
from tests.appointments.subprocess_race import THREADS, all_at_once
from tests.articles.readers.builders import TODAY

EACH = 10  # flushes of each
MISSES = {"zzzz": 3, "quux": 1, "quux zzzz": 2}


def main() -> None:
    call_command("migrate", verbosity=0)
    done = all_at_once([partial(_flush, turn=number % 2) for number in range(THREADS)])
    missed = MissedSearch.objects.values_list("term", "count")
    json.dump({"failed": THREADS - len(done), "missed": dict(missed)}, sys.stdout)


def _flush(turn: int) -> None:
    """Flush the counts; half of the threads pass them in reverse order."""
    for _ in range(EACH):
        order = -1 if turn else 1
        _store(dict(list(MISSES.items())[::order]), TODAY)
