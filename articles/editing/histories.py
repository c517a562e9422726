"""The revisions of one file: in words, and two of them side by side."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from articles.editing.differences import Row, side_by_side
from articles.models import Revision

TWO_NUMBERS = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")


@dataclass(frozen=True)
class Entry:
    """One revision, as the list shows it."""

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
    rows: Sequence[Row]

    @property
    def same(self) -> bool:
        return self.old.text == self.new.text


def entries(revisions: Sequence[Revision], on_site: Revision | None) -> list[Entry]:
    """`revisions` as the list shows them; `on_site` is what the file holds now."""
    return [Entry(each, state_in_words(each, on_site), each.number - 1) for each in revisions]


def state_in_words(revision: Revision, on_site: Revision | None) -> str:
    if revision.removed:
        return "removed"
    if not revision.live:
        return "kept as a draft"
    return "the file as it is" if on_site and on_site.number == revision.number else "an earlier file"


def compare(path: str, asked: Sequence[str]) -> Comparison | None:
    """The older and the newer of two revisions, asked for as ["3:5"] or ["3", "5"]; None unless both exist."""
    found = TWO_NUMBERS.fullmatch(":".join(asked))
    if not found:
        return None
    numbers = sorted({int(found[1]), int(found[2])})
    revisions = list(Revision.objects.of(path).numbered(numbers))
    if len(revisions) != len(numbers):
        return None
    new, old = revisions[0], revisions[-1]
    return Comparison(old, new, side_by_side(old.text, new.text))
