"""Unsaved text held against the site as it is: what keeps it from loading, and what the content rules say."""

import datetime as dt
import hashlib
from collections import ChainMap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from weakref import WeakKeyDictionary

from articles.checking import check_article
from articles.documents import Article, Document
from articles.frontmatter import parse_article
from articles.library import Library, get_library
from articles.rules.judging import site_of
from articles.rules.lists import FILES as LIST_FILES
from articles.rules.lists import Lists
from articles.rules.manuscript import Manuscript, Site, of_document
from articles.rules.registry import Finding, blocks, judge
from articles.rules.sharing import RunIndex, Runs, index_runs, runs_of
from articles.rules.watch import FILE as WATCH_FILE
from clinic_site.content_files import MAX_BYTES, ContentError, Problem, SourceFile, faults_told

NEEDED = (*LIST_FILES, WATCH_FILE, "references.yaml", "topics.yaml")  # without these no text can be judged
TOO_LARGE = "The article is larger than 1 MiB. Split it, or take out what is pasted in."


@dataclass(frozen=True, eq=False)
class Examination:
    """What is wrong with a text, problems and findings each by line."""

    article: Article | None  # None where the text cannot be read; otherwise its page can be shown
    problems: tuple[Problem, ...]  # what keeps the file from loading; while there are any, the rules are not asked
    judged: Callable[[], Iterator[Finding]] = field(repr=False)  # asks the rules

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say."""
        return tuple(sorted(self.judged()))

    @property
    def blocks(self) -> int:
        """How many things stop publication."""
        return len(self.problems) + blocks(self.findings)


def examine(path: str, text: str, today: dt.date) -> Examination:
    """`text` as if it were the file at `path` below the content folder. The same text again costs nothing."""
    return _examined(get_library(), path, text, today)


@lru_cache(maxsize=16)
def _examined(library: Library, path: str, text: str, today: dt.date) -> Examination:
    article, problems = _read(library, path, text)
    if article is None or problems:
        return Examination(article, problems, lambda: iter(()))
    try:
        around = _neighbors(library)
    except ContentError as error:
        return Examination(article, (error.problem,), lambda: iter(()))
    return Examination(article, (), lambda: judge(_manuscript(around, article, today)))


def _read(library: Library, path: str, text: str) -> tuple[Article | None, tuple[Problem, ...]]:
    """The article with its page made, where that can be, and what keeps it from loading."""
    problems: list[Problem] = []
    try:
        with faults_told(path):
            article = parse_article(_source(path, text))
            problems += sorted(check_article(article, library.shared))
            shown = _with_known_names(library, article)
            shown.rendered  # noqa: B018 (kept on the article)
    except ContentError as error:
        return None, (*problems, error.problem)
    return shown, tuple(problems)


def _source(path: str, text: str) -> SourceFile:
    data = text.encode()
    if len(data) > MAX_BYTES:
        raise ContentError(path, 1, TOO_LARGE)
    return SourceFile(path, text.removeprefix("\ufeff").replace("\r\n", "\n"), hashlib.sha256(data).hexdigest())


def _with_known_names(library: Library, article: Article) -> Article:
    """Without what the library does not hold, so that a slip in one name does not take the preview away."""
    shared = library.shared
    return replace(
        article,
        shared=shared,
        topics=tuple(name for name in article.topics if name in shared.topics),
        sources=tuple(key for key in article.sources if key in shared.sources),
        blocks=tuple(name for name in article.blocks if name in shared.blocks),
    )


@dataclass(frozen=True)
class _Neighbors:
    """What one text is held against; it is the same for every text as long as the library is."""

    lists: Lists
    site: Site
    runs: RunIndex


_runs: WeakKeyDictionary[Document, Runs] = WeakKeyDictionary()  # an unchanged file stays the same object


@lru_cache(maxsize=1)
def _neighbors(library: Library) -> _Neighbors:
    """Raises ContentError for a file that the rules need and that has never been right."""
    for name in NEEDED:
        loaded = library.files.get(name)
        if loaded is None or loaded.value is None:
            problem = loaded.problem if loaded else None
            raise ContentError(name, problem.line if problem else 1, _told(name, problem))
    phrases = {key: found for name in LIST_FILES for key, found in library.files[name].value.items()}
    lists = Lists(phrases, digest="".join(library.files[name].digest for name in LIST_FILES))
    runs = {article.path: _runs_of(article, lists) for article in library.articles.values()}
    return _Neighbors(lists, site_of(library, library.files[WATCH_FILE].value, {}), index_runs(runs))


def _told(name: str, problem: Problem | None) -> str:
    fault = problem.message if problem else "It is missing."
    return f"No article can be checked while {name} is not in order: {fault}"


def _runs_of(article: Article, lists: Lists) -> Runs:
    if article not in _runs:
        _runs[article] = runs_of(_alone(article, lists, dt.date.min).body)
    return _runs[article]


def _alone(article: Article, lists: Lists, today: dt.date) -> Manuscript:
    assert article.shared is not None  # noqa: S101 (it was checked against a library)
    return of_document(article, article.shared, lists, today, Site())


def _manuscript(around: _Neighbors, article: Article, today: dt.date) -> Manuscript:
    """The article in the place of what is up at its address."""
    text = _alone(article, around.lists, today)
    site = replace(
        around.site,
        documents=ChainMap({article.url: article}, dict(around.site.documents)),
        shared_runs={article.path: around.runs.shared_by(article.path, runs_of(text.body))},
    )
    return replace(text, site=site)
