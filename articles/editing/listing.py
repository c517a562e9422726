"""Which articles the list shows, and in which order: read from the address, so that a view of it can be a bookmark."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from articles.documents import Topic
from articles.editing.overview import DUES, SIGN_OFFS, STATUSES, Row
from clinic_site.folding import fold

PROBLEMS = {"blocks": "Blocks to mend", "warnings": "Warnings to answer", "none": "None"}
FIRST = "-edited"  # the order without a choice: what was worked on last
Key = Callable[[Row], Any]  # None: nothing to sort by, which comes last either way
COLUMNS: Mapping[str, tuple[str, Key]] = {
    "title": ("Title", lambda row: fold(row.title)),
    "status": ("Status", lambda row: [*STATUSES].index(row.status.key)),
    "sign_off": ("Sign-off", lambda row: [*SIGN_OFFS].index(row.sign_off.key)),
    "due": ("Check due", lambda row: row.article.review_due if row.article else None),
    "problems": ("Problems", lambda row: (row.blocks, row.warnings)),
    "grade": ("Reading grade", lambda row: row.grade),
    "edited": ("Last edit", lambda row: row.newest.at if row.newest else None),
    "readers": ("Readers", lambda row: (row.readers.open, row.readers.no, row.readers.yes)),
    "declined": ("Declined for", lambda row: sum(row.declined.values())),
}


@dataclass(frozen=True)
class Filter:
    """One choice of the form above the list."""

    name: str
    label: str
    options: Mapping[str, str]  # key -> words
    chosen: str


@dataclass(frozen=True)
class Head:
    """The head of a column: a link that sorts by it."""

    title: str
    query: str
    sorted: str  # as aria-sort says it; "" where the list is sorted by another column


@dataclass(frozen=True)
class Choice:
    """What is asked of the list."""

    text: str
    sort: str  # the name of a column, with “-” in front for the other way round
    filters: tuple[Filter, ...]

    def rows(self, rows: Iterable[Row]) -> list[Row]:
        """Those that were asked for, sorted."""
        kept = [row for row in rows if self._fits(row)]
        _, key = COLUMNS[self.sort.lstrip("-")]
        known = sorted((row for row in kept if key(row) is not None), key=key, reverse=self.sort.startswith("-"))
        return [*known, *(row for row in kept if key(row) is None)]

    def heads(self) -> list[Head]:
        return [self._head(name) for name in COLUMNS]

    def query(self, sort: str) -> str:
        """The address's part behind the question mark, without a page."""
        asked = {"q": self.text, **{each.name: each.chosen for each in self.filters}, "sort": sort}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def narrowed(self) -> bool:
        return bool(self.text or any(each.chosen for each in self.filters))

    def _head(self, name: str) -> Head:
        title, _ = COLUMNS[name]
        up, down = self.sort == name, self.sort == f"-{name}"
        return Head(title, self.query(f"-{name}" if up else name), "ascending" if up else "descending" if down else "")

    def _fits(self, row: Row) -> bool:
        return fold(self.text) in fold(row.title) and all(
            not each.chosen or each.chosen in _keys(row)[each.name] for each in self.filters
        )


def choice(asked: Mapping[str, str], topics: Mapping[str, Topic]) -> Choice:
    """What the address asks for; what it names and we do not have is left out."""
    options = {
        "status": ("Status", STATUSES),
        "sign_off": ("Sign-off", SIGN_OFFS),
        "due": ("Check due", DUES),
        "problems": ("Problems", PROBLEMS),
        "topic": ("Topic", {slug: topic.title for slug, topic in topics.items()}),
    }
    filters = tuple(
        Filter(name, label, known, asked.get(name, "") if asked.get(name, "") in known else "")
        for name, (label, known) in options.items()
    )
    sort = asked.get("sort", "")
    return Choice(asked.get("q", "").strip(), sort if sort.removeprefix("-") in COLUMNS else FIRST, filters)


def _keys(row: Row) -> Mapping[str, tuple[str, ...]]:
    """By which options of each filter the row is found."""
    found = (("blocks",) if row.blocks else ()) + (("warnings",) if row.warnings else ())
    return {
        "status": (row.status.key,),
        "sign_off": (row.sign_off.key,),
        "due": (row.due.key,),
        "problems": found or ("none",),
        "topic": row.article.topics if row.article else (),
    }
