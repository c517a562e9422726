"""Check unsaved text against the current site: what keeps it from loading, and the findings of the content rules."""

import datetime as dt
from collections import ChainMap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from weakref import WeakKeyDictionary

from articles.content.documents import Article, Document
from articles.content.source_events import FILE as WATCH_FILE
from articles.content.word_lists import FILES as LIST_FILES
from articles.content.word_lists import Lists
from articles.editing.drafts.stand_ins import read_past_faults
from articles.editing.revisions.load_check import validate
from articles.library import Library, get_library
from articles.rules.checks.duplicate_text import RunIndex, Runs, index_runs, runs_of
from articles.rules.registry import Finding, blocks, check_page
from articles.rules.runner import site_of
from articles.rules.text.page_text import PageText, Site, of_document
from clinic_site.content.files import ContentError, Problem

NEEDED = (*LIST_FILES, WATCH_FILE, "references.yaml", "topics.yaml")  # the rules cannot run without these


@dataclass(frozen=True, eq=False)
class DraftCheck:
    """Problems and findings of a text, each sorted by line."""

    article: Article | None  # None if the text cannot be read; otherwise its page can be shown
    problems: tuple[Problem, ...]  # what keeps the file from loading
    run_rules: Callable[[], Iterator[Finding]] = field(repr=False)
    hides: bool = False  # a problem keeps the rules from running

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the rules."""
        return tuple(sorted(self.run_rules()))

    @property
    def blocks(self) -> int:
        """The number of problems and findings that stop publication."""
        return len(self.problems) + blocks(self.findings)


def check_draft(path: str, text: str, today: dt.date) -> DraftCheck:
    """Check `text` as the file at `path` below the content folder. The results are cached."""
    return _checked(get_library(), path, text, today)


@lru_cache(maxsize=16)
def _checked(library: Library, path: str, text: str, today: dt.date) -> DraftCheck:
    shown = validate(path, text, library).document
    article = shown if isinstance(shown, Article) else None
    read = read_past_faults(path, text, library)
    problems, readable = tuple(sorted(read.problems)), read.document
    if not isinstance(readable, Article):
        return DraftCheck(article, problems, lambda: iter(()), hides=True)
    try:
        neighbors = _neighbors(library)
    except ContentError as error:
        return DraftCheck(article, (*problems, error.problem), lambda: iter(()), hides=True)

    top = {problem.line for problem in problems if problem.line < readable.body_line}  # what is wrong there is told

    def run_rules() -> Iterator[Finding]:
        found = map(read.in_place, check_page(_page_text_on_site(neighbors, readable, today)))
        return (finding for finding in found if finding and finding.line not in top)

    return DraftCheck(article, problems, run_rules)


@dataclass(frozen=True)
class _Neighbors:
    """What the rules compare a text with; the same for every text of one library."""

    lists: Lists
    site: Site
    runs: RunIndex


_runs: WeakKeyDictionary[Document, Runs] = WeakKeyDictionary()  # cached: an unchanged file stays the same object


@lru_cache(maxsize=1)
def _neighbors(library: Library) -> _Neighbors:
    """Collect what the rules need. Raises ContentError if a file the rules need never had a valid version."""
    for name in NEEDED:
        loaded = library.files.get(name)
        if loaded is None or loaded.value is None:
            problem = loaded.problem if loaded else None
            raise ContentError(name, problem.line if problem else 1, _invalid_file_message(name, problem))
    lists = Lists.of([(library.files[name].value, library.files[name].digest) for name in LIST_FILES])
    runs = {article.path: _runs_of(article, lists) for article in library.articles.values()}
    return _Neighbors(lists, site_of(library, library.events, {}), index_runs(runs))


def _invalid_file_message(name: str, problem: Problem | None) -> str:
    fault = problem.message if problem else "It is missing."
    return f"No article can be checked while {name} is not in order: {fault}"


def _runs_of(article: Article, lists: Lists) -> Runs:
    if article not in _runs:
        _runs[article] = runs_of(_page_text(article, lists, dt.date.min).body)
    return _runs[article]


def _page_text(article: Article, lists: Lists, today: dt.date) -> PageText:
    assert article.shared is not None  # noqa: S101 (it was checked against a library)
    return of_document(article, article.shared, lists, today, Site())


def _page_text_on_site(neighbors: _Neighbors, article: Article, today: dt.date) -> PageText:
    """Return the article as the rules read it, in place of the page at its address."""
    text = _page_text(article, neighbors.lists, today)
    site = replace(
        neighbors.site,
        documents=ChainMap({article.url: article}, dict(neighbors.site.documents)),
        shared_runs={article.path: neighbors.runs.shared_by(article.path, runs_of(text.body))},
    )
    return replace(text, site=site)
