"""The tabs, office filter and status filter of the queue: each view is a link."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from appointments.choices import Attempt, Status
from appointments.desk.queue.filters import TABS
from appointments.models import ConsultationRequest
from appointments.workflow import assign, record_attempt
from tests.appointments.builders import NOW, make_request
from tests.appointments.desk.queue.test_page import references
from tests.appointments.pages import LIST, Page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def requests_by_name() -> dict[str, ConsultationRequest]:
    """On Monday: one request due today, one tomorrow, one overdue since last week, one tried, and two ended."""
    requests = {
        "today": make_request(now=NOW - 2 * DAY, office="lake-wren"),
        "tomorrow": make_request(),
        "late": make_request(now=NOW - 5 * DAY),
        "tried": make_request(),
        "closed": make_request(now=NOW - 5 * DAY, status=Status.CLOSED),
        "spam": make_request(status=Status.SPAM, office="lake-wren"),
    }
    record_attempt(requests["tried"], Attempt.NO_ANSWER, "dana", NOW)
    assign(requests["tried"], "front-desk", "dana", NOW)
    assign(requests["closed"], "front-desk", "dana", NOW)
    ConsultationRequest.objects.filter(pk=requests["tried"].pk).update(due_at=NOW + 3 * DAY)
    return requests


def tabs(response: Any) -> dict[str, str]:
    """Return the label of each tab, with its link."""
    nav = next(element for element in Page(response).all("nav") if element.get("class") == "queue-tabs")
    return {words(link): link.get("href", "") for link in nav.iter("a")}


def current(response: Any) -> list[str]:
    return [words(link) for link in Page(response).all("a") if link.get("aria-current")]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, ["late", "today", "tomorrow", "tried"]),
        ({"queue": "overdue"}, ["late"]),
        ({"queue": "today"}, ["today"]),
        ({"queue": "new"}, ["late", "today", "tomorrow"]),
        ({"queue": "callback"}, ["tried"]),
        ({"queue": "mine"}, ["tried"]),
        ({"queue": "waiting"}, ["late", "today", "tomorrow", "tried"]),
        ({"queue": "ended"}, ["spam", "closed"]),
        ({"queue": "nonsense"}, ["late", "today", "tomorrow", "tried"]),
        ({"office": "lake-wren"}, ["today"]),
        ({"office": "none"}, ["late", "tomorrow", "tried"]),
        ({"office": "nonsense"}, ["late", "today", "tomorrow", "tried"]),
        ({"office": "lake-wren", "queue": "ended"}, ["spam"]),
        ({"status": "closed"}, ["closed"]),
        ({"status": "new"}, ["late", "tomorrow", "today"]),
        ({"status": "new", "queue": "overdue"}, ["late"]),
        ({"status": "nonsense", "queue": "ended"}, ["spam", "closed"]),
    ],
)
def test_each_view_lists_its_requests(
    desk: Client, requests_by_name: dict[str, ConsultationRequest], query: dict[str, str], wanted: list[str]
) -> None:
    names = {request.reference: name for name, request in requests_by_name.items()}
    assert [names[reference] for reference in references(desk.get(LIST, query))] == wanted


@pytest.mark.usefixtures("requests_by_name")
class TestTabs:
    def test_each_tab_shows_its_count(self, desk: Client) -> None:
        assert list(tabs(desk.get(LIST))) == [
            "Overdue 1", "Due today 1", "New 3", "Waiting for a callback 1", "Mine 1", "All waiting 4", "Ended",
        ]  # fmt: skip

    @pytest.mark.parametrize("query", [{}, {"office": "none"}, {"q": "Ana", "office": "lake-wren"}])
    def test_the_count_of_a_tab_is_that_of_its_view(self, desk: Client, query: dict[str, str]) -> None:
        for text, link in tabs(desk.get(LIST, query)).items():
            for count in re.findall(r"\d+$", text):
                assert len(references(desk.get(LIST + link))) == int(count), text

    @pytest.mark.parametrize("name", TABS)
    def test_the_current_tab_is_marked(self, desk: Client, name: str) -> None:
        [marked] = current(desk.get(LIST, {"queue": name}))
        assert marked.startswith(TABS[name].label)

    def test_the_default_tab_is_all_waiting(self, desk: Client) -> None:
        assert current(desk.get(LIST)) == ["All waiting 4"]

    @pytest.mark.parametrize("query", [{"q": "Ana"}, {"status": "new"}])
    def test_search_and_status_filter_mark_no_tab(self, desk: Client, query: dict[str, str]) -> None:
        assert current(desk.get(LIST, query)) == []

    def test_the_page_says_that_a_view_can_be_bookmarked(self, desk: Client) -> None:
        assert "This view is a link: bookmark it to come back to it." in Page(desk.get(LIST)).text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"queue": "overdue"}, "Nothing is overdue."),
        ({"queue": "today"}, "Nothing more is due today."),
        ({"queue": "new"}, "No request is new."),
        ({"queue": "callback"}, "Nobody waits for a callback."),
        ({"queue": "mine"}, "No request is in your hands."),
        ({}, "Nobody is waiting."),
        ({"queue": "ended"}, "No request has ended."),
        ({"q": "Ana"}, "Nothing was found with this search, office and status."),
        ({"queue": "overdue", "office": "none"}, "Nothing was found with this search, office and status."),
    ],
)
def test_an_empty_view_says_so(desk: Client, query: dict[str, str], message: str) -> None:
    page = Page(desk.get(LIST, query))
    assert message in page.text
    assert page.links["Show all that wait, in every office"] == "?"
