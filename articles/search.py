"""Ranked search over articles and pages, with stemming, synonyms, corrected typos and the matching passage."""

import datetime as dt
import difflib
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from articles.content.documents import Article, Document, OnTop, Page, SearchWords, Term
from articles.library import Library
from articles.review_status import is_listed
from articles.search_index import FoundSection, SearchIndex, open_index
from clinic_site.crisis_words import searches_in_crisis
from clinic_site.text.folding import same_letters

WORD = re.compile(r"\w+")
LONGEST_QUERY = 100  # characters; the rest is ignored
MOST_WORDS = 10
MOST_RESULTS = 20
MOST_PASSAGES = 2  # of one page
TYPO_CUTOFF = 0.75  # of difflib's ratio: one slip in a word of five letters, two in one of eight
LONGEST_SLIP = 2  # letters too many or too few
FEWEST_LETTERS = 3  # of the beginning of a word
FEWEST_OF_KNOWN = 5  # of a beginning that is also a word: “car” must not match “care”
MOST_LONGER = 10  # longer words per beginning
START, END = "\x02", "\x03"  # char(2) and char(3) around a match; the text has no control characters
FIRST = 200  # matches to read before reading all: nearly always enough
ALL = -1
PATIENCE = 2.0  # seconds to wait for the first index: more would delay other pages
Group = tuple[str, ...]  # for one typed word: the word or its correction, then longer words that begin with it


Pieces = tuple[tuple[str, bool], ...]  # of a text; True: this piece matched


@dataclass(frozen=True)
class FoundPassage:
    """A section of a page that matches, or the summary of the page."""

    url: str
    heading: str  # "" for the beginning of the page
    text: Pieces


@dataclass(frozen=True)
class Result:
    document: Document
    passages: tuple[FoundPassage, ...]  # at most MOST_PASSAGES


@dataclass(frozen=True)
class Answer:
    query: str  # as typed, trimmed
    corrections: tuple[tuple[str, str], ...]  # (typed word, word searched for)
    crisis: bool  # somebody may be in danger
    term: Term | None  # the glossary term the query names
    results: tuple[Result, ...]
    on_top: OnTop | None = None  # what the clinic answers to words of contact
    ready: bool = True  # False: there is no index yet, so nothing was searched


class IndexNotReadyError(Exception):
    """Another thread is building the first index."""


_current: SearchIndex | None = None
_building = threading.Lock()


def get_index(library: Library) -> SearchIndex:
    """Return the index of `library`, or the previous index while another thread updates it.

    Raises IndexNotReadyError if another thread has not built the first index within PATIENCE.
    """
    global _current  # a cache of one, rebuilt from the library
    if _current is not None and (_current.library is library or _building.locked()):
        return _current
    if not _building.acquire(timeout=PATIENCE):
        raise IndexNotReadyError
    try:
        if _current is None:
            _current = open_index(library)
        else:
            _current.take_in(library)
        return _current
    finally:
        _building.release()


def answer(typed: str, library: Library, now: dt.datetime) -> Answer:
    """Search as search() does. Return an answer with `ready` False if there is no index yet."""
    try:
        return search(typed, get_index(library), now)
    except IndexNotReadyError:
        query = _trimmed(typed)
        return Answer(query, (), searches_in_crisis(query, query), None, (), ready=False)


def search(typed: str, index: SearchIndex, now: dt.datetime) -> Answer:
    """Return the pages and the articles listed at `now` that match `typed`, best first."""
    query = _trimmed(typed)
    groups = {word: _resolve(word, index) for word in _words(query, index)}
    corrected = " ".join(first for first, *_ in groups.values())
    crisis = searches_in_crisis(query, corrected)
    corrections = tuple((word, first) for word, (first, *_) in groups.items() if word != first)
    return Answer(
        query=query,
        corrections=() if crisis else corrections,  # “Nothing here says ‘kill’” is no answer in a crisis
        crisis=crisis,
        term=_term(corrected or query, index),
        results=_results(list(groups.values()), index, now),
        on_top=_on_top(groups, index.library.search_words),
    )


def _on_top(groups: Mapping[str, Group], known: SearchWords) -> OnTop | None:
    """Return the first entry with a word of the query; None if a word of the query has nothing to do with contact."""
    words = {word if word in known.contact else first for word, (first, *_) in groups.items()}
    if not words <= known.contact | known.beside:
        return None
    return next((entry for entry in known.on_top if not entry.words.isdisjoint(words)), None)


def _trimmed(typed: str) -> str:
    return " ".join(typed.split())[:LONGEST_QUERY]


def _results(groups: list[Group], index: SearchIndex, now: dt.datetime) -> tuple[Result, ...]:
    if not groups:
        return ()
    queries = list(dict.fromkeys(_queries(groups, index)))
    found = _find_documents(queries, index, now)
    # What the page does not match, no section of the page does.
    return tuple(Result(page, _passages(page, queries[queries.index(query) :], index)) for page, query in found)


def _passages(page: Document, queries: list[str], index: SearchIndex) -> tuple[FoundPassage, ...]:
    """Return the sections that match the first query that any section matches, best first; else the summary."""
    for query in queries:
        if found := index.sections(page.path, query):
            best = sorted(found, key=_weight, reverse=True)[:MOST_PASSAGES]
            return tuple(_passage(page, section) for section in best)
    return (FoundPassage(page.url, "", _pieces(index.summary(page.path, queries[-1]))),)


def _weight(section: FoundSection) -> tuple[int, int]:
    """Return how well a section matches: different words, those in the heading three times, then all matches."""
    heading, body = _matches(section.heading), _matches(section.body)
    return 3 * len(set(heading)) + len(set(body)), len(body)


def _matches(marked: str) -> list[str]:
    return [text.lower() for text, match in _pieces(marked) if match]


def _passage(page: Document, section: FoundSection) -> FoundPassage:
    heading = "".join(text for text, _ in _pieces(section.heading))
    url = f"{page.url}#{section.anchor}" if section.anchor else page.url
    return FoundPassage(url, heading, _pieces(section.passage))


def _queries(groups: list[Group], index: SearchIndex) -> Iterator[str]:
    """Yield FTS5 queries: neighbors before words that are apart, all words before some, typed words before longer ones.

    The next query runs if the queries so far did not find enough.
    """
    if len(groups) > 1:
        yield _neighbors(groups)
    yield _all_of(groups, index)
    yield _all_of(_with_longer(groups, index), index)
    yield _any_of(groups, index)
    yield _any_of(_with_longer(groups, index), index)


def _find_documents(queries: list[str], index: SearchIndex, now: dt.datetime) -> list[tuple[Document, str]]:
    """Return the pages found, each with the first query that it matches, those about health before others."""
    articles: dict[str, tuple[Document, str]] = {}
    pages: dict[str, tuple[Document, str]] = {}
    for path, query in _find_paths(queries, index):
        document = index.library.documents.get(path)
        if isinstance(document, Article) and is_listed(document, now):
            articles.setdefault(path, (document, query))
        elif isinstance(document, Page):
            (articles if document.about_health else pages).setdefault(path, (document, query))
        if len(articles) == MOST_RESULTS:
            return list(articles.values())
    return [*articles.values(), *pages.values()][:MOST_RESULTS]


def _find_paths(queries: list[str], index: SearchIndex) -> Iterator[tuple[str, str]]:
    """Yield what each query finds, with the query: the first matches, then all if there are more."""
    for query in queries:
        first = list(index.paths(query, FIRST))
        yield from ((path, query) for path in first)
        if len(first) == FIRST:
            yield from ((path, query) for path in index.paths(query, ALL))


def _words(query: str, index: SearchIndex) -> list[str]:
    """Return the words of the query without stop words, or all words if nothing else remains."""
    letters = "".join(char for char in same_letters(query).lower() if not unicodedata.combining(char))
    words = list(dict.fromkeys(WORD.findall(letters)))[:MOST_WORDS]
    return [word for word in words if word not in index.library.search_words.stop_words] or words


def _resolve(word: str, index: SearchIndex) -> Group:
    """Return the word alone if the library or its synonyms have it, else with longer words that begin with it.

    If there are none, return the closest word of the library.
    """
    known = index.library.search_words
    if word in known.synonyms or word in known.contact or index.knows(word):
        return (word,)
    if longer := _longer(word, FEWEST_LETTERS, index):
        return (word, *longer)
    candidates = [known for known in index.vocabulary if _is_similar(known, word)]
    close = difflib.get_close_matches(word, candidates, n=1, cutoff=TYPO_CUTOFF)
    return (close[0] if close else word,)


def _with_longer(groups: list[Group], index: SearchIndex) -> list[Group]:
    """Add to each known word the longer words that begin with it: “fibro” may be a word of its own on a page."""
    return [(*group, *_longer(group[0], FEWEST_OF_KNOWN, index)) if len(group) == 1 else group for group in groups]


def _longer(start: str, fewest: int, index: SearchIndex) -> tuple[str, ...]:
    """Return the shortest words of the library that begin with `start`, if `start` has at least `fewest` letters."""
    if len(start) < fewest:
        return ()
    return tuple(sorted(index.words_beginning_with(start), key=len)[:MOST_LONGER])


def _is_similar(known: str, typed: str) -> bool:
    """Filter candidates cheaply: difflib alone takes half a second for ten words in a large library."""
    return abs(len(known) - len(typed)) <= LONGEST_SLIP and (known[0] == typed[0] or known[-1] == typed[-1])


def _all_of(groups: list[Group], index: SearchIndex) -> str:
    return " AND ".join(_alternatives(group, index) for group in groups)


def _neighbors(groups: list[Group]) -> str:
    """Return FTS5 for the words in the order in which they were typed, nothing between them."""
    return '"' + " ".join(first for first, *_ in groups) + '"'


def _any_of(groups: list[Group], index: SearchIndex) -> str:
    return " OR ".join(_alternatives(group, index) for group in groups)


def _alternatives(group: Group, index: SearchIndex) -> str:
    """Return FTS5 for any word of the group or its synonyms, quoted so that typed text cannot act as an operator."""
    alternatives = (*group, *index.library.search_words.synonyms.get(group[0], ()))
    return "(" + " OR ".join(f'"{word}"' for word in alternatives) + ")"


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
