"""The queue of feedback: permissions, order, filters and marking as handled."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from articles.library import get_library
from articles.models import ReaderFeedback
from tests.appointments.pages import Page, words
from tests.articles.readers.builders import NOW, days_ago, make_feedback, make_vote
from tests.articles.rendering.failing import cannot_render
from tests.conftest import Cast
from tests.content_builders import make_article, make_content

pytestmark = pytest.mark.django_db
QUEUE = "/admin/articles/readerfeedback/"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(sign_in: Cast) -> Client:
    return sign_in("editor")


def rows(client: Client, query: str = "") -> list[list[str]]:
    """Return article, section, kind, text, day and state of each row."""
    response = client.get(f"{QUEUE}{query}")
    assert response.status_code == 200
    found = [row for row in Page(response).all("tr") if list(row.iter("td"))]
    return [[words(cell) for cell in row][1:] for row in found]


def texts(client: Client, query: str = "") -> list[str]:
    return [row[3] for row in rows(client, query)]


def mark(client: Client, *ticked: ReaderFeedback) -> Any:
    data = {"action": "mark_as_handled", "_selected_action": [feedback.pk for feedback in ticked]}
    return client.post(QUEUE, data, follow=True)


@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("owner", 200), ("reviewer", 403), ("front desk", 403), ("patient", 302), ("stranger", 302)],
)
def test_only_editors_see_the_queue(sign_in: Cast, who: str, status: int) -> None:
    assert sign_in(who).get(QUEUE).status_code == status


def test_the_start_page_of_editors_links_to_the_queue(editor: Client) -> None:
    assert Page(editor.get("/admin/")).links["Words from readers"] == QUEUE


class TestList:
    def test_a_row_shows_text_section_and_day(self, editor: Client) -> None:
        make_feedback()
        expected = ["Walking with a sore back", "Other options", "Unclear", "What is a set?", "Nov 23, 2026", "Open"]
        assert rows(editor) == [expected]

    def test_a_section_links_to_its_place_on_the_page(self, editor: Client, settings: Settings, tmp_path: Path) -> None:
        body = "## Key points\n\n- One.\n\n## 5 tips\n\nText.\n\n## ألم\n\nText.\n"
        settings.CONTENT_DIR = make_content(
            tmp_path, walking=make_article(body), short=make_article("## Part\n\nText.\n")
        )
        for section in ("Key points", "5 tips", "ألم", "Gone", ""):
            make_feedback(section=section)
        make_feedback(article="nobody")
        make_feedback(article="short", section="Part")
        links = Page(editor.get(QUEUE)).links
        assert links["Key points"] == "/articles/walking/#page-key-points"
        assert (links["5 tips"], links["ألم"]) == ("/articles/walking/#5-tips", "/articles/walking/#ألم")
        assert links["Part"] == "/articles/short/#part"
        assert "Gone" not in links

    @pytest.mark.parametrize(("status", "renders"), [("draft", True), ("published", False)])
    def test_an_unpublished_page_has_no_links(
        self,
        editor: Client,
        settings: Settings,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        status: str,
        renders: bool,
    ) -> None:
        settings.CONTENT_DIR = make_content(tmp_path, walking=make_article("## 5 tips\n\nText.\n", status=status))
        make_feedback(section="5 tips")
        assert get_library().problems == ()
        if not renders:
            cannot_render(monkeypatch)
        assert [row[1] for row in rows(editor)] == ["5 tips"]
        assert "5 tips" not in Page(editor.get(QUEUE)).links

    def test_the_queue_explains_itself_and_links_to_the_figures(self, editor: Client) -> None:
        page = Page(editor.get(QUEUE))
        assert page.title.startswith("Words from readers")
        assert "Texts are erased after 180 days." in page.text
        figures = page.links["What readers say and look for, in figures"]
        assert editor.get(figures).status_code == 200

    def test_votes_and_erased_texts_are_not_open(self, editor: Client) -> None:
        make_feedback(section="", text="")
        make_vote(helpful=True)
        make_vote(helpful=False)
        assert [row[1:4] + row[5:] for row in rows(editor)] == [
            ["The whole page", "Not helpful", "–", "–"],
            ["The whole page", "Helpful", "–", "–"],
            ["The whole page", "Unclear", "–", "–"],
        ]

    def test_rows_are_sorted_by_open_article_section_and_newest(self, editor: Client) -> None:
        make_feedback(text="handled", article="a", handled_by="dana", handled_at=NOW)
        make_feedback(text="b, old", article="b", section="1")
        make_feedback(text="b, new", article="b", section="1")
        make_feedback(text="b, last section", article="b", section="2")
        make_feedback(text="a", article="a")
        assert texts(editor) == ["a", "b, new", "b, old", "b, last section", "handled"]

    def test_an_article_under_an_old_address_links_to_its_editor(self, editor: Client) -> None:
        make_feedback(article="strolling")
        html = editor.get(QUEUE).content.decode()
        assert '<a href="/admin/articles/contentfile/edit/walking/">Walking with a sore back</a>' in html

    def test_a_removed_article_is_named(self, editor: Client) -> None:
        make_feedback(article="gone")
        assert [row[0] for row in rows(editor)] == ["gone (not there any more)"]

    def test_comments_are_shown_as_text(self, editor: Client) -> None:
        make_feedback(text="<script>alert(1)</script>")
        assert "<script>alert" not in editor.get(QUEUE).content.decode()

    def test_the_number_of_queries_does_not_grow(
        self, editor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(20):
            make_feedback()
        with django_assert_max_num_queries(9):
            editor.get(QUEUE)


class TestFilters:
    def test_by_article_including_its_old_addresses(self, editor: Client) -> None:
        make_feedback(text="new")
        make_feedback(text="old", article="strolling")
        make_feedback(text="other", article="gone")
        assert sorted(texts(editor, "?article=walking")) == ["new", "old"]
        assert texts(editor, "?article=gone") == ["other"]
        links = Page(editor.get(QUEUE)).links
        assert (links["Walking with a sore back"], links["gone"]) == ("?article=walking", "?article=gone")

    def test_by_kind(self, editor: Client) -> None:
        make_feedback()
        make_vote(helpful=True)
        make_vote(helpful=False)
        for query, kind in (("unclear", "Unclear"), ("yes", "Helpful"), ("no", "Not helpful")):
            assert [row[2] for row in rows(editor, f"?says={query}")] == [kind]
        assert len(rows(editor, "?says=else")) == 3

    def test_by_state(self, editor: Client) -> None:
        make_feedback(text="open")
        make_feedback(text="handled", handled_by="dana", handled_at=NOW)
        assert texts(editor, "?state=open") == ["open"]
        assert texts(editor, "?state=handled") == ["handled"]
        assert len(texts(editor, "?state=else")) == 2

    def test_other_query_parameters_are_refused(self, editor: Client) -> None:
        make_feedback()
        assert editor.get(f"{QUEUE}?text__startswith=What").status_code == 400


class TestHandling:
    def test_marking_records_user_and_time(self, editor: Client) -> None:
        ticked, other = make_feedback(), make_feedback()
        assert "Marked as handled: 1." in mark(editor, ticked).content.decode()
        ticked.refresh_from_db()
        other.refresh_from_db()
        assert (ticked.handled_by, ticked.handled_at, other.handled_at) == ("editor", NOW, None)
        assert rows(editor)[1][5].replace("\u00a0", " ") == "Handled by editor, Monday, November 23, 10 a.m."

    def test_the_first_marking_is_kept(self, editor: Client) -> None:
        ticked = make_feedback(handled_by="dana", handled_at=NOW)
        assert "Marked as handled: 0." in mark(editor, ticked).content.decode()
        ticked.refresh_from_db()
        assert ticked.handled_by == "dana"

    def test_a_row_is_read_only(self, editor: Client) -> None:
        row = f"{QUEUE}{make_feedback(day=days_ago(3)).pk}/change/"
        assert not list(Page(editor.get(row)).all("textarea"))
        assert editor.post(row, {"text": "Other words"}).status_code == 403

    @pytest.mark.parametrize("path", ["add/", "1/delete/"])
    def test_rows_cannot_be_added_or_deleted(self, sign_in: Cast, path: str) -> None:
        assert sign_in("owner").get(QUEUE + path).status_code in (302, 403)

    def test_a_row_has_a_readable_name(self) -> None:
        assert str(make_feedback()) == "walking, 2026-11-23"
