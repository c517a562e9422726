"""What the rules say of the library as it stands. Kept in this process, so that a list costs only what changed."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock

from django.conf import settings

from articles.library import Library
from articles.rules.judging import Judgment, judge_library
from articles.rules.keeping import CACHE, Kept, keep, recall
from articles.rules.registry import Finding
from articles.rules.rulebook import load_rulebook
from clinic_site.content_files import ContentError, Problem
from clinic_site.demo import VAR_FOLDER


@dataclass(frozen=True, eq=False)
class Assessment:
    """One library on one day. Without a judgment, `problem` says which file the rules could not be read from."""

    library: Library
    today: dt.date
    judgment: Judgment | None
    problem: Problem | None = None

    @cached_property
    def by_path(self) -> dict[str, list[Finding]]:
        """What the rules found, accepted warnings included."""
        found: dict[str, list[Finding]] = {}
        for finding in self.judgment.findings if self.judgment else ():
            found.setdefault(finding.path, []).append(finding)
        return found

    def grade(self, path: str) -> float | None:
        """The reading grade of a page; None where it has not been judged, or is too short."""
        judged = self.judgment.pages.get(path) if self.judgment else None
        return judged.grade if judged else None


_one_at_a_time = Lock()
_newest: dict[Path, Assessment] = {}  # by content folder


def assess(library: Library, today: dt.date) -> Assessment:
    """The same object as long as library and day are the same."""
    root = Path(settings.CONTENT_DIR)
    with _one_at_a_time:
        before = _newest.get(root)
        if before is None or before.library is not library or before.today != today:
            _newest[root] = _assessed(root, library, today, before.judgment if before else None)
        return _newest[root]


def _assessed(root: Path, library: Library, today: dt.date, previous: Judgment | None) -> Assessment:
    try:
        rulebook = load_rulebook(root, library.lists)
    except ContentError as error:
        return Assessment(library, today, previous, error.problem)
    recalled = previous or _recalled(root, library)
    judgment = judge_library(library, rulebook, today, recalled)
    if recalled is None:  # the next process need not begin anew
        keep(VAR_FOLDER / CACHE, root, Kept(library, judgment))
    return Assessment(library, today, judgment)


def _recalled(root: Path, library: Library) -> Judgment | None:
    """What the last check of the content left, if what all pages share is still as it was then."""
    kept = recall(VAR_FOLDER / CACHE, root)
    same = kept is not None and kept.library.shared == library.shared
    return replace(kept.judgment, shared=library.shared) if kept and same else None
