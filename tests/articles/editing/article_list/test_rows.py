"""Rows of the list of articles: status, review, problems, drafts and feedback."""

import datetime as dt
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.editing.article_list.rows import ArticleRow, overview
from articles.library import load_library
from clinic_site.hooks import hooks
from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.content_folder import WATCH, Store, sync_once
from tests.articles.editing.review.review_events import make_event
from tests.articles.readers.builders import make_feedback, make_vote
from tests.content_builders import make_article, make_signed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def root(store: Store) -> Path:
    return store()


def add(root: Path, slug: str = "walking", text: str = "", **front: Any) -> None:
    (root / "articles" / f"{slug}.md").write_text(text or make_article(**front))


def rows(root: Path, now: dt.datetime = NOON) -> dict[str, ArticleRow]:
    sync_once(root)
    return {row.slug: row for row in overview(load_library(root), now).rows}


def row(root: Path, now: dt.datetime = NOON, slug: str = "walking") -> ArticleRow:
    return rows(root, now)[slug]


@pytest.mark.parametrize(
    ("front", "key", "words"),
    [
        ({}, "live", "On the site"),
        ({"status": "draft"}, "draft", "Draft"),
        ({"status": "archived"}, "withdrawn", "Withdrawn"),
        ({"publish_from": "2026-12-01 08:00:00"}, "scheduled", "Scheduled from December 1, 2026, 8\u00a0a.m."),
        ({"publish_until": "2026-11-01 08:00:00"}, "ended", "Ended: its last day is over"),
    ],
)
def test_the_status_matches_what_readers_see(root: Path, front: dict[str, Any], key: str, words: str) -> None:
    add(root, **front)
    found = row(root)
    assert (found.status.key, found.status.words) == (key, words)
    assert found.visible == (key == "live")
    assert not found.has_draft


@pytest.mark.parametrize(
    ("front", "key", "words"),
    [
        ({"review_due": "2027-01-10"}, "later", "January 10, 2027"),
        ({"review_due": "2026-12-20"}, "soon", "December 20, 2026"),
        ({"review_due": "2026-11-22"}, "overdue", "November 22, 2026: overdue"),
        ({"review_due": "2026-11-10"}, "overdue", "November 10, 2026: overdue, and the page says so"),
        ({"review_due": "2026-09-01"}, "overdue", "September 1, 2026: overdue, and off the lists"),
        ({"review_due": "2026-09-01", "status": "draft"}, "later", "September 1, 2026"),
    ],
)
def test_the_check_is_described_as_due_soon_or_overdue(root: Path, front: dict[str, Any], key: str, words: str) -> None:
    add(root, **front)
    found = row(root)
    assert (found.due.key, found.due.words) == (key, words)


def test_an_unchecked_article_is_marked(root: Path) -> None:
    add(root)
    assert row(root).sign_off.words == "Not yet checked"


def test_a_valid_signature_names_the_clinician(root: Path) -> None:
    add(root)
    make_signed(root, "walking")
    assert row(root).sign_off.words == "Signed by R. Name, February 1, 2026"


def test_a_requested_check_is_shown_even_if_the_article_is_signed(root: Path) -> None:
    add(root)
    make_signed(root, "walking")
    make_event(path="articles/walking.md")
    assert row(root).sign_off.words == "Sent to review by editor"


def test_news_about_a_source_takes_precedence(root: Path) -> None:
    key = next(iter(load_library(root).shared.sources))
    add(root, sources=[key], body=f"## A walk\n\nIt may help [@{key}].\n")
    make_signed(root, "walking")
    (root / "watch.yaml").write_text(WATCH.format(key=key))
    assert row(root).sign_off.words == "News about a source: A new label, November 20, 2026"


def test_problems_are_counted_including_load_problems(root: Path) -> None:
    add(root)
    sound = row(root)
    assert sound.blocks > 0  # most required keys are missing
    add(root, text=make_article(colour="blue"))
    sync_once(root)
    library = load_library(root)
    spoiled = overview(load_library(root, library), NOON).rows[0]
    assert (spoiled.status.key, spoiled.blocks) == ("unread", 1)


def test_a_file_that_never_loaded_is_listed_by_its_title(root: Path) -> None:
    add(root, text=make_article(title="A new walk", colour="blue"))
    found = row(root)
    assert (found.title, found.status.words, found.article) == ("A new walk", "Cannot be read", None)
    add(root, "no-front", text="Nothing on top.\n")
    assert row(root, slug="no-front").title == "no-front"


def test_a_binary_file_is_listed(root: Path) -> None:
    (root / "articles" / "odd.md").write_bytes(b"\xff\xfe")
    found = row(root, slug="odd")
    assert (found.title, found.newest, found.has_draft) == ("odd", None, False)


def test_a_draft_without_a_file_is_listed(root: Path) -> None:
    make_revision(path="articles/only-kept.md", live=False, text="Half a sentence")
    found = row(root, slug="only-kept")
    assert (found.title, found.status.words, found.has_draft) == ("only-kept", "Draft", True)


def test_a_removed_article_is_not_listed(root: Path) -> None:
    add(root)
    sync_once(root)
    (root / "articles" / "walking.md").unlink()
    make_revision(removed=True)
    sync_once(root)
    assert rows(root) == {}


def test_a_newer_draft_is_shown_with_its_author(root: Path) -> None:
    add(root)
    sync_once(root)
    make_revision(live=False, by="mara")
    found = row(root)
    assert found.has_draft
    assert found.newest is not None
    assert found.newest.by == "mara"


def test_a_row_counts_feedback_and_declined_requests(root: Path) -> None:
    add(root)
    make_feedback()
    make_vote(helpful=True)
    with patch.object(hooks, "declined_by_article", return_value={"walking": {"Too far away": 2}}):
        found = row(root)
    assert (found.readers.yes, found.readers.no) == (1, 0)
    assert found.readers.open == 1
    assert found.declined == {"Too far away": 2}


def test_the_number_of_queries_does_not_depend_on_the_number_of_articles(root: Path) -> None:
    counts = []
    for number in range(2):
        for index in range(3):
            add(root, f"walk-{number}-{index}", title=f"Walk {number} {index}")
        sync_once(root)
        library = load_library(root)
        with CaptureQueriesContext(connection) as queries:
            overview(library, NOON)
        counts.append(len(queries))
    assert counts[0] == counts[1]
