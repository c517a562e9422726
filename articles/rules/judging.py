"""The rules over a whole library, every page that is up and every file it shares."""

import datetime as dt
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from articles.documents import Shared
from articles.library import Library
from articles.rules.levels import BLOCK
from articles.rules.lists import Lists
from articles.rules.manuscript import (
    ARTICLE,
    Manuscript,
    SharedRun,
    Site,
    of_block,
    of_document,
    of_glossary,
    of_shared_file,
)
from articles.rules.plainness import page_grade
from articles.rules.registry import RULES, Finding, judge
from articles.rules.rulebook import GLOSSARY, Rulebook
from articles.rules.sharing import Runs, runs_of, shared_runs
from articles.rules.watch import FILE as WATCH
from articles.rules.watch import Event

WITHIN = tuple(rule for rule in RULES if not rule.beyond)
BEYOND = tuple(rule for rule in RULES if rule.beyond)
# What links may lead to besides articles and pages; see clinic_site/urls.py and articles/urls.py.
ADDRESSES = "/ /articles/ /glossary/ /references/ /search/ /consultation/ /feed.xml /sitemap.xml".split()


@dataclass(frozen=True)
class Judged:
    """What the rules that look at one file alone said about it; it holds while the file and the day are the same."""

    digest: str
    findings: tuple[Finding, ...]
    runs: Runs
    grade: float | None  # Flesch-Kincaid, of body text; None for a page that is too short to be judged


@dataclass(frozen=True, eq=False)
class Judgment:
    """All that was said, and what of it another run may use again."""

    shared: Shared
    lists: Lists
    today: dt.date
    pages: Mapping[str, Judged]  # by path
    findings: tuple[Finding, ...]


def judge_library(library: Library, rulebook: Rulebook, today: dt.date, previous: Judgment | None = None) -> Judgment:
    """Every finding, by path and line. Pages whose file has a problem are left out: the loader tells of those."""
    shared, lists = library.shared, rulebook.lists
    documents = [each for path, each in library.documents.items() if library.files[path].digest == each.digest]
    before = previous.pages if previous and _still_holds(previous, shared, lists, today) else {}
    texts = {each.path: of_document(each, shared, lists, today, Site()) for each in documents}
    pages = {path: _within(text, before.get(path)) for path, text in texts.items()}
    site = site_of(library, rulebook.events, shared_runs({path: page.runs for path, page in pages.items()}))
    whole = [replace(text, site=site) for text in texts.values()]
    findings = [
        *_unknown_sources(rulebook.events, shared),
        *(finding for page in pages.values() for finding in page.findings),
        *(finding for text in whole for finding in judge(text, BEYOND)),
        *(finding for text in _shared_texts(shared, rulebook, today, site) for finding in judge(text)),
    ]
    return Judgment(shared, lists, today, pages, tuple(sorted(findings)))


def _still_holds(previous: Judgment, shared: Shared, lists: Lists, today: dt.date) -> bool:
    return previous.shared is shared and previous.lists.digest == lists.digest and previous.today == today


def _within(text: Manuscript, before: Judged | None) -> Judged:
    """`before` itself while the file is as it was."""
    if before and before.digest == text.page.digest:
        return before
    runs = runs_of(text.body) if text.kind == ARTICLE else array("Q")
    return Judged(text.page.digest, tuple(judge(text, WITHIN)), runs, page_grade(text))


def site_of(library: Library, events: tuple[Event, ...], shared: Mapping[str, tuple[SharedRun, ...]]) -> Site:
    """What a page of the library is held against; `shared`: what articles have in common, by path."""
    documents = {each.url: each for each in (*library.articles.values(), *library.pages.values())}
    moved = {f"/articles/{old}/": f"/articles/{slug}/" for old, slug in library.aliases.items()}
    topics = (f"/topics/{slug}/" for slug in library.shared.topics)
    sources = (f"/references/#{key}" for key in library.shared.sources)
    addresses = frozenset((*ADDRESSES, *topics, *sources))
    return Site(addresses, documents, moved, events, shared)


def _unknown_sources(events: tuple[Event, ...], shared: Shared) -> Iterator[Finding]:
    """A slip in a key of watch.yaml would hold no page back, and nobody would know."""
    for event in events:
        for key in event.sources:
            if key not in shared.sources:
                yield Finding(
                    WATCH, event.line, "A31", BLOCK, f"“@{key}” is not in references.yaml.", "Correct the key."
                )


def _shared_texts(shared: Shared, rulebook: Rulebook, today: dt.date, site: Site) -> Iterator[Manuscript]:
    """The shared passages, the glossary and the other files whose texts pages show."""
    for name in shared.blocks:
        yield of_block(name, shared, rulebook.lists, today, site)
    yield of_glossary(rulebook.texts.get(GLOSSARY, {}), shared, rulebook.lists, today, site)
    for path, lines in rulebook.texts.items():
        if path != GLOSSARY:
            yield of_shared_file(path, lines, shared, rulebook.lists, today)
