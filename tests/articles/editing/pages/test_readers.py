"""The page of feedback and searches of readers: permissions, sentences, charts and tables."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.models import MissedSearch
from clinic_site.hooks import hooks
from tests.appointments.pages import Page, cells, words
from tests.articles.readers.builders import NOW, TODAY, make_feedback, make_vote
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
READERS = "/admin/articles/contentfile/readers/"
TITLES = [
    "Searches that found nothing",
    "Was this page helpful?",
    "Requests that were declined, by article",
]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _no_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "declined_by_article", lambda now: {})


@pytest.fixture
def editor(sign_in: Cast) -> Client:
    return sign_in("editor")


def sections(client: Client) -> dict[str, Element]:
    response = client.get(READERS)
    assert response.status_code == 200
    found = [section for section in Page(response).all("section") if section.get("class") == "figure"]
    return {words(next(section.iter("h2"))): section for section in found}


def summary(section: Element) -> str:
    return words(next(section.iter("p")))


def rows(section: Element) -> list[list[str]]:
    return [cells(row) for row in section.iter("tr")]


def drawn(section: Element) -> list[str]:
    return [words(element) for element in section.iter("text")]


def fill(monkeypatch: pytest.MonkeyPatch) -> None:
    MissedSearch.objects.add(TODAY, {"key": 3})
    MissedSearch.objects.show({"key": "zzzz"}, 3)
    make_vote(helpful=True)
    make_vote(helpful=True)
    make_vote(helpful=False)
    make_feedback()
    monkeypatch.setattr(hooks, "declined_by_article", lambda now: {"walking": {"No room at present": 2}})


class TestWhoMayWhat:
    @pytest.mark.parametrize(
        ("who", "status"),
        [("editor", 200), ("reviewer", 200), ("owner", 200), ("front desk", 403), ("patient", 302), ("stranger", 302)],
    )
    def test_users_who_may_see_articles(self, sign_in: Cast, who: str, status: int) -> None:
        assert sign_in(who).get(READERS).status_code == status

    @pytest.mark.parametrize(("who", "offered"), [("editor", True), ("reviewer", False)])
    def test_the_queue_is_linked_for_users_who_may_open_it(self, sign_in: Cast, who: str, *, offered: bool) -> None:
        links = Page(sign_in(who).get(READERS)).links.values()
        assert ("/admin/articles/readerfeedback/" in links) is offered


class TestPage:
    def test_each_figure_has_a_chart_and_a_table(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(monkeypatch)
        ids = Page(editor.get(READERS)).ids
        found = sections(editor)
        assert list(found) == TITLES
        for section in found.values():
            [chart] = section.iter("svg")
            assert set(chart.get("aria-labelledby", "").split()) <= ids
            assert len(list(section.iter("table"))) == 1

    def test_the_page_needs_no_style_or_script_that_the_policy_forbids(
        self, editor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(monkeypatch)
        html = editor.get(READERS).content.decode()
        figures = html[html.index('<section class="figure"') : html.rindex("</section>")]
        assert not re.search(r"style=|<style|<script| on\w+=", figures)

    def test_the_number_of_queries_does_not_grow(
        self, editor: Client, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(3):
            fill(monkeypatch)
            with django_assert_num_queries(
                7
            ):  # session, its line in the list, user, permissions of user and group, and two of the page
                editor.get(READERS)


class TestFigures:
    def test_searches_that_found_nothing(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(monkeypatch)
        section = sections(editor)["Searches that found nothing"]
        assert summary(section) == "3 searches in 28 days. Words are kept once they were typed 3 times."
        assert rows(section)[1:] == [["zzzz", "3"]]

    def test_rare_searches_are_counted_without_their_words(self, editor: Client) -> None:
        MissedSearch.objects.add(TODAY, {"key": 1})
        section = sections(editor)["Searches that found nothing"]
        note = "Words are kept once they were typed 3 times: 1 of these were for rarer ones."
        assert summary(section) == f"1 search in 28 days. {note}"
        assert drawn(section) == []

    def test_the_table_includes_searches_missing_from_the_chart(self, editor: Client) -> None:
        terms = {f"key{number}": f"zzz {number}" for number in range(13)}
        MissedSearch.objects.add(TODAY, dict.fromkeys(terms, 3))
        MissedSearch.objects.show(terms, 3)
        section = sections(editor)["Searches that found nothing"]
        assert (len(rows(section)) - 1, len(drawn(section)) / 2) == (13, 12)
        assert summary(section).endswith("The chart shows the most frequent, the table all of them.")

    def test_feedback_by_article(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(monkeypatch)
        make_feedback(article="gone")
        section = sections(editor)["Was this page helpful?"]
        assert summary(section).endswith("of those who said anything. 2 texts wait to be read.")
        assert drawn(section) == ["Walking with a sore back (3 answers)", "67%"]
        assert rows(section)[1:] == [["Walking with a sore back", "2", "1", "67%", "1"], ["gone", "0", "0", "–", "1"]]

    def test_comments_without_votes_are_a_table(self, editor: Client) -> None:
        make_feedback()
        section = sections(editor)["Was this page helpful?"]
        assert summary(section) == "Nobody has voted yet. 1 text waits to be read."
        assert (drawn(section), len(rows(section))) == ([], 2)

    def test_reasons_for_declined_requests(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(monkeypatch)
        section = sections(editor)["Requests that were declined, by article"]
        assert rows(section)[1:] == [["Walking with a sore back", "No room at present", "2"]]
        assert drawn(section) == ["Walking with a sore back · No room at present", "2"]


def test_without_data_each_figure_is_a_sentence(editor: Client) -> None:
    found = sections(editor)
    assert [summary(section) for section in found.values()] == [
        "Every search of the last 28 days found something.",
        "No reader has said anything yet.",
        "No request that an article led to was declined lately.",
    ]
    assert not [rows(section) for section in found.values() if rows(section)]
