"""Searches that found nothing, counted by day, without anything that identifies a person.

Counts wait in memory until flush() stores them, so no reader waits for the database. The words of a search are stored
only once they were typed OFTEN times; until then only a keyed digest is stored.
"""

import datetime as dt
import re
import threading
from collections import Counter
from collections.abc import Mapping

from django.db import transaction
from django.utils.crypto import salted_hmac

from articles.models import MissedSearch
from articles.search import Answer
from clinic_site.clinic_yaml import get_clinic
from clinic_site.text.folding import fold

MOST = 10_000  # different searches in memory at once; further ones are not counted
MOST_A_DAY = 2_000  # different searches stored per day, so that nobody can fill the database
OFTEN = 3  # times that words must be typed before they are stored
LONGEST_TERM = 60  # characters
MOST_WORDS = 4  # more words are a sentence, which may be about a person
KEEP_FOR = dt.timedelta(days=400)  # enough to compare a year with the one before
TERM = re.compile(r"[^\W\d_]+(?:[ '-]+[^\W\d_]+)*")  # words without digits, signs or addresses


class Tally:
    """Counts of up to MOST different searches in memory. Thread-safe."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, counts: Mapping[str, int]) -> None:
        with self._lock:
            for term, count in counts.items():
                if term in self._counts or len(self._counts) < MOST:
                    self._counts[term] += count

    def take(self) -> Counter[str]:
        """Return the counts and start again at zero."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken


misses = Tally()  # by words


def count_missed(answer: Answer) -> None:
    """Count a search that found nothing. Leave out what speaks of a crisis or may speak of a person."""
    term = fold(answer.query)
    if answer.results or answer.on_top or answer.crisis or not answer.ready:
        return
    if TERM.fullmatch(term) and len(term) <= LONGEST_TERM and len(term.split()) <= MOST_WORDS:
        misses.add({term: 1})


def flush(now: dt.datetime) -> None:
    """Store the counts for the clinic's day at `now`.

    Raises what the database raises; the counts then stay in memory for the next flush.
    """
    terms = misses.take()
    if not terms:
        return
    try:
        _store(terms, get_clinic().today(now))
    except Exception:
        misses.add(terms)
        raise


@transaction.atomic  # counts stored in part would be added again
def _store(terms: Mapping[str, int], day: dt.date) -> None:
    words = {_key(term): term for term in terms}
    stored = MissedSearch.objects.with_room(day, words, MOST_A_DAY)
    MissedSearch.objects.add(day, {key: terms[words[key]] for key in stored})
    MissedSearch.objects.show({key: words[key] for key in stored}, OFTEN)


def _key(term: str) -> str:
    """Return a digest of `term`. Without the site's secret key the words cannot be recovered from it."""
    return salted_hmac("articles.counting", term, algorithm="sha256").hexdigest()


def forget_counts(now: dt.datetime) -> None:
    """Remove the counts that are older than KEEP_FOR."""
    MissedSearch.objects.before(get_clinic().today(now - KEEP_FOR)).delete()
