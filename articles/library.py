"""The library: every file under content/, read, checked and frozen.

`get_library()` gives the current one. A file that changed is read again within two seconds, an unchanged one stays the
same object, and the new library replaces the old in one assignment. A file that is wrong is reported in `problems`; the
last good version of its page stays up, after a start too, and a page that never had one is simply not there.
"""

import datetime as dt
import hashlib
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from django.conf import settings

from articles.checking import check_article, check_block, check_document, check_terms, known_sources
from articles.documents import Article, Block, Document, Page, SearchWords, Shared
from articles.good_files import save_good_files
from articles.kept import keep, recall
from articles.listing import Listing, make_listing
from articles.loading import FILES, Loaded, load_files
from articles.pictures import file_names, pictures_of, strangers
from articles.rendered_store import faults
from articles.rules.lists import FILES as RULE_LISTS
from articles.rules.lists import Lists
from articles.rules.watch import FILE as WATCH_FILE
from articles.rules.watch import Event
from clinic_site import last_good
from clinic_site.clinic_file import held_clinic, load_clinic
from clinic_site.content_files import ContentError, Problem, stat_signature
from clinic_site.demo import VAR_FOLDER
from clinic_site.watched import Watched

KEPT = VAR_FOLDER / "library.cache"
KEPT_FROM = 200  # files
PROVEN_AT_ONCE = 100  # pages: what so few take to be rendered, a start or an edit can wait for
Files = Mapping[str, Loaded]
D = TypeVar("D", bound=Document)
# First parts of addresses that no page may have; see clinic_site/urls.py and articles/urls.py.
RESERVED = frozenset(
    "admin articles consultation glossary healthz pages pictures preview readyz references search static topics".split()
)


@dataclass(frozen=True, eq=False)
class Library:
    shared: Shared
    articles: Mapping[str, Article]  # by slug, newest first
    pages: Mapping[str, Page]  # by slug
    search_words: SearchWords
    aliases: Mapping[str, str]  # an article's old slug -> its slug
    found: tuple[Problem, ...]  # wrong when the files were read
    files: Files = field(repr=False)
    documents: Mapping[str, Document] = field(repr=False)  # by path: what is up
    events: tuple[Event, ...] = ()  # of watch.yaml: what is new about sources
    _listings: dict[str, Listing] = field(default_factory=dict, repr=False)  # the last one, as long as it holds

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in which file: found when it was read, or when its page was to be made."""
        return tuple(sorted({*self.found, *faults(self.documents)}))

    def visible(self, now: dt.datetime) -> list[Article]:
        """The articles readers may see at the aware moment `now`, newest first."""
        return [article for article in self.articles.values() if article.visible(now)]

    def listing(self, now: dt.datetime) -> Listing:
        """Those of them that lists, search and the feed offer: not the ones whose check is long overdue."""
        known = self._listings.get("last")
        if known is None or not known.holds(now):
            known = self._listings["last"] = make_listing(self.articles.values(), self.shared.clinic, now)
        return known

    def listed(self, now: dt.datetime) -> tuple[Article, ...]:
        """The articles of that listing, newest first."""
        return self.listing(now).articles

    @cached_property
    def lists(self) -> Lists | None:
        """The lists of words that the rules go by; None while one of their files is wrong or missing."""
        read = [self.files[path] for path in RULE_LISTS if path in self.files]
        if len(read) < len(RULE_LISTS) or any(each.problem for each in read):
            return None
        return Lists.of([(each.value, each.digest) for each in read])

    @cached_property
    def cited_by(self) -> Mapping[str, tuple[Document, ...]]:
        """Source key -> the pages that cite it, themselves or through a block they carry."""
        citing: dict[str, list[Document]] = {key: [] for key in self.shared.sources}
        for document in (*self.articles.values(), *self.pages.values()):
            for key in document.cites & citing.keys():
                citing[key].append(document)
        return {key: tuple(documents) for key, documents in citing.items()}


def get_library() -> Library:
    """The library as it stands now. Raises ContentError only where the clinic's facts have never been right."""
    return _watched(Path(settings.CONTENT_DIR)).get()


def refresh() -> Library:
    """The library after a look at the files at once: who saves a file finds it there."""
    return _watched(Path(settings.CONTENT_DIR)).look()


@contextmanager
def held(library: Library) -> Iterator[None]:
    """Inside, every page is made of `library` and its clinic, whatever is saved; in processes forked inside, too."""
    with _watched(Path(settings.CONTENT_DIR)).held(library), held_clinic(library.shared.clinic):
        yield


@cache
def _watched(root: Path) -> Watched[Library]:
    return Watched(
        lambda: (stat_signature(root), file_names(root)),
        lambda previous: _renewed(root, previous),
    )


def _renewed(root: Path, previous: Library | None) -> Library:
    library = load_library(root, previous) if previous else _first(root)
    save_good_files(root, library, previous)
    return library


def _first(root: Path) -> Library:
    """The first library of a process. What the one before it left is as good as loaded; a small one needs no help."""
    library = load_library(root, recall(KEPT, root, Library))
    if library.found:
        library = load_library(root, _last_good(root, library.files))
    if len(library.files) >= KEPT_FROM:
        files = sorted(stat_signature(root).items())
        keep(KEPT, root, library, hashlib.sha256(repr((files, file_names(root))).encode()).hexdigest())
    return library


def _last_good(root: Path, files: Files) -> Library:
    """The library that the saved copies make up. `files`: those on disk, of which the same bytes are not parsed again.

    It takes no page of an earlier library: one that is older than its copy may have been withdrawn since.
    """
    return _made(root, load_files(last_good.folder(root), files), None)


def load_library(root: Path, previous: Library | None = None) -> Library:
    """Reads what changed below `root` since `previous`, keeps the rest, and checks the files against each other."""
    return _made(root, load_files(root, previous.files if previous else {}), previous)


def _made(root: Path, files: Files, previous: Library | None) -> Library:
    """The library of these files, with the clinic's facts and the pictures below `root`."""
    problems = [loaded.problem for loaded in files.values() if loaded.problem]
    shared = _shared(root, files, previous, problems)
    events = _value(files, WATCH_FILE) or ()
    settled = _settle(files, shared, previous.documents if previous else {}, problems)
    documents = {path: _informed(document, events) for path, document in settled.items()}
    articles = _by_slug(documents, Article, previous.articles if previous else {}, problems)
    pages = _by_slug(documents, Page, previous.pages if previous else {}, problems)
    return Library(
        shared=shared,
        articles=MappingProxyType(dict(sorted(articles.items(), key=_newest_first))),
        pages=MappingProxyType(_reachable(pages, problems)),
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
    """The shared content; the very object of `previous` where nothing in it changed."""
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
        missing=missing,
    )
    problems += [clinic.problem] if clinic.problem else []
    problems += strangers(picture_files)
    problems += check_terms(shared.terms.values(), known)
    return previous.shared if previous and previous.shared == shared else shared


def _blocks(
    files: Files, sources: Container[str], before: Mapping[str, Block], problems: list[Problem]
) -> dict[str, Block]:
    """Name -> block; one that is wrong stays as it was before, and is left out when it never was right."""
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
    """What the file last gave; None when it is missing or has never been right."""
    return files[path].value if path in files else None


def _settle(
    files: Files, shared: Shared, before: Mapping[str, Document], problems: list[Problem]
) -> dict[str, Document]:
    """Path -> the document that is up: the file as it is when it passes every check, else its last good version."""
    checked = {path: _checked(loaded, shared, before.get(path), problems) for path, loaded in files.items()}
    for document in _to_be_proven(checked, before):
        if not _renders(document, problems):
            checked[document.path] = before.get(document.path)
    return {path: document for path, document in checked.items() if document}


def _checked(loaded: Loaded, shared: Shared, last: Document | None, problems: list[Problem]) -> Document | None:
    value = loaded.value
    if loaded.problem or not isinstance(value, Document):
        return last
    if last and last.digest == value.digest and last.shared is shared:
        return last
    found = check_article(value, shared) if isinstance(value, Article) else check_document(value, shared)
    problems += found
    return last if found else replace(value, shared=shared, stored=True)


def _to_be_proven(checked: Mapping[str, Document | None], before: Mapping[str, Document]) -> list[Document]:
    """Those that have to be rendered before they go up: what cannot be rendered never replaces what is there.

    Where many pages are new, as at a first start, or only what they share is, they are rendered when they are asked
    for: the site would be away, or as it was, for minutes.
    """
    new = [each for path, each in checked.items() if each and each is not before.get(path)]
    if len(new) <= PROVEN_AT_ONCE:
        return new
    return [each for each in new if each.path in before and before[each.path].digest != each.digest]


def _renders(document: Document, problems: list[Problem]) -> bool:
    try:
        document.rendered  # noqa: B018 (kept on disk)
    except ContentError as error:
        problems.append(error.problem)
        return False
    return True


def _informed(document: Document, events: tuple[Event, ...]) -> Document:
    """The document with what is new about its sources; the very object while that is as it was."""
    return document.with_news(events) if isinstance(document, Article) else document


def _by_slug(
    documents: Mapping[str, Document], kind: type[D], before: Mapping[str, D], problems: list[Problem]
) -> dict[str, D]:
    """Slug -> document. Where two files claim a slug, the one that was up stays, else the first by path."""
    up_before = {document.path for document in before.values()}
    found: dict[str, D] = {}
    for document in sorted(documents.values(), key=lambda each: (each.path not in up_before, each.path)):
        if not isinstance(document, kind):
            continue
        holder = found.setdefault(document.slug, document)
        if holder is not document:
            message = f"The address “{document.slug}” belongs to {holder.path}. Rename one of the two files."
            problems.append(Problem(document.path, 1, message))
    return found


def _reachable(pages: dict[str, Page], problems: list[Problem]) -> dict[str, Page]:
    """The pages whose address is not taken by a part of the site."""
    for slug in RESERVED & pages.keys():
        message = f"The address /{slug}/ belongs to a part of this site. Give the file another name."
        problems.append(Problem(pages.pop(slug).path, 1, message))
    return pages


def _aliases(articles: Mapping[str, Article], problems: list[Problem]) -> dict[str, str]:
    """Old slug -> slug. An alias that another article has, as slug or alias, is reported and left out."""
    aliases: dict[str, str] = {}
    for article in sorted(articles.values(), key=lambda each: (each.published, each.path)):
        for alias in article.aliases:
            owner = alias if alias in articles else aliases.setdefault(alias, article.slug)
            if owner != article.slug or alias == article.slug:
                message = f"The alias “{alias}” is already an address of “{owner}”. Remove it from one of them."
                problems.append(Problem(article.path, article.line_of["aliases"], message))
    return aliases
