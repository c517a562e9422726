"""The tabs of the queue, its office and its status: each view is a link."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from appointments.choices import Attempt, Status
from appointments.desk.filters import TABS
from appointments.models import ConsultationRequest
from appointments.workflow import assign, record_attempt
from tests.appointments.builders import NOW, make_request
from tests.appointments.desk.test_queue import references
from tests.appointments.pages import LIST, Page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def named() -> dict[str, ConsultationRequest]:
    """On Monday: one is due today, one tomorrow, one was due last week, one was tried, and two have ended."""
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
    """What each tab says, and its link."""
    nav = next(each for each in Page(response).all("nav") if each.get("class") == "queue-tabs")
    return {words(each): each.get("href", "") for each in nav.iter("a")}


def current(response: Any) -> list[str]:
    return [words(each) for each in Page(response).all("a") if each.get("aria-current")]


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
def test_each_view_shows_what_it_says(
    desk: Client, named: dict[str, ConsultationRequest], query: dict[str, str], wanted: list[str]
) -> None:
    names = {request.reference: name for name, request in named.items()}
    assert [names[reference] for reference in references(desk.get(LIST, query))] == wanted


@pytest.mark.usefixtures("named")
class TestTabs:
    def test_each_says_how_many_it_shows(self, desk: Client) -> None:
        assert list(tabs(desk.get(LIST))) == [
            "Overdue 1", "Due today 1", "New 3", "Waiting for a callback 1", "Mine 1", "All waiting 4", "Ended",
        ]  # fmt: skip

    @pytest.mark.parametrize("query", [{}, {"office": "none"}, {"q": "Ana", "office": "lake-wren"}])
    def test_what_it_counts_is_what_its_link_shows(self, desk: Client, query: dict[str, str]) -> None:
        for text, link in tabs(desk.get(LIST, query)).items():
            for count in re.findall(r"\d+$", text):
                assert len(references(desk.get(LIST + link))) == int(count), text

    @pytest.mark.parametrize("name", TABS)
    def test_the_chosen_one_is_marked(self, desk: Client, name: str) -> None:
        [marked] = current(desk.get(LIST, {"queue": name}))
        assert marked.startswith(TABS[name].label)

    def test_without_a_choice_it_is_all_that_wait(self, desk: Client) -> None:
        assert current(desk.get(LIST)) == ["All waiting 4"]

    @pytest.mark.parametrize("query", [{"q": "Ana"}, {"status": "new"}])
    def test_what_looks_through_everything_marks_none(self, desk: Client, query: dict[str, str]) -> None:
        assert current(desk.get(LIST, query)) == []

    def test_a_view_says_that_it_can_be_kept(self, desk: Client) -> None:
        assert "This view is a link: bookmark it to come back to it." in Page(desk.get(LIST)).text


@pytest.mark.parametrize(
    ("query", "told"),
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
def test_where_there_is_nothing_the_page_says_so(desk: Client, query: dict[str, str], told: str) -> None:
    page = Page(desk.get(LIST, query))
    assert told in page.text
    assert page.links["Show all that wait, in every office"] == "?"
