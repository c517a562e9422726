"""The page of figures: access, and its sentences, charts and tables."""

import datetime as dt
import re
from xml.etree.ElementTree import Element

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from appointments import workflow
from appointments.choices import Attempt, DeclineReason, Status
from appointments.policies import promises
from tests.appointments.builders import LATER, NOW, make_request
from tests.appointments.pages import LIST, Page, cells, words
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FIGURES = f"{LIST}figures/"
DAY = dt.timedelta(days=1)
TITLES = [
    "Requests a week",
    "Time to first contact",
    "Contacted by the promised time",
    "Visits",
    "Where requests stand",
    "Reasons for declining, by article",
    "Busiest hours",
]


def opened(desk: Client) -> Page:
    response = desk.get(FIGURES)
    assert response.status_code == 200
    return Page(response)


def sections(page: Page) -> dict[str, Element]:
    found = [section for section in page.all("section") if section.get("class") == "figure"]
    return {words(next(section.iter("h2"))): section for section in found}


def rows(section: Element) -> list[list[str]]:
    return [cells(row) for row in section.iter("tr")]


def chart_texts(section: Element) -> list[str]:
    return [words(label) for label in section.iter("text")]


def fill(hours: int = 1) -> None:
    """Make a request that was contacted `hours` after it was sent, and then declined; its visit took place before."""
    request = make_request(article="walking")
    request.visits.create(status="fulfilled", office="port-alder", starts_at=NOW + DAY, changed_at=NOW)
    workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW + dt.timedelta(hours=hours))
    workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason.NO_ROOM)


class TestPermissions:
    @pytest.mark.parametrize(
        ("who", "status"), [("front desk", 200), ("owner", 200), ("editor", 403), ("patient", 302), ("stranger", 302)]
    )
    def test_the_page_requires_the_permission_to_view_requests(self, sign_in: Cast, who: str, status: int) -> None:
        assert sign_in(who).get(FIGURES).status_code == status


class TestPage:
    def test_each_figure_has_a_chart_and_a_table(self, desk: Client) -> None:
        fill()
        page = opened(desk)
        assert list(sections(page)) == TITLES
        for title, section in sections(page).items():
            [chart] = section.iter("svg")
            assert chart.get("role") == "img"
            assert set(chart.get("aria-labelledby", "").split()) <= page.ids
            assert len(list(section.iter("table"))) == 1
            assert words(next(section.iter("summary"))) == f"{title}, as a table"

    def test_the_page_needs_no_inline_style_or_script(self, desk: Client) -> None:
        fill()
        html = desk.get(FIGURES).content.decode()
        figures = html[html.index('<section class="figure"') : html.rindex("</section>")]
        assert not re.search(r"style=|<style|<script| on\w+=", figures)

    def test_the_page_holds_nothing_that_a_patient_typed(self, desk: Client) -> None:
        fill()
        text = opened(desk).text
        assert not [value for value in ("Ana", "Torres", "555-0111", "5550111") if value in text]

    def test_the_number_of_queries_is_constant(
        self, desk: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(3):
            fill()
            promises._counted.cache_clear()
            # session, user, own rights, rights of the group, requests, visits, promises
            with django_assert_num_queries(8):
                desk.get(FIGURES)


class TestWithoutData:
    def test_without_a_request_the_page_is_one_sentence(self, desk: Client) -> None:
        page = opened(desk)
        assert "Nobody asked for a consultation in the last 12 weeks." in page.text
        assert not list(page.all("table"))

    def test_a_figure_without_data_is_one_sentence(self, desk: Client) -> None:
        make_request()
        found = sections(opened(desk))
        assert words(found["Time to first contact"]).endswith("Nobody has been contacted yet.")
        assert words(found["Visits"]).endswith("Nobody has recorded what came of a visit yet.")
        assert words(found["Contacted by the promised time"]).endswith("No promised time has come yet.")
        assert words(found["Reasons for declining, by article"]).endswith("No request of these weeks was declined.")
        assert chart_texts(found["Requests a week"])[-2:] == ["Nov 23", "1"]


class TestFigures:
    def test_requests_are_counted_by_week(self, desk: Client) -> None:
        make_request()
        make_request(now=NOW - dt.timedelta(weeks=1))
        make_request(now=NOW - dt.timedelta(weeks=1))
        section = sections(opened(desk))["Requests a week"]
        assert "3 requests in 12 weeks." in words(section)
        assert chart_texts(section)[-4:] == ["Nov 16", "2", "Nov 23", "1"]
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
    def test_waits_are_in_hours(self, desk: Client, wait: dt.timedelta, shown: str) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW + wait)
        section = sections(opened(desk))["Time to first contact"]
        assert f"within {shown}, and 90% within {shown}." in words(section)
        assert rows(section)[-1] == ["Monday, November 23", "1", shown, shown]
        assert chart_texts(section)[-3:] == ["Nov 23", *[shown.split(" ")[0]] * 2]

    def test_a_week_without_contacts_shows_a_dash(self, desk: Client) -> None:
        fill()
        section = sections(opened(desk))["Time to first contact"]
        assert rows(section)[1] == ["Monday, September 7", "0", "–", "–"]

    def test_the_page_says_that_waits_include_nights_and_closures(self, desk: Client) -> None:
        assert "hours on the clock: nights, weekends and closures count" in opened(desk).text

    def test_promises_show_how_many_were_met(self, desk: Client) -> None:
        week_ago = NOW - dt.timedelta(weeks=1)
        make_request(now=week_ago)
        workflow.record_attempt(make_request(now=week_ago), Attempt.NO_ANSWER, "dana", week_ago)
        section = sections(opened(desk))["Contacted by the promised time"]
        assert "1 of 2 people (50%) were contacted by the time they were promised, and 1 of the last 2 " in words(
            section
        )
        assert rows(section)[-2:] == [["Monday, November 16", "2", "1", "50%"], ["Monday, November 23", "0", "0", "–"]]

    def test_visits_show_the_wait_and_how_many_were_missed(self, desk: Client) -> None:
        for days, status in ((1, "fulfilled"), (12, "arrived"), (2, "noshow")):
            visits = make_request().visits
            visits.create(status=status, office="port-alder", starts_at=NOW + days * DAY, changed_at=NOW)
        section = sections(opened(desk))["Visits"]
        assert (
            "Half of those who came had their visit within 1 day of their request. To 1 of 3 visits (33%) the patient "
            "did not come." in words(section)
        )
        assert rows(section) == [["Visits", "Number"], ["Came", "2"], ["Did not come", "1"]]

    @pytest.mark.parametrize(("hours", "shown"), [(36, "1.5 days"), (288, "12 days")])
    def test_the_wait_for_a_visit_is_rounded(self, desk: Client, hours: int, shown: str) -> None:
        at = NOW + dt.timedelta(hours=hours)
        make_request().visits.create(status="arrived", office="port-alder", starts_at=at, changed_at=NOW)
        assert f"within {shown} of" in words(sections(opened(desk))["Visits"])

    def test_without_a_visit_that_took_place_only_the_missed_ones_are_counted(self, desk: Client) -> None:
        make_request().visits.create(status="noshow", office="port-alder", starts_at=NOW, changed_at=NOW)
        assert "To 1 of 1 visits (100%) the patient did not come." in words(sections(opened(desk))["Visits"])

    def test_requests_are_counted_by_status(self, desk: Client) -> None:
        fill()
        make_request()
        section = sections(opened(desk))["Where requests stand"]
        counts = {"New": "1", "Contacting": "0", "Scheduled": "0", "Declined": "1", "Withdrawn": "0", "Closed": "0"}
        assert dict(rows(section)[1:]) == counts
        assert chart_texts(section)[:2] == ["New", "1"]

    def test_decline_reasons_by_article_start_with_the_most_frequent(self, desk: Client) -> None:
        fill()
        fill()
        workflow.transition(make_request(), Status.DECLINED, "dana", LATER)
        section = sections(opened(desk))["Reasons for declining, by article"]
        assert rows(section)[1:] == [["No room at present", "walking", "2"], ["No reason given", "no article", "1"]]
        assert chart_texts(section) == ["No room at present · walking", "2", "No reason given · no article", "1"]
        assert "the table all of them" not in words(section)

    def test_the_table_lists_articles_that_the_chart_leaves_out(self, desk: Client) -> None:
        for number in range(13):
            request = make_request(article=f"walking-{number}")
            workflow.transition(request, Status.DECLINED, "dana", LATER, DeclineReason.NO_ROOM)
        section = sections(opened(desk))["Reasons for declining, by article"]
        assert (len(rows(section)) - 1, len(chart_texts(section)) / 2) == (13, 12)
        assert "The chart shows the most frequent, the table all of them." in words(section)

    def test_the_busiest_hours_are_shown(self, desk: Client) -> None:
        make_request()
        section = sections(opened(desk))["Busiest hours"]
        assert "Up to 1 came in one hour of the week, as on Monday from 10 a.m. on." in words(section)
        assert rows(section)[0][:3] == ["Hour from", "Monday", "Tuesday"]
        assert ["10 a.m.", "1", "0", "0", "0", "0", "0", "0"] in rows(section)
        assert len(rows(section)) == 1 + 24
