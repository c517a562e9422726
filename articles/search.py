"""Ranked full-text search over articles and pages: stemming, patients' own words, a forgiven typo, the passage found.

The index lives in memory, made from the library with SQLite's FTS5, whatever the site's own database is.
"""

import datetime as dt
import difflib
import re
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from articles.documents import Article, Document, Page, Term
from articles.library import Library
from articles.plain_text import headings, plain_text
from articles.standing import listed
from clinic_site.crisis import searches_in_crisis

WORD = re.compile(r"\w+")
LONGEST_QUERY = 100  # characters; the rest is not looked for
MOST_WORDS = 10
MOST_RESULTS = 20
TYPO_CUTOFF = 0.75  # of difflib's ratio: one slip in a word of five letters, two in one of eight
START, END = "\x02", "\x03"  # char(2) and char(3) around a match, in text that holds no control characters
# Weight of a match in: title, summary, headings, terms, body.
PATHS = "SELECT path FROM pages WHERE pages MATCH ? ORDER BY bm25(pages, 0, 10, 5, 4, 3, 1)"
PASSAGE = "SELECT snippet(pages, 5, char(2), char(3), '…', 36) FROM pages WHERE pages MATCH ? AND path = ?"


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


class SearchIndex:
    """One library's index. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        columns = "path UNINDEXED, title, summary, headings, terms, body"
        self._database.execute(f"CREATE VIRTUAL TABLE pages USING fts5({columns}, tokenize='porter unicode61')")
        published = [article for article in library.articles.values() if article.status == "published"]
        rows = [self._row(document) for document in (*published, *library.pages.values())]
        self._database.executemany("INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?)", rows)

    def paths(self, query: str) -> list[str]:
        """Paths of the pages that match the FTS5 `query`, best first."""
        return [path for (path,) in self._rows(PATHS, query)]

    def passage(self, path: str, query: str) -> str:
        """The part of a page that matches best, with START and END around each match."""
        [(passage,)] = self._rows(PASSAGE, query, path)
        return str(passage)

    def knows(self, word: str) -> bool:
        """Whether any page holds the word in any of its forms."""
        return bool(self._rows("SELECT 1 FROM pages WHERE pages MATCH ? LIMIT 1", f'"{word}"'))

    def _rows(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the library, as it is written there."""
        rows = self._rows("SELECT title, summary, headings, terms, body FROM pages")
        return frozenset(word for row in rows for text in row for word in WORD.findall(text.lower()))

    def _row(self, document: Document) -> tuple[str, ...]:
        body = plain_text(document.full_text)
        terms = " ".join(_terms_in(f"{document.title} {body}".lower(), self.library.shared.terms.values()))
        return document.path, document.title, document.summary, headings(document.body), terms, body


def _terms_in(text: str, terms: Iterable[Term]) -> list[str]:
    """All names of the terms that `text` uses by any name: a page found under every one of them."""
    named = [(term.name, *term.aliases) for term in terms]
    return [name for names in named if any(each.lower() in text for each in names) for name in names]


_current: SearchIndex | None = None
_building = threading.Lock()


def get_index(library: Library) -> SearchIndex:
    """The index of `library`, made once for each library."""
    global _current  # a cache of one, rebuilt from the library
    with _building:
        if _current is None or _current.library is not library:
            _current = SearchIndex(library)
        return _current


def search(typed: str, index: SearchIndex, now: dt.datetime) -> Answer:
    """What lists offer of the library at `now` that speaks of `typed`."""
    query = " ".join(typed.split())[:LONGEST_QUERY]
    words = _words(query, index)
    corrected = {word: _known(word, index) for word in words}
    return Answer(
        query=query,
        corrections=tuple((word, known) for word, known in corrected.items() if word != known),
        crisis=searches_in_crisis(query, " ".join(corrected.values())),
        term=_term(" ".join(corrected.values()) or query, index),
        results=_results([_alternatives(word, index) for word in corrected.values()], index, now),
    )


def _results(groups: list[str], index: SearchIndex, now: dt.datetime) -> tuple[Result, ...]:
    """Pages with all of the words before those with some, and articles before plain pages."""
    if not groups:
        return ()
    some = " OR ".join(groups)
    paths = dict.fromkeys([*index.paths(" AND ".join(groups)), *index.paths(some)])
    found = [index.library.documents[path] for path in paths]
    articles = [each for each in found if isinstance(each, Article) and listed(each, now)]
    shown: list[Document] = [*articles, *(each for each in found if isinstance(each, Page))]
    return tuple(Result(each, _pieces(index.passage(each.path, some))) for each in shown[:MOST_RESULTS])


def _words(query: str, index: SearchIndex) -> list[str]:
    """The words worth looking for; when none is, all of them."""
    words = list(dict.fromkeys(WORD.findall(query.lower())))[:MOST_WORDS]
    return [word for word in words if word not in index.library.search_words.stop_words] or words


def _known(word: str, index: SearchIndex) -> str:
    """The word itself when the library or its synonyms know it, else the closest word that the library holds."""
    if word in index.library.search_words.synonyms or index.knows(word):
        return word
    close = difflib.get_close_matches(word, index.vocabulary, n=1, cutoff=TYPO_CUTOFF)
    return close[0] if close else word


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
