"""The list of articles is filtered and sorted by its query string."""

import datetime as dt
from types import MappingProxyType
from typing import Any

import pytest

from articles.content.documents import Topic
from articles.editing.article_list.filters import list_filter
from articles.editing.article_list.rows import DUES, SIGN_OFFS, ArticleRow, RowNote
from articles.editing.review.state import Stage
from articles.frontmatter import parse_article
from articles.models import Revision
from articles.readers.feedback import FeedbackCounts
from clinic_site.content.files import SourceFile
from tests.articles.editing.builders import NOON
from tests.content_builders import make_article

TOPICS = MappingProxyType({"movement": Topic("movement", "Movement", "How moving may help.")})


def make_row(title: str = "A walk", **overrides: Any) -> ArticleRow:
    keys = {"status": "live", "sign_off": "signed", "due": "later"}
    notes: dict[str, Any] = {name: RowNote(overrides.pop(name, key), "") for name, key in keys.items()}
    return ArticleRow(f"articles/{title}.md", title, title, **notes, **overrides)


def with_article(title: str, due: str) -> ArticleRow:
    text = make_article(title=title, review_due=due)
    return make_row(title, article=parse_article(SourceFile("articles/walk.md", text, "")))


def titles(rows: list[ArticleRow], **query: str) -> list[str]:
    return [row.title for row in list_filter(query, TOPICS).rows(rows)]


def test_by_default_the_last_edited_article_comes_first() -> None:
    edited = [Revision(at=NOON - dt.timedelta(days=days)) for days in (2, 1)]
    rows = [make_row("Never"), make_row("Older", newest=edited[0]), make_row("Newer", newest=edited[1])]
    assert titles(rows) == ["Newer", "Older", "Never"]
    assert titles(rows, sort="edited") == ["Older", "Newer", "Never"]
    assert titles(rows, sort="nonsense") == ["Newer", "Older", "Never"]


@pytest.mark.parametrize(
    ("column", "rows"),
    [
        ("title", [make_row("Älter"), make_row("Bad")]),
        ("status", [make_row("live"), make_row("draft", status="draft")]),
        ("sign_off", [make_row("signed"), make_row("news", sign_off="news")]),
        ("due", [with_article("soon", "2026-12-01"), with_article("later", "2027-12-01")]),
        ("problems", [make_row("few", blocks=1), make_row("many", blocks=2)]),
        ("grade", [make_row("easy", grade=5.5), make_row("hard", grade=9.0)]),
        ("readers", [make_row("content"), make_row("puzzled", readers=FeedbackCounts(open=2))]),
        ("declined", [make_row("none"), make_row("some", declined={"Too far away": 1})]),
    ],
)
def test_every_column_sorts_both_ways(column: str, rows: list[ArticleRow]) -> None:
    names = [row.title for row in rows]
    assert titles(rows[::-1], sort=column) == names
    assert titles(rows, sort=f"-{column}") == names[::-1]


def test_rows_without_a_sort_key_come_last_in_both_directions() -> None:
    rows = [make_row("draft"), with_article("page", "2026-12-01")]
    assert titles(rows, sort="due") == titles(rows, sort="-due") == ["page", "draft"]


def test_every_stage_of_a_review_has_a_sort_key() -> None:
    assert set(SIGN_OFFS) == {*Stage, "news"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "WALK"}, ["A walk", "Walks"]),
        ({"status": "draft"}, ["Walks"]),
        ({"sign_off": "asked"}, ["Walks"]),
        ({"due": "overdue"}, ["A walk"]),
        ({"problems": "blocks"}, ["Sleep"]),
        ({"problems": "warnings"}, ["Sleep"]),
        ({"problems": "none"}, ["A walk", "Moving", "Walks"]),
        ({"topic": "movement"}, ["Moving"]),
        ({"status": "draft", "q": "sleep"}, []),
        ({"status": "nonsense", "topic": "unknown"}, ["A walk", "Moving", "Sleep", "Walks"]),
    ],
)
def test_the_list_is_filtered_by_title_and_by_every_filter(query: dict[str, str], found: list[str]) -> None:
    rows = [
        make_row("A walk", due="overdue"),
        make_row("Walks", status="draft", sign_off="asked"),
        make_row("Sleep", blocks=1, warnings=2),
        with_article("Moving", "2027-12-01"),
    ]
    assert titles(rows, sort="title", **query) == found


def test_column_heads_link_to_the_list_in_another_order() -> None:
    query = list_filter({"q": "walk", "status": "live", "sort": "title"}, TOPICS)
    heads = {head.title: head for head in query.heads()}
    assert (heads["Title"].query, heads["Title"].sorted) == ("q=walk&status=live&sort=-title", "ascending")
    assert (heads["Status"].query, heads["Status"].sorted) == ("q=walk&status=live&sort=status", "")
    down = {head.title: head for head in list_filter({"sort": "-title"}, TOPICS).heads()}
    assert (down["Title"].query, down["Title"].sorted) == ("sort=title", "descending")


def test_an_active_filter_is_detected() -> None:
    assert not list_filter({"sort": "title"}, TOPICS).narrowed
    assert list_filter({"q": "walk"}, TOPICS).narrowed
    assert list_filter({"due": "soon"}, TOPICS).narrowed


def test_the_filters_offer_the_existing_values() -> None:
    filters = {item.name: item for item in list_filter({"topic": "movement"}, TOPICS).filters}
    assert filters["topic"].options == {"movement": "Movement"}
    assert filters["topic"].chosen == "movement"
    assert filters["due"].options == DUES
