"""Ranked search over articles and pages: stemming, patients' own words, a forgiven typo, the passage found."""

import datetime as dt
import difflib
import logging
import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from articles.documents import Article, Document, Page, Term
from articles.library import Library, get_library
from articles.search_index import SearchIndex, open_index
from articles.standing import listed
from clinic_site.crisis import searches_in_crisis
from clinic_site.folding import same_letters

WORD = re.compile(r"\w+")
LONGEST_QUERY = 100  # characters; the rest is not looked for
MOST_WORDS = 10
MOST_RESULTS = 20
TYPO_CUTOFF = 0.75  # of difflib's ratio: one slip in a word of five letters, two in one of eight
LONGEST_SLIP = 2  # letters too many or too few
FEWEST_LETTERS = 3  # of the beginning of a word
FEWEST_OF_KNOWN = 5  # of a beginning that is a word as well: “car” is no beginning of “care”
MOST_LONGER = 10  # words that one beginning stands for
START, END = "\x02", "\x03"  # char(2) and char(3) around a match, in text that holds no control characters
FIRST = 200  # matches that are looked at before all are: nearly always enough
ALL = -1
LOOK_EVERY = 1.0  # seconds
PATIENCE = 2.0  # seconds that a search waits for an index that is being made: more would hold up the other pages
Group = tuple[str, ...]  # what one typed word stands for: itself or its correction, then the words that it begins
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
    meant = {word: _meant(word, index) for word in _words(query, index)}
    corrected = " ".join(first for first, *_ in meant.values())
    crisis = searches_in_crisis(query, corrected)
    corrections = tuple((word, first) for word, (first, *_) in meant.items() if word != first)
    return Answer(
        query=query,
        corrections=() if crisis else corrections,  # “Nothing here says ‘kill’” is no answer to somebody in danger
        crisis=crisis,
        term=_term(corrected or query, index),
        results=_results(list(meant.values()), index, now),
    )


def _trimmed(typed: str) -> str:
    return " ".join(typed.split())[:LONGEST_QUERY]


def _results(groups: list[Group], index: SearchIndex, now: dt.datetime) -> tuple[Result, ...]:
    if not groups:
        return ()
    found = _found(_queries(groups, index), index, now)
    return tuple(Result(page, _pieces(_passage(page, groups, index))) for page in found)


def _passage(page: Document, groups: list[Group], index: SearchIndex) -> str:
    """The part of the page that speaks of the words, or of what they begin."""
    as_typed = index.passage(page.path, _any_of(groups, index))
    return as_typed or index.passage(page.path, _any_of(_begun(groups, index), index))


def _queries(groups: list[Group], index: SearchIndex) -> Iterator[str]:
    """FTS5 for pages with all of the words before those with some, each word as typed before what it may begin.

    Each is made when the one before has not found enough.
    """
    yield _all_of(groups, index)
    yield _all_of(_begun(groups, index), index)
    yield _any_of(groups, index)
    yield _any_of(_begun(groups, index), index)


def _found(queries: Iterator[str], index: SearchIndex, now: dt.datetime) -> list[Document]:
    """The pages in the order of `queries`, and articles before plain pages."""
    articles: dict[str, Document] = {}
    pages: dict[str, Document] = {}
    asked: set[tuple[str, int]] = set()
    for query, most in ((query, most) for query in queries for most in (FIRST, ALL)):
        if (query, most) in asked:
            continue
        asked.add((query, most))
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
    letters = "".join(char for char in same_letters(query).lower() if not unicodedata.combining(char))
    words = list(dict.fromkeys(WORD.findall(letters)))[:MOST_WORDS]
    return [word for word in words if word not in index.library.search_words.stop_words] or words


def _meant(word: str, index: SearchIndex) -> Group:
    """The word itself when the library or its synonyms know it; with what it begins when that is known; else the
    closest word that the library holds."""
    if word in index.library.search_words.synonyms or index.knows(word):
        return (word,)
    if longer := _longer(word, FEWEST_LETTERS, index):
        return (word, *longer)
    near = [known for known in index.vocabulary if _may_be_meant(known, word)]
    close = difflib.get_close_matches(word, near, n=1, cutoff=TYPO_CUTOFF)
    return (close[0] if close else word,)


def _begun(groups: list[Group], index: SearchIndex) -> list[Group]:
    """The groups with the longer words that a known word begins: “fibro” may stand by itself on a page."""
    return [(*group, *_longer(group[0], FEWEST_OF_KNOWN, index)) if len(group) == 1 else group for group in groups]


def _longer(start: str, fewest: int, index: SearchIndex) -> tuple[str, ...]:
    """The shortest words of the library that begin with a `start` of at least `fewest` letters."""
    if len(start) < fewest:
        return ()
    return tuple(sorted(index.words_beginning_with(start), key=len)[:MOST_LONGER])


def _may_be_meant(known: str, typed: str) -> bool:
    """A cheap first look: difflib's takes half a second for ten words beside a large library."""
    return abs(len(known) - len(typed)) <= LONGEST_SLIP and (known[0] == typed[0] or known[-1] == typed[-1])


def _all_of(groups: list[Group], index: SearchIndex) -> str:
    return " AND ".join(_alternatives(group, index) for group in groups)


def _any_of(groups: list[Group], index: SearchIndex) -> str:
    return " OR ".join(_alternatives(group, index) for group in groups)


def _alternatives(group: Group, index: SearchIndex) -> str:
    """FTS5 for any word of the group or its synonyms. Every piece is quoted: nothing typed is read as an operator."""
    alternatives = (*group, *index.library.search_words.synonyms.get(group[0], ()))
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
