"""Run the rules over a whole library: every page that readers see, and every shared file."""

import datetime as dt
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from articles.content.documents import Shared
from articles.content.language_help import FILE as LANGUAGE_HELP
from articles.content.rule_ids import BLOCK, HINT
from articles.content.source_events import FILE as WATCH
from articles.content.source_events import SourceEvent
from articles.content.word_lists import Lists
from articles.library import Library
from articles.rules.checks.duplicate_text import Runs, runs_of, shared_runs
from articles.rules.checks.plain_language import page_grade
from articles.rules.registry import RULES, Finding, check_page
from articles.rules.rulebook import GLOSSARY, Rulebook
from articles.rules.text.page_text import (
    ARTICLE,
    PageText,
    SharedRun,
    Site,
    of_block,
    of_document,
    of_glossary,
    of_shared_file,
)

CACHE = "check_content.cache"  # in VAR_FOLDER
WITHIN = tuple(rule for rule in RULES if not rule.beyond)
BEYOND = tuple(rule for rule in RULES if rule.beyond)
# What links may lead to besides articles and pages; see clinic_site/urls.py and articles/urls.py.
ADDRESSES = "/ /articles/ /glossary/ /my-questions/ /references/ /search/ /consultation/ /feed.xml /sitemap.xml".split()


@dataclass(frozen=True)
class PageResults:
    """Results of the rules that look at one file alone, valid while file and day are the same."""

    digest: str
    findings: tuple[Finding, ...]
    runs: Runs
    grade: float | None  # Flesch-Kincaid, of body text; None for a page that is too short


@dataclass(frozen=True, eq=False)
class LibraryResults:
    """Results of one run, for reuse in the next run."""

    shared: Shared
    lists: Lists
    today: dt.date
    pages: Mapping[str, PageResults]  # by path
    findings: tuple[Finding, ...]


def check_library(
    library: Library, rulebook: Rulebook, today: dt.date, previous: LibraryResults | None = None
) -> LibraryResults:
    """Run every rule, and sort the findings by path and line. Skip files with a problem, which the loader reports."""
    shared, lists = library.shared, rulebook.lists
    documents = [
        document for path, document in library.documents.items() if library.files[path].digest == document.digest
    ]
    before = previous.pages if previous and _is_reusable(previous, shared, lists, today) else {}
    texts = {document.path: of_document(document, shared, lists, today, Site()) for document in documents}
    pages = {path: _within(text, before.get(path)) for path, text in texts.items()}
    site = site_of(library, rulebook.events, shared_runs({path: page.runs for path, page in pages.items()}))
    whole = [replace(text, site=site) for text in texts.values()]
    findings = [
        *_unknown_sources(rulebook.events, shared),
        *_unchecked_languages(shared),
        *(finding for page in pages.values() for finding in page.findings),
        *(finding for text in whole for finding in check_page(text, BEYOND)),
        *(finding for text in _shared_texts(shared, rulebook, today, site) for finding in check_page(text)),
    ]
    return LibraryResults(shared, lists, today, pages, tuple(sorted(findings)))


def _is_reusable(previous: LibraryResults, shared: Shared, lists: Lists, today: dt.date) -> bool:
    return previous.shared is shared and previous.lists.digest == lists.digest and previous.today == today


def _within(text: PageText, before: PageResults | None) -> PageResults:
    """Return the results of one page; `before` itself if the file is unchanged."""
    if before and before.digest == text.page.digest:
        return before
    runs = runs_of(text.body) if text.kind == ARTICLE else array("Q")
    return PageResults(text.page.digest, tuple(check_page(text, WITHIN)), runs, page_grade(text))


def site_of(library: Library, events: tuple[SourceEvent, ...], shared: Mapping[str, tuple[SharedRun, ...]]) -> Site:
    """Return what the pages of the library are compared with. `shared`: texts that articles share, by path."""
    documents = {document.url: document for document in (*library.articles.values(), *library.pages.values())}
    moved = {f"/articles/{old}/": f"/articles/{slug}/" for old, slug in library.aliases.items()}
    topics = (f"/topics/{slug}/" for slug in library.shared.topics)
    sources = (f"/references/#{key}" for key in library.shared.sources)
    addresses = frozenset((*ADDRESSES, *topics, *sources))
    return Site(addresses, documents, moved, events, shared)


def _unknown_sources(events: tuple[SourceEvent, ...], shared: Shared) -> Iterator[Finding]:
    """Yield a finding for each unknown key in watch.yaml: a typo there would silently block no page."""
    for event in events:
        for key in event.sources:
            if key not in shared.sources:
                yield Finding(
                    WATCH, event.line, "A31", BLOCK, f"“@{key}” is not in references.yaml.", "Correct the key."
                )


def _unchecked_languages(shared: Shared) -> Iterator[Finding]:
    """Yield a hint for each sentence of the notice of language help that no speaker of the language has read."""
    for language in shared.language_help:
        if not language.checked:
            message = f"Nobody who speaks {language.english} has checked this sentence."
            mend = "Ask somebody who speaks it every day, then write “checked: yes”."
            yield Finding(LANGUAGE_HELP, language.line, "", HINT, message, mend)


def _shared_texts(shared: Shared, rulebook: Rulebook, today: dt.date, site: Site) -> Iterator[PageText]:
    """Yield the texts of blocks, of the glossary, and of the other files whose texts pages show."""
    for name in shared.blocks:
        yield of_block(name, shared, rulebook.lists, today, site)
    yield of_glossary(rulebook.texts.get(GLOSSARY, {}), shared, rulebook.lists, today, site)
    for path, lines in rulebook.texts.items():
        if path != GLOSSARY:
            yield of_shared_file(path, lines, shared, rulebook.lists, today)


@dataclass(frozen=True)
class SavedRun:
    """The results of one run, saved so that the next run checks only what changed.

    Results and library share their objects.
    """

    library: Library
    results: LibraryResults
