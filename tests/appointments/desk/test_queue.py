"""The front desk's list: what a row says, what comes first, what a search finds."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments import in_words
from appointments.choices import Attempt, Status
from appointments.desk import queue
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.workflow import assign, erase, join, record_attempt, transition
from clinic_site.logs import PrivateFormatter
from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import LIST, Page, cells

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)


def rows(response: Any) -> list[list[str]]:
    tables = [each for each in Page(response).tree.iter("table") if each.get("id") == "result_list"]
    return [cells(each) for table in tables for each in table.iter("tr")][1:]


def references(response: Any) -> list[str]:
    return [row[0] for row in rows(response)]


class TestRow:
    def test_it_says_what_the_desk_needs(self, desk: Client) -> None:
        sent = NOW - dt.timedelta(minutes=30)
        request = make_request(now=sent, office="lake-wren", contact_way="no_calls", texts=True)
        assert rows(desk.get(LIST)) == [
            [
                request.reference,
                "New",
                "Ana Torres",
                "Lake Wren office",
                "30 minutes",
                "Tuesday, November 24, 5 p.m.",
                "Do not call, No voicemail, Texts OK",
                "Not tried yet",
                "Nobody",
            ]
        ]

    def test_it_says_who_tried_what_and_who_has_it(self, desk: Client) -> None:
        request = make_request()
        record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        assign(request, "dana", "dana", NOW)
        assert rows(desk.get(LIST))[0][-2:] == ["No answer, Monday, November 23, 10 a.m.", "dana"]

    def test_overdue_is_told_in_words(self, desk: Client) -> None:
        make_request(now=NOW - 5 * DAY)
        assert rows(desk.get(LIST))[0][4:6] == ["5 days", "Overdue: Thursday, November 19, 6 p.m."]

    def test_words_of_a_crisis_come_before_all_others_and_are_marked(self, desk: Client) -> None:
        make_request(now=NOW - 5 * DAY)
        crisis = make_request()
        ConsultationRequest.objects.filter(pk=crisis.pk).update(crisis=True)
        assert rows(desk.get(LIST))[0][:2] == [crisis.reference, "New Words of a crisis"]

    def test_what_was_joined_and_what_was_erased_is_marked(self, desk: Client) -> None:
        first, second, third = make_request(), make_request(), make_request()
        join(second, first, "dana", NOW)
        erase(third, "dana", NOW)
        assert [row[:3] for row in rows(desk.get(LIST, {"queue": "ended"}))] == [
            [third.reference, "Withdrawn Erased", "No name is kept"],
            [second.reference, "Closed Joined", "Ana Torres"],
        ]

    def test_what_was_typed_is_never_run(self, desk: Client) -> None:
        make_request(name="<script>alert('x')</script>")
        assert "<script>alert" not in desk.get(LIST).content.decode()


class TestSearch:
    @pytest.mark.parametrize(
        "text", ["(727) 555 0199", "727.555.0199", "+17275550199", "BO  MUNOZ", "Muñoz, Bo", "BO@EXAMPLE.COM"]
    )
    def test_it_finds_one_however_it_is_typed(self, desk: Client, text: str) -> None:
        make_request()
        wanted = make_request(name="Bo Muñoz", phone="+17275550199", email="bo@example.com")
        assert references(desk.get(LIST, {"q": text})) == [wanted.reference]

    def test_it_finds_a_reference(self, desk: Client) -> None:
        make_request()
        wanted = make_request()
        typed = wanted.reference.replace("-", "").lower()
        assert references(desk.get(LIST, {"q": f" {typed} "})) == [wanted.reference]

    def test_it_looks_through_everything_the_newest_first(self, desk: Client) -> None:
        ended, waits = make_request(status=Status.CLOSED), make_request(now=NOW - 9 * DAY)
        response = desk.get(LIST, {"q": "Ana"})
        assert references(response) == [waits.reference, ended.reference]
        assert "This looks through everything, ended requests included" in Page(response).text

    def test_it_keeps_to_a_tab_that_was_chosen(self, desk: Client) -> None:
        ended = make_request(status=Status.CLOSED)
        make_request()
        assert references(desk.get(LIST, {"q": "Ana", "queue": "ended"})) == [ended.reference]

    @pytest.mark.parametrize("text", ["", "   "])
    def test_a_search_for_nothing_shows_what_waits(self, desk: Client, text: str) -> None:
        waits = make_request()
        make_request(status=Status.CLOSED)
        assert references(desk.get(LIST, {"q": text})) == [waits.reference]

    def test_the_office_and_the_tab_are_kept_with_it(self, desk: Client) -> None:
        values = Page(desk.get(LIST, {"q": "Ana", "office": "lake-wren", "queue": "mine"})).values
        assert {name: values[name] for name in ("q", "office", "queue")} == {
            "q": ["Ana"],
            "office": ["lake-wren"],
            "queue": ["mine"],
        }

    def test_what_was_searched_for_is_in_no_log(
        self, desk: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(request: ConsultationRequest, *args: Any) -> str:
            raise RuntimeError(request.name)

        make_request(name="Ana Muñoz")
        monkeypatch.setattr(in_words, "due", fail)
        desk.raise_request_exception = False
        with caplog.at_level(logging.DEBUG, logger="django.request"):
            assert desk.get(LIST, {"q": "Muñoz"}).status_code == 500
        lines = [PrivateFormatter("{message}", style="{").format(each) for each in caplog.records]
        assert any("RuntimeError" in line for line in lines)
        assert not any("Muñoz" in line or "Mu%C3" in line for line in lines)

    @pytest.mark.parametrize("query", ["?name__regex=^a", "?token__startswith=a", "?consents__icontains=a"])
    def test_a_link_cannot_ask_what_no_filter_offers(self, desk: Client, query: str) -> None:
        assert desk.get(LIST + query).status_code == 400


class TestManyRows:
    @pytest.mark.parametrize("query", [{}, {"queue": "ended"}, {"q": "Ana"}])
    def test_the_number_of_queries_does_not_grow(
        self, desk: Client, query: dict[str, str], django_assert_num_queries: Any
    ) -> None:
        def add(count: int) -> None:
            for _ in range(count):
                record_attempt(make_request(now=NOW - 3 * DAY), Attempt.NO_ANSWER, "dana", NOW)
                transition(make_request(), Status.CLOSED, "dana", NOW)
                make_request(now=NOW - 3 * DAY).messages.update(status=OutboxMessage.Status.FAILED)

        add(1)
        desk.get(LIST, query)
        with CaptureQueriesContext(connection) as few:
            desk.get(LIST, query)
        add(10)
        with django_assert_num_queries(len(few)):
            desk.get(LIST, query)

    def test_the_first_view_reads_nothing_that_has_ended_but_what_may_belong_to_a_row(self, desk: Client) -> None:
        make_request()
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        table = f'FROM "{ConsultationRequest._meta.db_table}"'
        asked = [query["sql"] for query in queries if table in query["sql"]]
        assert asked
        spam = "\"status\" = 'spam'"  # of the last weeks, by an index
        joined = '"joined_to_id" IN ('  # to what is shown, by an index as well
        alike = '"phone" IN ('  # and what looks like it, each by an index
        narrow = ("\"status\" IN ('new', 'contacting')", spam, joined, alike)
        assert [sql for sql in asked if not any(each in sql for each in narrow)] == []


class TestTickedRows:
    @pytest.fixture
    def post(self, desk: Client) -> Callable[..., list[str]]:
        def post(**data: Any) -> list[str]:
            response = desk.post(LIST, data, follow=True)
            return [str(message) for message in response.context["messages"]]

        return post

    def test_all_of_a_view_can_be_chosen(self, post: Callable[..., list[str]]) -> None:
        first, second = make_request(), make_request()
        ended = make_request(status=Status.CLOSED)
        told = post(action="assign_to_me", _selected_action=[first.pk], select_across="1", index="0")
        assert sorted(told) == sorted(f"{each.reference} is in your hands now." for each in (first, second))
        ended.refresh_from_db()
        assert ended.assigned_to == ""

    def test_more_than_a_person_can_oversee_are_refused(
        self, post: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queue, "MOST_AT_ONCE", 1)
        both = [make_request().pk, make_request().pk]
        told = post(action="assign_to_me", _selected_action=both)
        assert told == ["Choose 1 requests at most: search, or choose a tab. Nothing was done."]
        assert not ConsultationRequest.objects.of("front-desk").exists()

    def test_a_full_page_can_be_ticked(self, desk: Client, post: Callable[..., list[str]]) -> None:
        for _ in range(51):
            make_request()
        page = Page(desk.get(LIST, {"all": ""}))
        boxes = [each.get("value") for each in page.all("input") if each.get("name") == "_selected_action"]
        told = post(action="assign_to_me", _selected_action=boxes, select_across="0", index="0")
        assert len(told) == ConsultationRequest.objects.of("front-desk").count() == 50


@pytest.mark.parametrize("forged", ["abc", "1;--", "9" * 40, "٣", "-1", "", "1:", "1:x", "1:-1", "1:1:1"])
def test_forged_ticks_are_nothing_ticked(desk: Client, forged: str) -> None:
    make_request()
    answer = desk.post(LIST, {"action": "assign_to_me", "_selected_action": [forged]}, follow=True)
    assert answer.status_code == 200
    assert not ConsultationRequest.objects.of("front-desk").exists()
