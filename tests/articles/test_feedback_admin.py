"""The queue of what readers say: who sees it, what comes first, and how it is worked through."""

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
from tests.articles.reader_builders import NOW, days_ago, make_feedback, make_vote
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
    """Article, section, what it says, text, day and state of each row."""
    response = client.get(f"{QUEUE}{query}")
    assert response.status_code == 200
    found = [each for each in Page(response).all("tr") if list(each.iter("td"))]
    return [[words(cell) for cell in each][1:] for each in found]


def texts(client: Client, query: str = "") -> list[str]:
    return [row[3] for row in rows(client, query)]


def mark(client: Client, *ticked: ReaderFeedback) -> Any:
    data = {"action": "mark_as_handled", "_selected_action": [each.pk for each in ticked]}
    return client.post(QUEUE, data, follow=True)


@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("owner", 200), ("reviewer", 403), ("front desk", 403), ("patient", 302), ("stranger", 302)],
)
def test_it_is_for_those_who_edit(sign_in: Cast, who: str, status: int) -> None:
    assert sign_in(who).get(QUEUE).status_code == status


def test_editors_find_it_on_their_first_page(editor: Client) -> None:
    assert Page(editor.get("/admin/")).links["Words from readers"] == QUEUE


class TestList:
    def test_a_row_says_what_was_said_where_and_when(self, editor: Client) -> None:
        make_feedback()
        told = ["Walking with a sore back", "Other options", "Unclear", "What is a set?", "Nov 23, 2026", "Open"]
        assert rows(editor) == [told]

    def test_a_section_leads_to_its_place_on_the_page(self, editor: Client, settings: Settings, tmp_path: Path) -> None:
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
    def test_a_page_that_cannot_be_opened_has_no_links(
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

    def test_it_says_what_it_is_and_leads_to_the_figures(self, editor: Client) -> None:
        page = Page(editor.get(QUEUE))
        assert page.title.startswith("Words from readers")
        assert "Texts are erased after 180 days." in page.text
        figures = page.links["What readers say and look for, in figures"]
        assert editor.get(figures).status_code == 200

    def test_votes_and_erased_texts_wait_for_nobody(self, editor: Client) -> None:
        make_feedback(section="", text="")
        make_vote(helpful=True)
        make_vote(helpful=False)
        assert [row[1:4] + row[5:] for row in rows(editor)] == [
            ["The whole page", "Not helpful", "–", "–"],
            ["The whole page", "Helpful", "–", "–"],
            ["The whole page", "Unclear", "–", "–"],
        ]

    def test_open_ones_come_first_then_by_article_and_section_the_newest_first(self, editor: Client) -> None:
        make_feedback(text="handled", article="a", handled_by="dana", handled_at=NOW)
        make_feedback(text="b, old", article="b", section="1")
        make_feedback(text="b, new", article="b", section="1")
        make_feedback(text="b, last section", article="b", section="2")
        make_feedback(text="a", article="a")
        assert texts(editor) == ["a", "b, new", "b, old", "b, last section", "handled"]

    def test_the_article_leads_to_its_editor_under_its_old_name_too(self, editor: Client) -> None:
        make_feedback(article="strolling")
        html = editor.get(QUEUE).content.decode()
        assert '<a href="/admin/articles/contentfile/edit/walking/">Walking with a sore back</a>' in html

    def test_an_article_that_is_gone_is_named(self, editor: Client) -> None:
        make_feedback(article="gone")
        assert [row[0] for row in rows(editor)] == ["gone (not there any more)"]

    def test_what_a_reader_typed_is_shown_as_text(self, editor: Client) -> None:
        make_feedback(text="<script>alert(1)</script>")
        assert "<script>alert" not in editor.get(QUEUE).content.decode()

    def test_many_take_as_many_queries_as_one(
        self, editor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(20):
            make_feedback()
        with django_assert_max_num_queries(9):
            editor.get(QUEUE)


class TestFilters:
    def test_by_article_with_what_was_said_under_its_old_address(self, editor: Client) -> None:
        make_feedback(text="new")
        make_feedback(text="old", article="strolling")
        make_feedback(text="other", article="gone")
        assert sorted(texts(editor, "?article=walking")) == ["new", "old"]
        assert texts(editor, "?article=gone") == ["other"]
        links = Page(editor.get(QUEUE)).links
        assert (links["Walking with a sore back"], links["gone"]) == ("?article=walking", "?article=gone")

    def test_by_what_it_says(self, editor: Client) -> None:
        make_feedback()
        make_vote(helpful=True)
        make_vote(helpful=False)
        for query, said in (("unclear", "Unclear"), ("yes", "Helpful"), ("no", "Not helpful")):
            assert [row[2] for row in rows(editor, f"?says={query}")] == [said]
        assert len(rows(editor, "?says=else")) == 3

    def test_by_state(self, editor: Client) -> None:
        make_feedback(text="open")
        make_feedback(text="handled", handled_by="dana", handled_at=NOW)
        assert texts(editor, "?state=open") == ["open"]
        assert texts(editor, "?state=handled") == ["handled"]
        assert len(texts(editor, "?state=else")) == 2

    def test_a_link_cannot_ask_anything_else(self, editor: Client) -> None:
        make_feedback()
        assert editor.get(f"{QUEUE}?text__startswith=What").status_code == 400


class TestHandling:
    def test_marking_says_who_and_when(self, editor: Client) -> None:
        ticked, other = make_feedback(), make_feedback()
        assert "Marked as handled: 1." in mark(editor, ticked).content.decode()
        ticked.refresh_from_db()
        other.refresh_from_db()
        assert (ticked.handled_by, ticked.handled_at, other.handled_at) == ("editor", NOW, None)
        assert rows(editor)[1][5].replace("\u00a0", " ") == "Handled by editor, Monday, November 23, 10 a.m."

    def test_who_was_first_stands(self, editor: Client) -> None:
        ticked = make_feedback(handled_by="dana", handled_at=NOW)
        assert "Marked as handled: 0." in mark(editor, ticked).content.decode()
        ticked.refresh_from_db()
        assert ticked.handled_by == "dana"

    def test_a_row_can_be_read_and_not_changed(self, editor: Client) -> None:
        row = f"{QUEUE}{make_feedback(day=days_ago(3)).pk}/change/"
        assert not list(Page(editor.get(row)).all("textarea"))
        assert editor.post(row, {"text": "Other words"}).status_code == 403

    @pytest.mark.parametrize("path", ["add/", "1/delete/"])
    def test_rows_are_not_added_or_deleted_by_hand(self, sign_in: Cast, path: str) -> None:
        assert sign_in("owner").get(QUEUE + path).status_code in (302, 403)

    def test_it_names_its_article_and_day(self) -> None:
        assert str(make_feedback()) == "walking, 2026-11-23"
