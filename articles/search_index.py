"""The search index: an SQLite FTS5 file, whatever the site's own database is.

All processes of a machine share the file. A process that finds it behind the library updates what changed, and the next
start continues with it.
"""

import hashlib
import html
import json
import logging
import sqlite3
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

from articles import disk_cache
from articles.content.documents import Document, Term
from articles.library import Library
from articles.rendering.blocks import FACTS
from articles.rendering.plain_text import headings
from articles.search_sections import PageSection, sections_of
from clinic_site.text.folding import same_letters
from clinic_site.var_folder import VAR_FOLDER

FOLDER = VAR_FOLDER / "search"
PATIENCE = 60  # seconds for another process to make the index
AT_ONCE = 200  # pages per transaction: searches run in between, and an interrupted start keeps its progress
IN_MEMORY = ":memory:"
LAST_CHARACTER = "\U0010ffff"  # sorts after every letter
COLUMNS = "title, summary, headings, terms, body"
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS held (id INTEGER PRIMARY KEY, path TEXT UNIQUE, made_from TEXT);
CREATE VIRTUAL TABLE IF NOT EXISTS pages USING fts5({COLUMNS}, tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE IF NOT EXISTS sections USING fts5(
    heading, body, anchor UNINDEXED, tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    {COLUMNS}, content='pages', detail='none', tokenize='unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab(words, 'row');
"""
# Weight of a match in: title, summary, headings, terms, body.
BEST = """
WITH best (id, rank) AS MATERIALIZED (
    SELECT rowid, bm25(pages, 10, 5, 4, 3, 1) AS score FROM pages WHERE pages MATCH ? ORDER BY score, rowid LIMIT ?)
SELECT path FROM best JOIN held USING (id) ORDER BY best.rank, id
"""
PAGE_ID = "(SELECT id FROM held WHERE path = ?)"
# char(2) and char(3) around a match; the text has no control characters
SUMMARY = f"SELECT snippet(pages, 1, char(2), char(3), '…', 36) FROM pages WHERE pages MATCH ? AND rowid = {PAGE_ID}"  # noqa: S608
# A section of page 7 has a rowid from 7000 to 7999.
SECTIONS = f"""
SELECT highlight(sections, 0, char(2), char(3)), anchor, highlight(sections, 1, char(2), char(3)),
    snippet(sections, 1, char(2), char(3), '…', 36)
FROM sections WHERE sections MATCH ? AND rowid BETWEEN {PAGE_ID} * 1000 AND {PAGE_ID} * 1000 + 999 ORDER BY rowid
"""  # noqa: S608
MOST_SECTIONS = 1000  # of a page; search does not lead to those after
FORGET_WORDS = (
    f"INSERT INTO words (words, rowid, {COLUMNS}) SELECT 'delete', rowid, {COLUMNS} FROM pages WHERE rowid = ?"  # noqa: S608
)
FORGET = (
    "DELETE FROM sections WHERE rowid BETWEEN ?1 * 1000 AND ?1 * 1000 + 999",
    FORGET_WORDS,
    "DELETE FROM pages WHERE rowid = ?",
    "DELETE FROM held WHERE id = ?",
)
ADD_WORDS = f"INSERT INTO words (rowid, {COLUMNS}) SELECT rowid, {COLUMNS} FROM pages WHERE rowid = ?"  # noqa: S608
ADD_SECTION = "INSERT INTO sections (rowid, heading, body, anchor) VALUES (?, ?, ?, ?)"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FoundSection:
    """A section with marks around matches."""

    heading: str
    anchor: str
    body: str
    passage: str  # the part of `body` that matches best


class SearchIndex:
    """The index of one library. Thread-safe."""

    def __init__(self, library: Library, file: str | Path = IN_MEMORY) -> None:
        self._lock = threading.Lock()
        self._vocabulary: tuple[str, ...] = ()
        self._database = sqlite3.connect(file, PATIENCE, isolation_level=None, check_same_thread=False)
        if file != IN_MEMORY:
            self._rows("PRAGMA journal_mode = WAL")
            self._rows("PRAGMA synchronous = NORMAL")
        self._database.executescript(SCHEMA)
        self.take_in(library)

    def take_in(self, library: Library) -> None:
        """Update the index to `library`; only changed pages are read."""
        wanted = dict(_made_from(library))
        stored = dict(self._rows("SELECT path, made_from FROM held"))
        changed = [path for path in dict.fromkeys([*stored, *wanted]) if stored.get(path) != wanted.get(path)]
        for start in range(0, len(changed), AT_ONCE):
            with self._lock, self._transaction():
                for path in changed[start : start + AT_ONCE]:
                    self._replace(path, library.documents[path] if path in wanted else None, wanted.get(path))
        self.library = library
        self._vocabulary = ()  # even if another process wrote the changes

    def paths(self, query: str, most: int) -> Iterator[str]:
        """Return the paths of the first `most` pages that match the FTS5 `query`, best first."""
        return (path for (path,) in self._rows(BEST, query, most))

    def summary(self, path: str, query: str) -> str:
        """Return the summary of a page that matches, with marks around matches; "" if the page has left the index."""
        return "".join(summary for (summary,) in self._rows(SUMMARY, query, path))

    def sections(self, path: str, query: str) -> list[FoundSection]:
        """Return the sections of a page that match, in the order of the page."""
        return [FoundSection(*row) for row in self._rows(SECTIONS, query, path, path)]

    def knows(self, word: str) -> bool:
        """Return True if any page has the word in any of its forms."""
        return bool(self._rows("SELECT 1 FROM pages WHERE pages MATCH ? LIMIT 1", f'"{word}"'))

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every word of the library as written there, sorted."""
        if not self._vocabulary:
            self._vocabulary = tuple(sorted(word for (word,) in self._rows("SELECT term FROM vocabulary")))
        return self._vocabulary

    def words_beginning_with(self, start: str) -> tuple[str, ...]:
        """Return the longer words of the library that begin with `start`, sorted."""
        words = self.vocabulary
        return words[bisect_right(words, start) : bisect_right(words, start + LAST_CHARACTER)]

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Run the block in a transaction, one process at a time."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def _replace(self, path: str, document: Document | None, made_from: str | None) -> None:
        """Replace the rows of a page, unless another process has already done so."""
        rows = self._database.execute("SELECT id, made_from FROM held WHERE path = ?", [path]).fetchall()
        if [made_from] == [stored for _, stored in rows]:
            return
        for number, _ in rows:
            for sql in FORGET:
                self._database.execute(sql, [number])
        if document:
            added = self._database.execute("INSERT INTO held (path, made_from) VALUES (?, ?)", [path, made_from])
            sections = [_plain_section(section) for section in sections_of(document)]
            values = [added.lastrowid, *_row(document, sections)]
            self._database.execute(f"INSERT INTO pages (rowid, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", values)  # noqa: S608
            self._database.execute(ADD_WORDS, [added.lastrowid])
            self._database.executemany(ADD_SECTION, _section_rows(added.lastrowid or 0, sections))


def open_index(library: Library) -> SearchIndex:
    """Open the index in its file; in memory if the file cannot be used."""
    file = FOLDER / f"{disk_cache.cache_key(Path(settings.CONTENT_DIR))}.sqlite3"
    try:
        FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in set(FOLDER.glob("*.sqlite3*")) - set(FOLDER.glob(f"{file.name}*")):
            old.unlink(missing_ok=True)  # of another version; a process that has it open can still use it
        return SearchIndex(library, file)
    except (OSError, sqlite3.Error) as error:
        logger.warning("search: %s cannot be used (%s)", file, type(error).__name__)
        with suppress(OSError):
            file.unlink()
        return SearchIndex(library)


def _made_from(library: Library) -> Iterator[tuple[str, str]]:
    """Return (path, digest of the file and of all content its page may share) for every page that search may find."""
    shared = library.shared
    facts = [fact(shared.clinic) for fact in FACTS.values()]
    blocks = {name: block.text for name, block in shared.blocks.items()}
    terms = [(term.name, term.aliases) for term in shared.terms.values()]
    shared_digest = hashlib.sha256(json.dumps([facts, blocks, terms]).encode()).hexdigest()
    published = [article for article in library.articles.values() if article.status == "published"]
    return ((document.path, f"{document.digest} {shared_digest}") for document in (*published, *library.pages.values()))


def _row(document: Document, sections: Iterable[PageSection]) -> tuple[str, ...]:
    """Return the values of COLUMNS, with letters normalized as in queries."""
    body = " ".join(part for section in sections for part in (section.heading, section.text) if part)
    title, summary = _plain(document.title), _plain(document.summary)
    known = _names(tuple(document.shared.terms.values()) if document.shared else ())
    text = f"{title} {body}".lower()
    # All names of every term that the page uses by any name, so that the page is found under each of them.
    terms = " ".join(name for names, small in known if any(name in text for name in small) for name in names)
    return title, summary, _plain(headings(document.body)), terms, body


def _plain_section(section: PageSection) -> PageSection:
    return replace(section, heading=_plain(section.heading), text=_plain(section.text))


def _section_rows(page: int, sections: Iterable[PageSection]) -> Iterator[tuple[int, str, str, str]]:
    for number, section in enumerate(islice(sections, MOST_SECTIONS)):
        yield page * MOST_SECTIONS + number, section.heading, section.text, section.anchor


def _plain(text: str) -> str:
    return same_letters(html.unescape(text))


@lru_cache(maxsize=2)
def _names(terms: tuple[Term, ...]) -> list[tuple[list[str], list[str]]]:
    """Return the names of each term, as written and in lower case."""
    named = [[term.name, *term.aliases] for term in terms]
    return [(names, [name.lower() for name in names]) for names in named]
