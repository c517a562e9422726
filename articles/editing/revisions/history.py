"""The revisions of one file, for a list and side by side."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from articles.editing.revisions.diff import DiffRow, side_by_side
from articles.models import Revision

TWO_NUMBERS = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")


@dataclass(frozen=True)
class HistoryEntry:
    """One revision in the list."""

    revision: Revision
    state: str
    before: int  # the number of the revision that came before it; 0: none

    @property
    def holds_text(self) -> bool:
        return not self.revision.removed


@dataclass(frozen=True)
class Comparison:
    old: Revision
    new: Revision
    rows: Sequence[DiffRow]

    @property
    def same(self) -> bool:
        return self.old.text == self.new.text


def entries(revisions: Sequence[Revision], on_site: Revision | None) -> list[HistoryEntry]:
    """Return `revisions` as list entries; `on_site` is the live revision."""
    return [HistoryEntry(revision, state_in_words(revision, on_site), revision.number - 1) for revision in revisions]


def state_in_words(revision: Revision, on_site: Revision | None) -> str:
    if revision.removed:
        return "removed"
    if not revision.live:
        return "kept as a draft"
    return "the file as it is" if on_site and on_site.number == revision.number else "an earlier file"


def compare(path: str, requested: Sequence[str]) -> Comparison | None:
    """Return the comparison of two revisions, requested as ["3:5"] or ["3", "5"]; None unless both exist."""
    found = TWO_NUMBERS.fullmatch(":".join(requested))
    if not found:
        return None
    numbers = sorted({int(found[1]), int(found[2])})
    revisions = list(Revision.objects.of(path).numbered(numbers))
    if len(revisions) != len(numbers):
        return None
    new, old = revisions[0], revisions[-1]
    return Comparison(old, new, side_by_side(old.text, new.text))
