"""The page of figures: who sees it, and what it says in words, charts and tables."""

import datetime as dt
import re
from xml.etree.ElementTree import Element

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from appointments import workflow
from appointments.choices import Attempt, DeclineReason, Status
from tests.appointments.builders import LATER, NOW, make_request
from tests.appointments.pages import LIST, Page, cells, words
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FIGURES = f"{LIST}figures/"
TITLES = [
    "Requests a week",
    "Time to first contact",
    "Contacted by the promised time",
    "Where requests stand",
    "Reasons for declining, by article",
    "Busiest hours",
]


def opened(desk: Client) -> Page:
    response = desk.get(FIGURES)
    assert response.status_code == 200
    return Page(response)


def sections(page: Page) -> dict[str, Element]:
    found = [each for each in page.all("section") if each.get("class") == "figure"]
    return {words(next(each.iter("h2"))): each for each in found}


def rows(section: Element) -> list[list[str]]:
    return [cells(row) for row in section.iter("tr")]


def drawn(section: Element) -> list[str]:
    return [words(each) for each in section.iter("{http://www.w3.org/2000/svg}text")]


def fill(hours: int = 1) -> None:
    """One request that was contacted after so many hours and then declined."""
    request = make_request(article="walking")
    workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW + dt.timedelta(hours=hours))
    workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason.NO_ROOM)


class TestWhoMayWhat:
    @pytest.mark.parametrize(
        ("who", "status"), [("front desk", 200), ("owner", 200), ("editor", 403), ("patient", 302), ("stranger", 302)]
    )
    def test_those_who_may_see_requests(self, sign_in: Cast, who: str, status: int) -> None:
        assert sign_in(who).get(FIGURES).status_code == status


class TestPage:
    def test_each_figure_has_a_chart_and_a_table(self, desk: Client) -> None:
        fill()
        page = opened(desk)
        assert list(sections(page)) == TITLES
        for title, section in sections(page).items():
            [chart] = section.iter("{http://www.w3.org/2000/svg}svg")
            assert chart.get("role") == "img"
            assert set(chart.get("aria-labelledby", "").split()) <= page.ids
            assert len(list(section.iter("table"))) == 1
            assert words(next(section.iter("summary"))) == f"{title}, as a table"

    def test_nothing_on_it_needs_a_style_or_script_that_the_policy_forbids(self, desk: Client) -> None:
        fill()
        html = desk.get(FIGURES).content.decode()
        figures = html[html.index('<section class="figure"') : html.rindex("</section>")]
        assert not re.search(r"style=|<style|<script| on\w+=", figures)

    def test_it_holds_nothing_that_a_patient_typed(self, desk: Client) -> None:
        fill()
        text = opened(desk).text
        assert not [value for value in ("Ana", "Torres", "555-0111", "5550111") if value in text]

    def test_it_takes_as_many_queries_for_many_as_for_one(
        self, desk: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(3):
            fill()
            with django_assert_num_queries(5):  # session, user, own rights, rights of the group, requests
                desk.get(FIGURES)


class TestWithoutData:
    def test_no_request_at_all_is_a_sentence(self, desk: Client) -> None:
        page = opened(desk)
        assert "Nobody asked for a consultation in the last 12 weeks." in page.text
        assert not list(page.all("table"))

    def test_what_has_no_answer_yet_is_a_sentence_beside_the_others(self, desk: Client) -> None:
        make_request()
        found = sections(opened(desk))
        assert words(found["Time to first contact"]).endswith("Nobody has been contacted yet.")
        assert words(found["Contacted by the promised time"]).endswith("No promised time has come yet.")
        assert words(found["Reasons for declining, by article"]).endswith("No request of these weeks was declined.")
        assert drawn(found["Requests a week"])[-2:] == ["Nov 23", "1"]


class TestFigures:
    def test_requests_a_week(self, desk: Client) -> None:
        make_request()
        make_request(now=NOW - dt.timedelta(weeks=1))
        make_request(now=NOW - dt.timedelta(weeks=1))
        section = sections(opened(desk))["Requests a week"]
        assert "3 requests in 12 weeks." in words(section)
        assert drawn(section)[-4:] == ["Nov 16", "2", "Nov 23", "1"]
        assert rows(section)[-2:] == [["Monday, November 16", "2"], ["Monday, November 23", "1"]]

    @pytest.mark.parametrize(
        ("wait", "shown"),
        [
            (dt.timedelta(minutes=30), "0.5 hours"),
            (dt.timedelta(minutes=58), "1 hour"),
            (dt.timedelta(hours=2, minutes=12), "2.2 hours"),
            (dt.timedelta(hours=30, minutes=20), "30 hours"),
        ],
    )
    def test_waits_are_hours_in_words(self, desk: Client, wait: dt.timedelta, shown: str) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW + wait)
        section = sections(opened(desk))["Time to first contact"]
        assert f"within {shown}, and 90% within {shown}." in words(section)
        assert rows(section)[-1] == ["Monday, November 23", "1", shown, shown]
        assert drawn(section)[-3:] == ["Nov 23", *[shown.split(" ")[0]] * 2]

    def test_a_week_without_contacts_has_a_dash(self, desk: Client) -> None:
        fill()
        section = sections(opened(desk))["Time to first contact"]
        assert rows(section)[1] == ["Monday, September 7", "0", "–", "–"]

    def test_it_says_that_waits_are_hours_on_the_clock(self, desk: Client) -> None:
        assert "hours on the clock: nights, weekends and closures count" in opened(desk).text

    def test_promises(self, desk: Client) -> None:
        week_ago = NOW - dt.timedelta(weeks=1)
        make_request(now=week_ago)
        workflow.record_attempt(make_request(now=week_ago), Attempt.NO_ANSWER, "dana", week_ago)
        section = sections(opened(desk))["Contacted by the promised time"]
        assert "1 of 2 people (50%) were contacted by the time they were promised." in words(section)
        assert rows(section)[-2:] == [["Monday, November 16", "2", "1", "50%"], ["Monday, November 23", "0", "0", "–"]]

    def test_where_requests_stand(self, desk: Client) -> None:
        fill()
        make_request()
        section = sections(opened(desk))["Where requests stand"]
        counted = {"New": "1", "Contacting": "0", "Scheduled": "0", "Declined": "1", "Withdrawn": "0", "Closed": "0"}
        assert dict(rows(section)[1:]) == counted
        assert drawn(section)[:2] == ["New", "1"]

    def test_reasons_by_article_the_most_frequent_first(self, desk: Client) -> None:
        fill()
        fill()
        workflow.transition(make_request(), Status.DECLINED, "dana", LATER)
        section = sections(opened(desk))["Reasons for declining, by article"]
        assert rows(section)[1:] == [["No room at present", "walking", "2"], ["No reason given", "no article", "1"]]
        assert drawn(section) == ["No room at present · walking", "2", "No reason given · no article", "1"]
        assert "the table all of them" not in words(section)

    def test_where_many_articles_led_there_the_table_has_those_that_the_chart_leaves_out(self, desk: Client) -> None:
        for number in range(13):
            request = make_request(article=f"walking-{number}")
            workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason.NO_ROOM)
        section = sections(opened(desk))["Reasons for declining, by article"]
        assert (len(rows(section)) - 1, len(drawn(section)) / 2) == (13, 12)
        assert "The chart shows the most frequent, the table all of them." in words(section)

    def test_busiest_hours(self, desk: Client) -> None:
        make_request()
        section = sections(opened(desk))["Busiest hours"]
        assert "Up to 1 came in one hour of the week, as on Monday from 10 a.m. on." in words(section)
        assert rows(section)[0][:3] == ["Hour from", "Monday", "Tuesday"]
        assert ["10 a.m.", "1", "0", "0", "0", "0", "0", "0"] in rows(section)
        assert len(rows(section)) == 1 + 24
