"""The page of what readers say and look for: who sees it, and what it says in words, charts and tables."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.models import MissedSearch, PageReads
from clinic_site import outcomes
from tests.appointments.pages import Page, cells, words
from tests.articles.reader_builders import NOW, TODAY, days_ago, make_feedback, make_vote
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
READERS = "/admin/articles/contentfile/readers/"
SVG = "{http://www.w3.org/2000/svg}"
TITLES = [
    "Reads a day",
    "Most read pages",
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
    monkeypatch.setattr(outcomes, "_source", lambda now: {})


@pytest.fixture
def editor(sign_in: Cast) -> Client:
    return sign_in("editor")


def sections(client: Client) -> dict[str, Element]:
    response = client.get(READERS)
    assert response.status_code == 200
    found = [each for each in Page(response).all("section") if each.get("class") == "figure"]
    return {words(next(each.iter("h2"))): each for each in found}


def said(section: Element) -> str:
    return words(next(section.iter("p")))


def rows(section: Element) -> list[list[str]]:
    return [cells(row) for row in section.iter("tr")]


def drawn(section: Element) -> list[str]:
    return [words(each) for each in section.iter(f"{SVG}text")]


def fill(monkeypatch: pytest.MonkeyPatch) -> None:
    PageReads.objects.add(TODAY, {"/": 1, "/articles/walking/": 1200})
    MissedSearch.objects.add(TODAY, {"key": 3})
    MissedSearch.objects.show({"key": "zzzz"}, 3)
    make_vote(helpful=True)
    make_vote(helpful=True)
    make_vote(helpful=False)
    make_feedback()
    monkeypatch.setattr(outcomes, "_source", lambda now: {"walking": {"No room at present": 2}})


class TestWhoMayWhat:
    @pytest.mark.parametrize(
        ("who", "status"),
        [("editor", 200), ("reviewer", 200), ("owner", 200), ("front desk", 403), ("patient", 302), ("stranger", 302)],
    )
    def test_those_who_may_see_articles(self, sign_in: Cast, who: str, status: int) -> None:
        assert sign_in(who).get(READERS).status_code == status

    @pytest.mark.parametrize(("who", "offered"), [("editor", True), ("reviewer", False)])
    def test_the_queue_is_offered_to_those_who_may_open_it(self, sign_in: Cast, who: str, *, offered: bool) -> None:
        links = Page(sign_in(who).get(READERS)).links.values()
        assert ("/admin/articles/readerfeedback/" in links) is offered


class TestPage:
    def test_each_figure_has_a_chart_and_a_table(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(monkeypatch)
        ids = Page(editor.get(READERS)).ids
        found = sections(editor)
        assert list(found) == TITLES
        for section in found.values():
            [chart] = section.iter(f"{SVG}svg")
            assert set(chart.get("aria-labelledby", "").split()) <= ids
            assert len(list(section.iter("table"))) == 1

    def test_nothing_on_it_needs_a_style_or_script_that_the_policy_forbids(
        self, editor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(monkeypatch)
        html = editor.get(READERS).content.decode()
        figures = html[html.index('<section class="figure"') : html.rindex("</section>")]
        assert not re.search(r"style=|<style|<script| on\w+=", figures)

    def test_it_takes_as_many_queries_for_many_as_for_one(
        self, editor: Client, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(3):
            fill(monkeypatch)
            with django_assert_num_queries(8):  # session, user, own rights, rights of the group, and four of its own
                editor.get(READERS)


class TestFigures:
    def test_reads_of_each_day_with_the_mondays_named(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(monkeypatch)
        PageReads.objects.add(days_ago(1), {"/": 950})
        section = sections(editor)["Reads a day"]
        assert said(section).startswith("2151 reads in 28 days.")
        assert drawn(section) == ["Nov 2", "Nov 9", "Nov 16", "950", "Nov 23", "1.2k"]
        assert rows(section)[-2:] == [["Sunday, November 22", "950"], ["Monday, November 23", "1201"]]
        assert len(rows(section)) == 1 + 28

    def test_one_read_is_one_read(self, editor: Client) -> None:
        PageReads.objects.add(TODAY, {"/": 1})
        assert said(sections(editor)["Reads a day"]).startswith("1 read in 28 days.")

    def test_most_read_pages(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(monkeypatch)
        section = sections(editor)["Most read pages"]
        assert rows(section) == [["Page", "Reads"], ["Walking with a sore back", "1200"], ["Home page", "1"]]
        assert drawn(section) == ["Walking with a sore back", "1200", "Home page", "1"]

    def test_where_many_pages_were_read_the_table_has_those_that_the_chart_leaves_out(self, editor: Client) -> None:
        PageReads.objects.add(TODAY, {f"/page-{number}/": 1 for number in range(13)})
        section = sections(editor)["Most read pages"]
        assert (len(rows(section)) - 1, len(drawn(section)) / 2) == (13, 12)
        assert said(section).endswith("The chart shows the most frequent, the table all of them.")

    def test_searches_that_found_nothing(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(monkeypatch)
        section = sections(editor)["Searches that found nothing"]
        assert said(section) == "3 searches in 28 days. Words are kept once they were typed 3 times."
        assert rows(section)[1:] == [["zzzz", "3"]]

    def test_rare_searches_are_a_number_and_no_words(self, editor: Client) -> None:
        MissedSearch.objects.add(TODAY, {"key": 1})
        section = sections(editor)["Searches that found nothing"]
        kept = "Words are kept once they were typed 3 times: 1 of these were for rarer ones."
        assert said(section) == f"1 search in 28 days. {kept}"
        assert drawn(section) == []

    def test_what_readers_said(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(monkeypatch)
        make_feedback(article="gone")
        section = sections(editor)["Was this page helpful?"]
        assert said(section).endswith("of those who said anything. 2 texts wait to be read.")
        assert drawn(section) == ["Walking with a sore back (3 answers)", "67%"]
        assert rows(section)[1:] == [["Walking with a sore back", "2", "1", "67%", "1"], ["gone", "0", "0", "–", "1"]]

    def test_words_without_votes_are_a_table(self, editor: Client) -> None:
        make_feedback()
        section = sections(editor)["Was this page helpful?"]
        assert said(section) == "Nobody has voted yet. 1 text waits to be read."
        assert (drawn(section), len(rows(section))) == ([], 2)

    def test_why_requests_were_declined(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(monkeypatch)
        section = sections(editor)["Requests that were declined, by article"]
        assert rows(section)[1:] == [["Walking with a sore back", "No room at present", "2"]]
        assert drawn(section) == ["Walking with a sore back · No room at present", "2"]


def test_without_data_each_figure_is_a_sentence(editor: Client) -> None:
    found = sections(editor)
    assert [said(section) for section in found.values()] == [
        "No read was counted in the last 28 days.",
        "No read was counted in the last 28 days.",
        "Every search of the last 28 days found something.",
        "No reader has said anything yet.",
        "No request that an article led to was declined lately.",
    ]
    assert not [rows(section) for section in found.values() if rows(section)]
