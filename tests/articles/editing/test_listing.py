"""The list can be narrowed and sorted, and its address says how."""

import datetime as dt
from types import MappingProxyType
from typing import Any

import pytest

from articles.documents import Topic
from articles.editing.listing import choice
from articles.editing.overview import DUES, SIGN_OFFS, Row, Told
from articles.editing.review_state import Stage
from articles.feedback import FeedbackCounts
from articles.frontmatter import parse_article
from articles.models import Revision
from clinic_site.content_files import SourceFile
from tests.articles.editing.builders import NOON
from tests.content_builders import make_article

TOPICS = MappingProxyType({"movement": Topic("movement", "Movement", "How moving may help.")})


def make_row(title: str = "A walk", **overrides: Any) -> Row:
    keys = {"status": "live", "sign_off": "signed", "due": "later"}
    told: dict[str, Any] = {name: Told(overrides.pop(name, key), "") for name, key in keys.items()}
    return Row(f"articles/{title}.md", title, title, **told, **overrides)


def with_article(title: str, due: str) -> Row:
    text = make_article(title=title, review_due=due)
    return make_row(title, article=parse_article(SourceFile("articles/walk.md", text, "")))


def titles(rows: list[Row], **asked: str) -> list[str]:
    return [row.title for row in choice(asked, TOPICS).rows(rows)]


def test_without_a_choice_what_was_worked_on_last_comes_first() -> None:
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
def test_every_column_sorts_both_ways(column: str, rows: list[Row]) -> None:
    names = [row.title for row in rows]
    assert titles(rows[::-1], sort=column) == names
    assert titles(rows, sort=f"-{column}") == names[::-1]


def test_what_has_nothing_to_sort_by_comes_last_either_way() -> None:
    rows = [make_row("draft"), with_article("page", "2026-12-01")]
    assert titles(rows, sort="due") == titles(rows, sort="-due") == ["page", "draft"]


def test_every_stage_of_a_review_has_a_place_in_the_order() -> None:
    assert set(SIGN_OFFS) == {*Stage, "news"}


@pytest.mark.parametrize(
    ("asked", "found"),
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
def test_the_list_is_narrowed_by_title_and_by_each_filter(asked: dict[str, str], found: list[str]) -> None:
    rows = [
        make_row("A walk", due="overdue"),
        make_row("Walks", status="draft", sign_off="asked"),
        make_row("Sleep", blocks=1, warnings=2),
        with_article("Moving", "2027-12-01"),
    ]
    assert titles(rows, sort="title", **asked) == found


def test_the_heads_lead_to_the_same_list_sorted_otherwise() -> None:
    asked = choice({"q": "walk", "status": "live", "sort": "title"}, TOPICS)
    heads = {head.title: head for head in asked.heads()}
    assert (heads["Title"].query, heads["Title"].sorted) == ("q=walk&status=live&sort=-title", "ascending")
    assert (heads["Status"].query, heads["Status"].sorted) == ("q=walk&status=live&sort=status", "")
    down = {head.title: head for head in choice({"sort": "-title"}, TOPICS).heads()}
    assert (down["Title"].query, down["Title"].sorted) == ("sort=title", "descending")


def test_it_knows_whether_it_was_narrowed() -> None:
    assert not choice({"sort": "title"}, TOPICS).narrowed
    assert choice({"q": "walk"}, TOPICS).narrowed
    assert choice({"due": "soon"}, TOPICS).narrowed


def test_the_filters_offer_what_there_is() -> None:
    filters = {each.name: each for each in choice({"topic": "movement"}, TOPICS).filters}
    assert filters["topic"].options == {"movement": "Movement"}
    assert filters["topic"].chosen == "movement"
    assert filters["due"].options == DUES
