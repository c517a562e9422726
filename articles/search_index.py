"""The index of what search looks through: a file with SQLite's FTS5, whatever the site's own database is.

All processes of a machine share it. Whoever finds that it is behind the library brings what changed up to date, and the
next start finds it as it was left.
"""

import hashlib
import html
import json
import logging
import sqlite3
import threading
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from articles import kept
from articles.documents import Document, Term
from articles.library import Library
from articles.plain_text import headings, plain_text
from articles.rendering.blocks import FACTS
from clinic_site.demo import VAR_FOLDER
from clinic_site.folding import same_letters

FOLDER = VAR_FOLDER / "search"
PATIENCE = 60  # seconds for another process to make the index
AT_ONCE = 200  # pages: searches get their turn between, and a start that is cut short leaves what it has done
IN_MEMORY = ":memory:"
LAST_CHARACTER = "\U0010ffff"  # sorts behind every letter
COLUMNS = "title, summary, headings, terms, body"
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS held (id INTEGER PRIMARY KEY, path TEXT UNIQUE, made_from TEXT);
CREATE VIRTUAL TABLE IF NOT EXISTS pages USING fts5({COLUMNS}, tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    {COLUMNS}, content='pages', detail='none', tokenize='unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab(words, 'row');
"""
# Weight of a match in: title, summary, headings, terms, body.
BEST = "SELECT rowid FROM pages WHERE pages MATCH ? ORDER BY bm25(pages, 10, 5, 4, 3, 1), rowid LIMIT ?"
# char(2) and char(3) around a match, in text that holds no control characters
PASSAGE = "SELECT snippet(pages, 4, char(2), char(3), '…', 36) FROM pages WHERE pages MATCH ? AND rowid = ?"
FORGET_WORDS = (
    f"INSERT INTO words (words, rowid, {COLUMNS}) SELECT 'delete', rowid, {COLUMNS} FROM pages WHERE rowid = ?"  # noqa: S608
)
ADD_WORDS = f"INSERT INTO words (rowid, {COLUMNS}) SELECT rowid, {COLUMNS} FROM pages WHERE rowid = ?"  # noqa: S608
logger = logging.getLogger(__name__)


class SearchIndex:
    """Of one library. Safe to use from several threads."""

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
        """Makes it the index of `library`: only what changed since is looked at."""
        wanted = dict(_made_from(library))
        held = dict(self._rows("SELECT path, made_from FROM held"))
        changed = [path for path in dict.fromkeys([*held, *wanted]) if held.get(path) != wanted.get(path)]
        for start in range(0, len(changed), AT_ONCE):
            with self._lock, self._transaction():
                for path in changed[start : start + AT_ONCE]:
                    self._replace(path, library.documents[path] if path in wanted else None, wanted.get(path))
        self.library = library
        self._vocabulary = ()  # also where another process has taken in what changed

    def paths(self, query: str, most: int) -> Iterator[str]:
        """Paths of the first `most` pages that match the FTS5 `query`, best first."""
        for (number,) in self._rows(BEST, query, most):
            yield from (path for (path,) in self._rows("SELECT path FROM held WHERE id = ?", number))

    def passage(self, path: str, query: str) -> str:
        """The part of a page that matches best; nothing once the page has left the index."""
        sql = PASSAGE.replace("rowid = ?", "rowid = (SELECT id FROM held WHERE path = ?)")
        return "".join(passage for (passage,) in self._rows(sql, query, path))

    def knows(self, word: str) -> bool:
        """Whether any page holds the word in any of its forms."""
        return bool(self._rows("SELECT 1 FROM pages WHERE pages MATCH ? LIMIT 1", f'"{word}"'))

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every word of the library, as it is written there, sorted."""
        if not self._vocabulary:
            self._vocabulary = tuple(sorted(word for (word,) in self._rows("SELECT term FROM vocabulary")))
        return self._vocabulary

    def words_beginning_with(self, start: str) -> tuple[str, ...]:
        """The longer words of the library that begin so, sorted."""
        words = self.vocabulary
        return words[bisect_right(words, start) : bisect_right(words, start + LAST_CHARACTER)]

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One process at a time; nothing of it holds unless all does."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def _replace(self, path: str, document: Document | None, made_from: str | None) -> None:
        """Unless another process has done so meanwhile."""
        held = self._database.execute("SELECT id, made_from FROM held WHERE path = ?", [path]).fetchall()
        if [made_from] == [known for _, known in held]:
            return
        for number, _ in held:
            for sql in (FORGET_WORDS, "DELETE FROM pages WHERE rowid = ?", "DELETE FROM held WHERE id = ?"):
                self._database.execute(sql, [number])
        if document:
            added = self._database.execute("INSERT INTO held (path, made_from) VALUES (?, ?)", [path, made_from])
            values = [added.lastrowid, *_row(document)]
            self._database.execute(f"INSERT INTO pages (rowid, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", values)  # noqa: S608
            self._database.execute(ADD_WORDS, [added.lastrowid])


def open_index(library: Library) -> SearchIndex:
    """In its file; in memory where that cannot be used."""
    file = FOLDER / f"{kept.mark(Path(settings.CONTENT_DIR))}.sqlite3"
    try:
        FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in set(FOLDER.glob("*.sqlite3*")) - set(FOLDER.glob(f"{file.name}*")):
            old.unlink(missing_ok=True)  # another version's; who has it open goes on with it
        return SearchIndex(library, file)
    except (OSError, sqlite3.Error) as error:
        logger.warning("search: %s cannot be used (%s)", file, type(error).__name__)
        with suppress(OSError):
            file.unlink()
        return SearchIndex(library)


def _made_from(library: Library) -> Iterator[tuple[str, str]]:
    """Path -> a digest of the file and of all that its page may share, for every page that search may find."""
    shared = library.shared
    facts = [fact(shared.clinic) for fact in FACTS.values()]
    blocks = {name: block.text for name, block in shared.blocks.items()}
    terms = [(term.name, term.aliases) for term in shared.terms.values()]
    around = hashlib.sha256(json.dumps([facts, blocks, terms]).encode()).hexdigest()
    published = [article for article in library.articles.values() if article.status == "published"]
    return ((each.path, f"{each.digest} {around}") for each in (*published, *library.pages.values()))


def _row(document: Document) -> tuple[str, ...]:
    """The values of COLUMNS, in one way to write each letter: what is looked for is written so, too."""
    body = _plain(plain_text(document.full_text))
    title, summary = _plain(document.title), _plain(document.summary)
    known = _names(tuple(document.shared.terms.values()) if document.shared else ())
    text = f"{title} {body}".lower()
    # All names of the terms that it uses by any name: a page is found under every one of them.
    terms = " ".join(name for names, small in known if any(each in text for each in small) for name in names)
    return title, summary, _plain(headings(document.body)), terms, body


def _plain(text: str) -> str:
    return same_letters(html.unescape(text))


@lru_cache(maxsize=2)
def _names(terms: tuple[Term, ...]) -> list[tuple[list[str], list[str]]]:
    """The names of each term, as they are written and in small letters."""
    named = [[term.name, *term.aliases] for term in terms]
    return [(names, [name.lower() for name in names]) for names in named]
