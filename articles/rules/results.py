"""Findings of the rules for the current library, cached in this process: only changed files are checked again."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock

from django.conf import settings

from articles.disk_cache import cache_key, load_cached, save_cached
from articles.library import Library
from articles.rules.registry import Finding
from articles.rules.rulebook import load_rulebook
from articles.rules.runner import CACHE, LibraryResults, SavedRun, check_library
from clinic_site.content.files import ContentError, Problem
from clinic_site.var_folder import VAR_FOLDER


@dataclass(frozen=True, eq=False)
class RuleResults:
    """The findings for one library on one day; `problem` is the invalid file if the rules could not run."""

    library: Library
    today: dt.date
    results: LibraryResults | None
    problem: Problem | None = None

    @cached_property
    def by_path(self) -> dict[str, list[Finding]]:
        """Findings by path, accepted warnings included."""
        found: dict[str, list[Finding]] = {}
        for finding in self.results.findings if self.results else ():
            found.setdefault(finding.path, []).append(finding)
        return found

    def grade(self, path: str) -> float | None:
        """Return the reading grade of a page; None if the page was not checked or is too short."""
        page = self.results.pages.get(path) if self.results else None
        return page.grade if page else None


_one_at_a_time = Lock()
_newest: dict[Path, RuleResults] = {}  # by content folder


def rule_results(library: Library, today: dt.date) -> RuleResults:
    """Return the results; the same object while library and day are the same."""
    root = Path(settings.CONTENT_DIR)
    with _one_at_a_time:
        before = _newest.get(root)
        if before is None or before.library is not library or before.today != today:
            _newest[root] = _check(root, library, today, before.results if before else None)
        return _newest[root]


def _check(root: Path, library: Library, today: dt.date, previous: LibraryResults | None) -> RuleResults:
    try:
        rulebook = load_rulebook(root, library)
    except ContentError as error:
        return RuleResults(library, today, previous, error.problem)
    saved_results = previous or _saved_results(root, library)
    results = check_library(library, rulebook, today, saved_results)
    if saved_results is None:  # save for the next process
        save_cached(VAR_FOLDER / CACHE, cache_key(root), SavedRun(library, results))
    return RuleResults(library, today, results)


def _saved_results(root: Path, library: Library) -> LibraryResults | None:
    """Return the saved results of the last check, if the shared content is unchanged."""
    saved = load_cached(VAR_FOLDER / CACHE, cache_key(root), SavedRun)
    same = saved is not None and saved.library.shared == library.shared
    return replace(saved.results, shared=library.shared) if saved and same else None
