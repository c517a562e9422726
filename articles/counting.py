"""What readers look at and look for, counted by day: no address, no cookie, nothing that names a person.

Counts wait in memory, and flush() stores them: no reader waits for the database, and a page is shown without one. The
words of a search that found nothing are stored only once they were typed OFTEN times; until then there is a keyed
digest of them, which nobody can read.
"""

import datetime as dt
import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from articles.models import PATH_LENGTH, MissedSearch, PageReads
from articles.search import Answer
from clinic_site.clinic_file import get_clinic
from clinic_site.folding import fold

MOST = 10_000  # different pages, and different searches, that wait at once: what comes on top is not counted
MOST_A_DAY = 2_000  # different searches that are stored of one day: nobody can fill the database
OFTEN = 3  # times that words were typed until they are kept
LONGEST_TERM = 60  # characters
MOST_WORDS = 4  # more are a sentence, which may speak of somebody
KEPT = dt.timedelta(days=400)  # a year can be compared with the one before
TERM = re.compile(r"[^\W\d_]+(?:[ '-]+[^\W\d_]+)*")  # words without digits, signs or addresses
LONGEST_AGENT = 300  # characters of what a browser says it is
OK = 200
AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")  # how browsers say that they fetch a page just in case
ROBOT = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|scan|fetch|monitor|preview|archiver|externalhit|whatsapp|headless|lighthouse"
    r"|inspection|curl|wget|python|java/|perl|http|libwww",
    re.IGNORECASE,
)
View = Callable[..., HttpResponse]
logger = logging.getLogger(__name__)


class Tally:
    """Counts in memory, of MOST different things. Safe to use from several threads."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, counts: Mapping[str, int]) -> None:
        with self._lock:
            for name, count in counts.items():
                if name in self._counts or len(self._counts) < MOST:
                    self._counts[name] += count

    def take(self) -> Counter[str]:
        """What was counted since the last time."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken


reads = Tally()  # by path
misses = Tally()  # by words


def counted(view: View) -> View:
    """For views that show a page of ours to readers."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == OK:
            count_read(request.META)
        return response

    return wrapped


def count_read(environ: Mapping[str, Any]) -> None:
    """Counts a page that was shown, where a person asked for it. `environ`: of the request, as WSGI has it."""
    path = environ["PATH_INFO"]
    page = path.endswith("/") and len(path) <= PATH_LENGTH  # a feed is for machines
    if page and environ["REQUEST_METHOD"] == "GET" and by_a_person(environ):
        reads.add({path: 1})


def count_missed(answer: Answer, environ: Mapping[str, Any]) -> None:
    """Counts a search that found nothing. Never one that speaks of a crisis, or that may speak of a person."""
    term = fold(answer.query)
    if answer.results or answer.crisis or not answer.ready or not by_a_person(environ):
        return
    if TERM.fullmatch(term) and len(term) <= LONGEST_TERM and len(term.split()) <= MOST_WORDS:
        misses.add({term: 1})


def by_a_person(environ: Mapping[str, Any]) -> bool:
    """False for robots that say so, for whoever does not say what they are, and for pages fetched ahead."""
    agent = environ.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT]
    return bool(agent) and not _robot(agent) and not any("prefetch" in environ.get(name, "") for name in AHEAD)


@lru_cache(maxsize=1000)  # most readers' browsers say one of a few things
def _robot(agent: str) -> bool:
    return ROBOT.search(agent) is not None


def flush(now: dt.datetime) -> None:
    """Stores what was counted since the last time, under the clinic's present day.

    What cannot be stored is kept for the next time; the fault is logged once, by its kind alone.
    """
    pages, terms = reads.take(), misses.take()
    if not (pages or terms):
        return
    try:
        _store(pages, terms, get_clinic().local(now).date())
    except Exception as error:  # noqa: BLE001 (whatever fails, what was counted is kept)
        reads.add(pages)
        misses.add(terms)
        _tell(type(error).__name__)
    else:
        _tell("")


_fault = ""  # why the last flush failed; "" when it did not


def _tell(fault: str) -> None:
    """Flushes come twice a second: what stays as it was is no news."""
    global _fault  # one for the process, like the counts
    if fault and fault != _fault:
        logger.error("Reads and searches could not be stored (%s). They wait in memory.", fault)
    _fault = fault


def _store(pages: Mapping[str, int], terms: Mapping[str, int], day: dt.date) -> None:
    """All of it or nothing: what is stored in part would be counted twice."""
    words = {_key(term): term for term in terms}
    with transaction.atomic():
        PageReads.objects.add(day, pages)
        kept = MissedSearch.objects.with_room(day, words, MOST_A_DAY)
        MissedSearch.objects.add(day, {key: terms[words[key]] for key in kept})
        MissedSearch.objects.show({key: words[key] for key in kept}, OFTEN)


def _key(term: str) -> str:
    """The same for the same words, and without the site's secret key nothing that leads back to them."""
    return salted_hmac("articles.counting", term, algorithm="sha256").hexdigest()


def forget_counts(now: dt.datetime) -> None:
    """Removes what is older than KEPT. A chore of the house."""
    day = get_clinic().local(now - KEPT).date()
    PageReads.objects.before(day).delete()
    MissedSearch.objects.before(day).delete()
