"""Many flushes at once, on a database of its own: run by test_counting.py in a process of its own.

The tests' SQLite lives in memory, where it does not queue writers as it does for a file; and no test of theirs commits.
"""

import json
import sys
from functools import partial

from django.core.management import call_command

from articles.counting import _store
from articles.models import MissedSearch, PageReads
from tests.appointments.race import THREADS, all_at_once
from tests.articles.reader_builders import TODAY

EACH = 10  # flushes of each
READS = {"/articles/walking/": 3, "/": 1, "/about/": 2}
MISSES = {"zzzz": 1, "quux": 1}


def main() -> None:
    call_command("migrate", verbosity=0)
    done = all_at_once([partial(_flush, turn=number % 2) for number in range(THREADS)])
    missed = MissedSearch.objects.values_list("term", "count")
    reads = PageReads.objects.values_list("path", "count")
    json.dump({"failed": THREADS - len(done), "reads": dict(reads), "missed": dict(missed)}, sys.stdout)


def _flush(turn: int) -> None:
    """Half of them come with the same counts the other way round."""
    for _ in range(EACH):
        order = -1 if turn else 1
        _store(dict(list(READS.items())[::order]), dict(list(MISSES.items())[::order]), TODAY)
