"""Filters and order of the article list, read from the query string, so that a view of the list can be a bookmark."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from articles.content.documents import Topic
from articles.editing.article_list.rows import DUES, SIGN_OFFS, STATUSES, ArticleRow
from clinic_site.text.folding import fold

PROBLEMS = {"blocks": "Blocks to mend", "warnings": "Warnings to answer", "none": "None"}
DEFAULT_SORT = "-edited"  # the last edited first
Key = Callable[[ArticleRow], Any]  # None: no value, sorted last in either direction
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
    """The head of a column: a link that sorts by the column."""

    title: str
    query: str
    sorted: str  # value of aria-sort; "" if the list is sorted by another column


@dataclass(frozen=True)
class ListFilter:
    """Search text, order and filters of the article list."""

    text: str
    sort: str  # the name of a column, with “-” in front for descending order
    filters: tuple[Filter, ...]

    def rows(self, rows: Iterable[ArticleRow]) -> list[ArticleRow]:
        """Return the rows that match, sorted."""
        matching = [row for row in rows if self._matches(row)]
        _, key = COLUMNS[self.sort.lstrip("-")]
        with_value = sorted(
            (row for row in matching if key(row) is not None), key=key, reverse=self.sort.startswith("-")
        )
        return [*with_value, *(row for row in matching if key(row) is None)]

    def heads(self) -> list[Head]:
        return [self._head(name) for name in COLUMNS]

    def query(self, sort: str) -> str:
        """Return the query string for the order `sort`, without the page number."""
        parameters = {"q": self.text, **{choice.name: choice.chosen for choice in self.filters}, "sort": sort}
        return urlencode({name: value for name, value in parameters.items() if value})

    @property
    def narrowed(self) -> bool:
        return bool(self.text or any(choice.chosen for choice in self.filters))

    def _head(self, name: str) -> Head:
        title, _ = COLUMNS[name]
        ascending, descending = self.sort == name, self.sort == f"-{name}"
        return Head(
            title,
            self.query(f"-{name}" if ascending else name),
            "ascending" if ascending else "descending" if descending else "",
        )

    def _matches(self, row: ArticleRow) -> bool:
        return fold(self.text) in fold(row.title) and all(
            not choice.chosen or choice.chosen in _keys(row)[choice.name] for choice in self.filters
        )


def list_filter(parameters: Mapping[str, str], topics: Mapping[str, Topic]) -> ListFilter:
    """Read the filters from the query parameters. Leave out unknown values."""
    options = {
        "status": ("Status", STATUSES),
        "sign_off": ("Sign-off", SIGN_OFFS),
        "due": ("Check due", DUES),
        "problems": ("Problems", PROBLEMS),
        "topic": ("Topic", {slug: topic.title for slug, topic in topics.items()}),
    }
    filters = tuple(
        Filter(name, label, choices, parameters.get(name, "") if parameters.get(name, "") in choices else "")
        for name, (label, choices) in options.items()
    )
    sort = parameters.get("sort", "")
    return ListFilter(
        parameters.get("q", "").strip(), sort if sort.removeprefix("-") in COLUMNS else DEFAULT_SORT, filters
    )


def _keys(row: ArticleRow) -> Mapping[str, tuple[str, ...]]:
    """Return, for each filter, the options that match the row."""
    problems = (("blocks",) if row.blocks else ()) + (("warnings",) if row.warnings else ())
    return {
        "status": (row.status.key,),
        "sign_off": (row.sign_off.key,),
        "due": (row.due.key,),
        "problems": problems or ("none",),
        "topic": row.article.topics if row.article else (),
    }
