"""Check unsaved text against the current site: what keeps it from loading, and the findings of the content rules.

One fault on top of a file hides no other: the text is read past each, with a valid value that stands in for it.
"""

import datetime as dt
import re
from collections import ChainMap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from weakref import WeakKeyDictionary

from articles.content.documents import QUESTIONS, Article, Document, Source
from articles.content.source_events import FILE as WATCH_FILE
from articles.content.word_lists import FILES as LIST_FILES
from articles.content.word_lists import Lists
from articles.editing.drafts.front_matter import with_line, with_new_line
from articles.editing.revisions.load_check import validate
from articles.library import Library, get_library
from articles.rendering.extensions.citations import find_citations
from articles.rules.checks.duplicate_text import RunIndex, Runs, index_runs, runs_of
from articles.rules.registry import Finding, blocks, check_page
from articles.rules.runner import site_of
from articles.rules.text.page_text import PageText, Site, of_document
from clinic_site.content.files import ContentError, Problem

NEEDED = (*LIST_FILES, WATCH_FILE, "references.yaml", "topics.yaml")  # the rules cannot run without these
MISSING = re.compile(r"“(\w+)” is missing\.")
ANSWERS = ", ".join(f'{key}: "Text. {{certainty: not graded}}"' for key in QUESTIONS)
# Dates that come in their order beside any others. A key that is not here may be left out.
STAND_INS = {
    **dict.fromkeys(("title", "summary", "audience", "main_message", "drafting", "conflict"), "Text"),
    "answers": f"{{{ANSWERS}}}",
    "topics": "[]",
    "author": "{name: Text, role: Text}",
    "status": "draft",
    "published": "1970-01-01",
    "updated": "9999-12-30",
    "review_due": "9999-12-31",
}
ANY_SOURCE = Source("", ("",), "", "", year="9999", kind="", volume_pages="", url="", checked=True)


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


@dataclass
class ReadText:
    """A text, as far as it can be read."""

    text: str  # with stand-ins
    problems: list[Problem] = field(default_factory=list)  # with the lines of the text without them
    document: Document | None = None  # None where a fault cannot be passed over
    stand_ins: set[int] = field(default_factory=set)  # their lines in `text`
    added: int = 0  # lines at the end of the front matter

    def in_place(self, finding: Finding) -> Finding | None:
        """Return the finding with its line in the text without stand-ins; None for one about a stand-in."""
        if finding.line in self.stand_ins:
            return None
        below = bool(self.added) and finding.line > max(self.stand_ins)
        return replace(finding, line=finding.line - self.added) if below else finding


def read_past_faults(path: str, text: str, library: Library) -> ReadText:
    """Read `text` as the file at `path`, with a stand-in for each value on its top that cannot be read."""
    read, passed = ReadText(text), set[str]()
    while True:
        validated = validate(path, read.text, library)
        found = [replace(problem, line=_line(problem.line, read)) for problem in validated.problems]
        if validated.document is not None:
            read.document, read.problems = _with_known_sources(validated.document), [*read.problems, *found]
            return read
        read.problems += [problem for problem in found if problem not in read.problems]
        try:
            key = _pass_over(validated.problems[-1], read)
        except ContentError:
            return read
        if key in passed:
            return read
        passed.add(key)


def _with_known_sources(document: Document) -> Document:
    """Return the document with a stand-in for each source that it cites and nobody knows: rules look sources up."""
    shared = document.shared
    assert shared is not None, "a text is read against a library"  # noqa: S101
    unknown = {citation.key for citation in find_citations(document.body)} - shared.sources.keys()
    if not unknown:
        return document
    known = {key: replace(ANY_SOURCE, key=key) for key in unknown}
    return replace(document, shared=replace(shared, sources={**shared.sources, **known}))


def _line(line: int, read: ReadText) -> int:
    return line - read.added if read.added and line > max(read.stand_ins) else line


def _pass_over(problem: Problem, read: ReadText) -> str:
    """Put a stand-in where the problem is, and return its key. Raises ContentError where that cannot be done."""
    missing = MISSING.match(problem.message)
    if missing and missing[1] in STAND_INS:
        read.text, line = with_new_line(read.text, f"{missing[1]}: {STAND_INS[missing[1]]}")
        read.stand_ins.add(line)
        read.added += 1
        return missing[1]
    read.text, key, lines = with_line(read.text, problem.line, STAND_INS)
    read.stand_ins.update(lines)
    return key
