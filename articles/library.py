"""The library: every file under content/, read, checked and frozen.

`get_library()` returns the current one. A file that changed is read again within two seconds, an unchanged one stays
the same object, and the new library replaces the old in one assignment. An invalid file is reported in `problems`; the
last good version of its page stays up, after a restart too, and a page that never had one is missing.
"""

import datetime as dt
import gc
import hashlib
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from django.conf import settings

from articles.article_index import ArticleIndex, make_index
from articles.content.documents import Article, Block, Document, Page, SearchWords, Shared
from articles.content.language_help import FILE as LANGUAGE_HELP_FILE
from articles.content.pictures import file_names, pictures_of, strangers
from articles.content.source_events import FILE as WATCH_FILE
from articles.content.source_events import SourceEvent
from articles.content.word_lists import FILES as RULE_LISTS
from articles.content.word_lists import Lists
from articles.disk_cache import cache_key, load_cached, save_cached
from articles.loading.loader import FILES, Loaded, load_files
from articles.loading.validation import check_block, check_document, check_terms, known_sources
from articles.rendering.page_cache import faults, rendered
from clinic_site.canned_answers import FILE as ANSWERS_FILE
from clinic_site.clinic_yaml import FILE as CLINIC_FILE
from clinic_site.clinic_yaml import load_clinic, pinned_clinic
from clinic_site.content import last_good
from clinic_site.content.files import UNREADABLE, ContentError, Problem, stat_signature
from clinic_site.content.reloading import Reloading
from clinic_site.crisis_words import FILE as CRISIS_FILE
from clinic_site.var_folder import VAR_FOLDER

CACHE_FILE = VAR_FOLDER / "library.cache"
CACHE_FROM = 200  # files
CACHE_LEVEL = 0  # of gzip: the texts are compressed already, and packing the rest takes longer than reading it
RENDER_AT_ONCE = 100  # pages: few enough for a start or an edit to wait for
Files = Mapping[str, Loaded]
D = TypeVar("D", bound=Document)
# First path segments that no page may have; see clinic_site/urls.py and articles/urls.py.
RESERVED = frozenset(
    """admin articles consultation glossary healthz my-questions pages pictures preview readyz references search static
    topics""".split()
)


@dataclass(frozen=True, eq=False)
class Library:
    shared: Shared
    articles: Mapping[str, Article]  # by slug, newest first
    pages: Mapping[str, Page]  # by slug
    search_words: SearchWords
    aliases: Mapping[str, str]  # an article's old slug -> its slug
    found: tuple[Problem, ...]  # found while reading the files
    files: Files = field(repr=False)
    documents: Mapping[str, Document] = field(repr=False)  # by path: those in use
    events: tuple[SourceEvent, ...] = ()  # news about sources, from watch.yaml
    _listings: dict[str, ArticleIndex] = field(default_factory=dict, repr=False)  # the last one, while it is valid

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems of files, found while reading a file or rendering its page."""
        return tuple(sorted({*self.found, *faults(self.documents)}))

    def visible(self, now: dt.datetime) -> list[Article]:
        """Return the articles that readers may see at the aware moment `now`, newest first."""
        return [article for article in self.articles.values() if article.visible(now)]

    def listing(self, now: dt.datetime) -> ArticleIndex:
        """Return the index for lists, search and the feed: without articles whose check is long overdue."""
        known = self._listings.get("last")
        if known is None or not known.holds(now):
            known = self._listings["last"] = make_index(self.articles.values(), self.shared.clinic, now)
        return known

    def listed(self, now: dt.datetime) -> tuple[Article, ...]:
        """Return the articles of the index at `now`, newest first."""
        return self.listing(now).articles

    @cached_property
    def lists(self) -> Lists:
        """The word lists of the rules. Raises ContentError if one of their files is invalid or missing."""
        return Lists.of([(loaded.value, loaded.digest) for loaded in map(self.loaded, RULE_LISTS)])

    def loaded(self, path: str) -> Loaded:
        """Return the file as it is on disk. Raises ContentError if the file is invalid or missing."""
        loaded = self.files.get(path)
        if loaded is None:
            raise ContentError(path, 1, UNREADABLE)
        if loaded.problem:
            raise ContentError(path, loaded.problem.line, loaded.problem.message)
        return loaded

    @cached_property
    def cited_by(self) -> Mapping[str, tuple[Document, ...]]:
        """Source key -> the pages that cite the source, themselves or through a block."""
        citing: dict[str, list[Document]] = {key: [] for key in self.shared.sources}
        for document in (*self.articles.values(), *self.pages.values()):
            for key in document.cites & citing.keys():
                citing[key].append(document)
        return {key: tuple(documents) for key, documents in citing.items()}

    @cached_property
    def replaced(self) -> frozenset[str]:
        """Paths of the files with an older version in use."""
        current, refused = self._current_files
        wrong = self.files.keys() - current | refused
        return frozenset(path for path in wrong if self._in_use(path) is not None)

    @cached_property
    def good_files(self) -> Mapping[str, str]:
        """Path -> digest of each file that is in use as it is on disk and passed every check.

        If a file that was valid before is refused, a file it depends on must be the cause. No shared file counts as
        good then: with the saved versions of these, a start can still use the page.
        """
        current, refused = self._current_files
        return {
            path: self.files[path].digest
            for path in current - refused
            if not refused or isinstance(self.files[path].value, Document)
        }

    @cached_property
    def _current_files(self) -> tuple[set[str], set[str]]:
        """The files whose current text is in use, and those of them that the current shared files refuse."""
        wrong = {problem.path for problem in self.found}
        current, refused = set(), set()
        for path, loaded in self.files.items():
            used = self._in_use(path)
            if isinstance(used, Document):
                is_current, is_accepted = used.digest == loaded.digest, used.shared is self.shared
            else:
                is_current = loaded.problem is None and used is loaded.value
                is_accepted = path not in wrong or not isinstance(used, Block)  # a term is valid without its source
            if is_current:
                current.add(path)
            if is_current and not is_accepted:
                refused.add(path)
        return current, refused

    def _in_use(self, path: str) -> object:
        """Return the page, block or list that comes from the file; None if there is none."""
        value = self.files[path].value
        if isinstance(value, Block):
            return self.shared.blocks.get(value.name)
        return self.documents.get(path) if isinstance(value, Document) else value


def get_library() -> Library:
    """Return the current library. Raises ContentError only if the clinic's facts were never valid."""
    return _watched(Path(settings.CONTENT_DIR)).get()


def refresh() -> Library:
    """Check the files now and return the library, so that a saved file is in it."""
    return _watched(Path(settings.CONTENT_DIR)).look()


@contextmanager
def pinned_library(library: Library) -> Iterator[None]:
    """Pin `library` and its clinic inside the block, whatever is saved meanwhile; also in processes forked inside."""
    with _watched(Path(settings.CONTENT_DIR)).pinned(library), pinned_clinic(library.shared.clinic):
        yield


@cache
def _watched(root: Path) -> Reloading[Library]:
    return Reloading(
        lambda: (stat_signature(root), file_names(root)),
        lambda previous: _reload(root, previous),
    )


def _reload(root: Path, previous: Library | None) -> Library:
    library = load_library(root, previous) if previous else _first(root)
    _save_good_files(root, library, previous)
    return library


def _save_good_files(root: Path, library: Library, previous: Library | None) -> None:
    """Save copies of the files that became good since `previous`, for a start after a typo; of all if it is None.

    Remove copies of files that are gone.
    """
    before = previous.good_files if previous else {}
    last_good.save(root, {path: digest for path, digest in library.good_files.items() if before.get(path) != digest})
    if previous is None or previous.files.keys() - library.files.keys():
        # canned_answers, clinic_yaml and crisis_words save copies of their own files.
        last_good.forget_all_but(root, {*library.files, ANSWERS_FILE, CLINIC_FILE, CRISIS_FILE})


def _first(root: Path) -> Library:
    """Load the first library of a process, from the cache of an earlier process; a small library needs no cache."""
    key = cache_key(root)
    with _collector_at_rest():
        library = load_library(root, load_cached(CACHE_FILE, key, Library))
        if library.found:
            library = load_library(root, _last_good(root, library.files))
    if len(library.files) >= CACHE_FROM:
        files = sorted(stat_signature(root).items())
        digest = hashlib.sha256(repr((files, file_names(root))).encode()).hexdigest()
        save_cached(CACHE_FILE, key, library, digest, CACHE_LEVEL)
    return library


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking a library again and again while it grows: all of it stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _last_good(root: Path, files: Files) -> Library:
    """Make the library of the saved copies. `files` are those on disk; equal bytes are not parsed again.

    It takes no page of an earlier library: a page older than its copy may have been withdrawn since.
    """
    return _make_library(root, load_files(last_good.folder(root), files), None)


def load_library(root: Path, previous: Library | None = None) -> Library:
    """Read what changed below `root` since `previous`, reuse the rest, and check the files against each other."""
    return _make_library(root, load_files(root, previous.files if previous else {}), previous)


def _make_library(root: Path, files: Files, previous: Library | None) -> Library:
    """Make the library of these files, with the clinic's facts and the pictures below `root`."""
    problems = [loaded.problem for loaded in files.values() if loaded.problem]
    shared = _shared(root, files, previous, problems)
    events = _value(files, WATCH_FILE) or ()
    settled = _documents_in_use(files, shared, previous.documents if previous else {}, problems)
    documents = {path: _with_news(document, events) for path, document in settled.items()}
    articles = _by_slug(documents, Article, previous.articles if previous else {}, problems)
    pages = _by_slug(documents, Page, previous.pages if previous else {}, problems)
    return Library(
        shared=shared,
        articles=MappingProxyType(dict(sorted(articles.items(), key=_newest_first))),
        pages=MappingProxyType(_without_reserved(pages, problems)),
        search_words=_value(files, "search.yaml") or SearchWords(frozenset(), {}),
        aliases=MappingProxyType(_aliases(articles, problems)),
        found=tuple(problems),
        files=MappingProxyType(files),
        documents=MappingProxyType(documents),
        events=events,
    )


def _newest_first(item: tuple[str, Article]) -> tuple[int, str]:
    slug, article = item
    return -article.published.toordinal(), slug


def _shared(root: Path, files: Files, previous: Library | None, problems: list[Problem]) -> Shared:
    """Return the shared content; the same object as in `previous` if nothing in it changed."""
    clinic = load_clinic(root, previous.shared.clinic if previous else None)
    sources = _value(files, "references.yaml") or {}
    missing = frozenset(path for path in FILES if path in files and files[path].value is None)
    known = known_sources(sources, missing)
    picture_files = file_names(root)
    shared = Shared(
        clinic=replace(clinic, problem=None),
        topics=_value(files, "topics.yaml") or {},
        sources=sources,
        terms=_value(files, "glossary.yaml") or {},
        blocks=_blocks(files, known, previous.shared.blocks if previous else {}, problems),
        pictures=pictures_of(picture_files),
        language_help=_value(files, LANGUAGE_HELP_FILE) or (),
        missing=missing,
    )
    problems += [clinic.problem] if clinic.problem else []
    problems += strangers(picture_files)
    problems += check_terms(shared.terms.values(), known)
    return previous.shared if previous and previous.shared == shared else shared


def _blocks(
    files: Files, sources: Container[str], before: Mapping[str, Block], problems: list[Problem]
) -> dict[str, Block]:
    """Map names to blocks. An invalid block stays as it was before, and is left out if it was never valid."""
    blocks: dict[str, Block] = {}
    for path, loaded in files.items():
        if not isinstance(loaded.value, Block):
            continue
        found = check_block(path, loaded.value, sources)
        problems += found
        block = before.get(loaded.value.name) if found else loaded.value
        if block:
            blocks[block.name] = block
    return blocks


def _value(files: Files, path: str) -> Any:
    """Return the last good value of the file; None if the file is missing or was never valid."""
    return files[path].value if path in files else None


def _documents_in_use(
    files: Files, shared: Shared, before: Mapping[str, Document], problems: list[Problem]
) -> dict[str, Document]:
    """Map a path to the document in use: the current file if it passes every check, else its last good version."""
    checked = {path: _checked(loaded, shared, before.get(path), problems) for path, loaded in files.items()}
    for document in _to_render_first(checked, before):
        if not _renders(document, problems):
            checked[document.path] = before.get(document.path)
    return {path: document for path, document in checked.items() if document}


def _checked(loaded: Loaded, shared: Shared, last: Document | None, problems: list[Problem]) -> Document | None:
    value = loaded.value
    if loaded.problem or not isinstance(value, Document):
        return last
    if last and last.digest == value.digest and last.shared is shared:
        return last
    found = check_document(value, shared)
    problems += found
    return last if found else replace(value, shared=shared, stored=True)


def _to_render_first(checked: Mapping[str, Document | None], before: Mapping[str, Document]) -> list[Document]:
    """Return the documents to render before they go live: one that cannot be rendered never replaces a good one.

    If many pages are new, as at a first start, or only their shared content changed, they are rendered on request
    instead: the site would otherwise be down, or outdated, for minutes.
    """
    new = [document for path, document in checked.items() if document and document is not before.get(path)]
    if len(new) <= RENDER_AT_ONCE:
        return new
    return [document for document in new if document.path in before and before[document.path].digest != document.digest]


def _renders(document: Document, problems: list[Problem]) -> bool:
    try:
        rendered(document)
    except ContentError as error:
        problems.append(error.problem)
        return False
    return True


def _with_news(document: Document, events: tuple[SourceEvent, ...]) -> Document:
    """Return the document with news about its sources; the same object if the news is unchanged."""
    return document.with_news(events) if isinstance(document, Article) else document


def _by_slug(
    documents: Mapping[str, Document], kind: type[D], before: Mapping[str, D], problems: list[Problem]
) -> dict[str, D]:
    """Map slugs to documents. If two files claim a slug, the live one keeps it, else the first by path."""
    live_before = {document.path for document in before.values()}
    found: dict[str, D] = {}
    for document in sorted(documents.values(), key=lambda document: (document.path not in live_before, document.path)):
        if not isinstance(document, kind):
            continue
        holder = found.setdefault(document.slug, document)
        if holder is not document:
            message = f"The address “{document.slug}” belongs to {holder.path}. Rename one of the two files."
            problems.append(Problem(document.path, 1, message))
    return found


def _without_reserved(pages: dict[str, Page], problems: list[Problem]) -> dict[str, Page]:
    """Return the pages whose address does not belong to a part of the site."""
    for slug in RESERVED & pages.keys():
        message = f"The address /{slug}/ belongs to a part of this site. Give the file another name."
        problems.append(Problem(pages.pop(slug).path, 1, message))
    return pages


def _aliases(articles: Mapping[str, Article], problems: list[Problem]) -> dict[str, str]:
    """Map old slugs to slugs. An alias that another article has, as slug or alias, is reported and left out."""
    aliases: dict[str, str] = {}
    for article in sorted(articles.values(), key=lambda article: (article.published, article.path)):
        for alias in article.aliases:
            owner = alias if alias in articles else aliases.setdefault(alias, article.slug)
            if owner != article.slug or alias == article.slug:
                message = f"The alias “{alias}” is already an address of “{owner}”. Remove it from one of them."
                problems.append(Problem(article.path, article.line_of["aliases"], message))
    return aliases
