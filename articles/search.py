"""Ranked search over articles and pages: stemming, patients' own words, a forgiven typo, the passage found."""

import datetime as dt
import difflib
import logging
import re
import threading
from dataclasses import dataclass

from articles.documents import Article, Document, Page, Term
from articles.library import Library, get_library
from articles.search_index import SearchIndex, open_index
from articles.standing import listed
from clinic_site.crisis import searches_in_crisis

WORD = re.compile(r"\w+")
LONGEST_QUERY = 100  # characters; the rest is not looked for
MOST_WORDS = 10
MOST_RESULTS = 20
TYPO_CUTOFF = 0.75  # of difflib's ratio: one slip in a word of five letters, two in one of eight
LONGEST_SLIP = 2  # letters too many or too few
START, END = "\x02", "\x03"  # char(2) and char(3) around a match, in text that holds no control characters
FIRST = 200  # matches that are looked at before all are: nearly always enough
ALL = -1
LOOK_EVERY = 1.0  # seconds
PATIENCE = 2.0  # seconds that a search waits for an index that is being made: more would hold up the other pages
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    document: Document
    passage: tuple[tuple[str, bool], ...]  # pieces of text; True: this piece matched


@dataclass(frozen=True)
class Answer:
    query: str  # as typed, trimmed
    corrections: tuple[tuple[str, str], ...]  # typed word -> word looked for
    crisis: bool  # somebody may be in danger
    term: Term | None  # the glossary term the query names
    results: tuple[Result, ...]
    ready: bool = True  # False: there is no index yet, and nobody has looked


class NotReadyError(Exception):
    """The first index is being made."""


_current: SearchIndex | None = None
_building = threading.Lock()


def get_index(library: Library) -> SearchIndex:
    """The index of `library`; as it was a moment ago, while another thread brings it up to date. Raises NotReadyError
    where another one has not made the first within PATIENCE."""
    global _current  # a cache of one, rebuilt from the library
    if _current is not None and (_current.library is library or _building.locked()):
        return _current
    if not _building.acquire(timeout=PATIENCE):
        raise NotReadyError
    try:
        if _current is None:
            _current = open_index(library)
        else:
            _current.take_in(library)
        return _current
    finally:
        _building.release()


def keep_ready(stop: threading.Event) -> None:
    """Keeps the index up to date until `stop` is set, so that no search waits for it. For a thread of its own."""
    while not stop.is_set():
        try:
            get_index(get_library())
        except Exception as error:  # noqa: BLE001 (the index as it is goes on)
            logger.error("the search index could not be brought up to date (%s)", type(error).__name__)  # noqa: TRY400
        stop.wait(LOOK_EVERY)


def answer(typed: str, library: Library, now: dt.datetime) -> Answer:
    """What lists offer of the library at `now` that speaks of `typed`, if it can be looked for yet."""
    try:
        return search(typed, get_index(library), now)
    except NotReadyError:
        query = _trimmed(typed)
        return Answer(query, (), searches_in_crisis(query, query), None, (), ready=False)


def search(typed: str, index: SearchIndex, now: dt.datetime) -> Answer:
    """What lists offer of the library at `now` that speaks of `typed`."""
    query = _trimmed(typed)
    words = _words(query, index)
    corrected = {word: _known(word, index) for word in words}
    return Answer(
        query=query,
        corrections=tuple((word, known) for word, known in corrected.items() if word != known),
        crisis=searches_in_crisis(query, " ".join(corrected.values())),
        term=_term(" ".join(corrected.values()) or query, index),
        results=_results([_alternatives(word, index) for word in corrected.values()], index, now),
    )


def _trimmed(typed: str) -> str:
    return " ".join(typed.split())[:LONGEST_QUERY]


def _results(groups: list[str], index: SearchIndex, now: dt.datetime) -> tuple[Result, ...]:
    if not groups:
        return ()
    some = " OR ".join(groups)
    found = _found(" AND ".join(groups), some, index, now)
    return tuple(Result(each, _pieces(index.passage(each.path, some))) for each in found)


def _found(every: str, some: str, index: SearchIndex, now: dt.datetime) -> list[Document]:
    """Pages with all of the words before those with some, and articles before plain pages."""
    articles: dict[str, Document] = {}
    pages: dict[str, Document] = {}
    for query, most in ((every, FIRST), (every, ALL), (some, FIRST), (some, ALL)):
        for path in index.paths(query, most):
            document = index.library.documents.get(path)
            if isinstance(document, Page):
                pages[path] = document
            elif isinstance(document, Article) and listed(document, now):
                articles[path] = document
        if len(articles) >= MOST_RESULTS:
            break
    return [*articles.values(), *pages.values()][:MOST_RESULTS]


def _words(query: str, index: SearchIndex) -> list[str]:
    """The words worth looking for; when none is, all of them."""
    words = list(dict.fromkeys(WORD.findall(query.lower())))[:MOST_WORDS]
    return [word for word in words if word not in index.library.search_words.stop_words] or words


def _known(word: str, index: SearchIndex) -> str:
    """The word itself when the library or its synonyms know it, else the closest word that the library holds."""
    if word in index.library.search_words.synonyms or index.knows(word):
        return word
    near = [each for each in index.vocabulary if _may_be_meant(each, word)]
    close = difflib.get_close_matches(word, near, n=1, cutoff=TYPO_CUTOFF)
    return close[0] if close else word


def _may_be_meant(known: str, typed: str) -> bool:
    """A cheap first look: difflib's takes half a second for ten words beside a large library."""
    return abs(len(known) - len(typed)) <= LONGEST_SLIP and (known[0] == typed[0] or known[-1] == typed[-1])


def _alternatives(word: str, index: SearchIndex) -> str:
    """FTS5 for the word or any of its synonyms. Every piece is quoted: nothing typed is read as an operator."""
    alternatives = (word, *index.library.search_words.synonyms.get(word, ()))
    return "(" + " OR ".join(f'"{each}"' for each in alternatives) + ")"


def _term(words: str, index: SearchIndex) -> Term | None:
    wanted = words.lower()
    terms = index.library.shared.terms.values()
    return next((term for term in terms if wanted in {term.slug, *map(str.lower, (term.name, *term.aliases))}), None)


def _pieces(passage: str) -> tuple[tuple[str, bool], ...]:
    pieces = []
    for part in passage.split(START):
        match, end, rest = part.rpartition(END)
        pieces += [(match, True), (rest, False)] if end else [(part, False)]
    return tuple(piece for piece in pieces if piece[0])
