"""Ranked full-text search over articles and pages: stemming, patients' own words, a forgiven typo, the passage found.

The index lives in memory, made from the library with SQLite's FTS5, whatever the site's own database is.
"""

import difflib
import re
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from articles.documents import Article, Document, Term
from articles.library import Library, get_library
from articles.plain_text import headings, plain_text

WORD = re.compile(r"\w+")
LONGEST_QUERY = 100  # characters; the rest is not looked for
MOST_WORDS = 10
MOST_RESULTS = 20
TYPO_CUTOFF = 0.75  # of difflib's ratio: one slip in a word of five letters, two in one of eight
START, END = "\x02", "\x03"  # around a match, in text that holds no control characters
# Weight of a match in: title, summary, headings, terms, body.
RANK = "bm25(pages, 0, 10, 5, 4, 3, 1)"
PASSAGE = f"snippet(pages, 5, '{START}', '{END}', '…', 36)"


@dataclass(frozen=True)
class Result:
    document: Document
    passage: tuple[tuple[str, bool], ...]  # pieces of text; True: this piece matched


@dataclass(frozen=True)
class Answer:
    query: str  # as typed, trimmed
    corrections: tuple[tuple[str, str], ...]  # typed word -> word looked for
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
        rows = (self._row(document) for document in (*library.articles.values(), *library.pages.values()))
        self._database.executemany("INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?)", rows)

    def search(self, query: str) -> list[tuple[str, str]]:
        """(path, passage) of the pages that match the FTS5 `query`, best first."""
        # RANK and PASSAGE are constants of this module; the query is a parameter.
        sql = f"SELECT path, {PASSAGE} FROM pages WHERE pages MATCH ? ORDER BY {RANK}"  # noqa: S608
        with self._lock:
            return self._database.execute(sql, (query,)).fetchall()

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the library, as it is written there."""
        with self._lock:
            rows = self._database.execute("SELECT title, summary, headings, terms, body FROM pages").fetchall()
        return frozenset(word for row in rows for text in row for word in WORD.findall(text.lower()))

    def _row(self, document: Document) -> tuple[str, ...]:
        body = plain_text(document.body)
        terms = " ".join(_terms_in(f"{document.title} {body}".lower(), self.library.shared.terms.values()))
        return document.path, document.title, document.summary, headings(document.body), terms, body


def _terms_in(text: str, terms: Iterable[Term]) -> list[str]:
    """All names of the terms that `text` uses by any name: a page found under every one of them."""
    named = [(term.name, *term.aliases) for term in terms]
    return [name for names in named if any(each.lower() in text for each in names) for name in names]


_current: SearchIndex | None = None
_building = threading.Lock()


def get_index() -> SearchIndex:
    """The index of the current library, made once for each library."""
    global _current
    library = get_library()
    with _building:
        if _current is None or _current.library is not library:
            _current = SearchIndex(library)
        return _current


def search(typed: str, index: SearchIndex) -> Answer:
    """What the library holds on `typed`: pages with all of its words first, then those with some."""
    query = " ".join(typed.split())[:LONGEST_QUERY]
    words = _words(query, index)
    corrected = {word: _known(word, index) for word in words}
    groups = [_alternatives(word, index) for word in corrected.values()]
    found = dict(reversed(index.search(" OR ".join(groups)))) if groups else {}
    order = [path for joined in (" AND ", " OR ") for path, _ in (index.search(joined.join(groups)) if groups else ())]
    documents = index.library.documents
    return Answer(
        query=query,
        corrections=tuple((word, known) for word, known in corrected.items() if word != known),
        term=_term(" ".join(corrected.values()) or query, index),
        results=tuple(Result(documents[path], _pieces(found[path])) for path in dict.fromkeys(order)),
    )


def _words(query: str, index: SearchIndex) -> list[str]:
    """The words worth looking for; when none is, all of them."""
    words = list(dict.fromkeys(WORD.findall(query.lower())))[:MOST_WORDS]
    return [word for word in words if word not in index.library.search_words.stop_words] or words


def _known(word: str, index: SearchIndex) -> str:
    """The word itself when the library or its synonyms know it, else the closest word that the library holds."""
    if word in index.library.search_words.synonyms or index.search(f'"{word}"'):
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


def visible_results(answer: Answer, visible: Iterable[Article]) -> list[Result]:
    """The results that readers may see, best first, no more than MOST_RESULTS."""
    shown = set(visible)
    results = [each for each in answer.results if not isinstance(each.document, Article) or each.document in shown]
    return results[:MOST_RESULTS]
