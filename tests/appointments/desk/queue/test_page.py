"""The queue of the front desk: the columns of a row, the order, the search."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments.choices import Attempt, MailStatus, Status
from appointments.desk import labels
from appointments.desk.queue import page as queue
from appointments.models import ConsultationRequest
from appointments.workflow import assign, erase, join, record_attempt, transition
from clinic_site.logs import PrivateFormatter
from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import LIST, Page, cells

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)


def rows(response: Any) -> list[list[str]]:
    tables = [found for found in Page(response).tree.iter("table") if found.get("id") == "result_list"]
    return [cells(row) for table in tables for row in table.iter("tr")][1:]


def references(response: Any) -> list[str]:
    return [row[0].split()[-1] for row in rows(response)]


class TestRow:
    def test_a_row_shows_the_answers_the_desk_needs(self, desk: Client) -> None:
        sent = NOW - dt.timedelta(minutes=30)
        request = make_request(now=sent, office="lake-wren", contact_way="no_calls", texts=True)
        assert rows(desk.get(LIST)) == [
            [
                f"Ana Torres {request.reference}",
                "New",
                "(727) 555-0111",
                "Lake Wren",
                "30 minutes",
                "Tue 5 p.m.",
                "Do not call No voicemail Texts OK",
                "–",
                "–",
            ]
        ]

    def test_a_row_shows_the_last_attempt_and_the_assignee(self, desk: Client) -> None:
        request = make_request()
        record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        assign(request, "dana", "dana", NOW)
        assert rows(desk.get(LIST))[0][-2:] == ["No answer Mon 10 a.m.", "dana"]

    def test_an_overdue_request_says_so_in_words(self, desk: Client) -> None:
        make_request(now=NOW - 5 * DAY)
        assert rows(desk.get(LIST))[0][4:6] == ["5 days", "Overdue: Thu 6 p.m."]

    def test_a_request_with_crisis_words_comes_first_and_is_marked(self, desk: Client) -> None:
        make_request(now=NOW - 5 * DAY)
        crisis = make_request(name="Bo Li", phone="+17275550199", note="I want to die")
        assert rows(desk.get(LIST))[0][:2] == [f"Bo Li {crisis.reference}", "New Words of a crisis"]

    def test_joined_and_erased_requests_are_marked(self, desk: Client) -> None:
        first, second, third = make_request(), make_request(), make_request()
        join(second, first, "dana", NOW)
        erase(third, "dana", NOW)
        assert [row[:3] for row in rows(desk.get(LIST, {"queue": "ended"}))] == [
            [f"No name is kept {third.reference}", "Withdrawn Erased", "–"],
            [f"Ana Torres {second.reference}", "Closed Joined", "(727) 555-0111"],
        ]

    def test_a_possible_duplicate_is_marked(self, desk: Client) -> None:
        older = make_request()
        assert rows(desk.get(LIST))[0][1] == "New"
        newer = make_request(contact_way="no_calls")
        assert [row[1] for row in rows(desk.get(LIST))] == ["New Duplicate?"] * 2
        assert rows(desk.get(LIST))[0][6] == f"Do not call No voicemail No texts see {newer.reference}"
        join(newer, older, "dana", NOW)
        assert rows(desk.get(LIST))[0][1] == "New"

    def test_an_ended_request_is_not_due(self, desk: Client) -> None:
        make_request(status=Status.CLOSED)
        assert rows(desk.get(LIST, {"queue": "ended"}))[0][5] == "–"


class TestCall:
    def test_the_number_is_a_link_to_call(self, desk: Client) -> None:
        make_request(phone_extension="12")
        assert Page(desk.get(LIST)).links["(727) 555-0111 ext. 12"] == "tel:+17275550111;ext=12"

    @pytest.mark.parametrize(
        ("fields", "shown"), [({"contact_way": "no_calls"}, "(727) 555-0111"), ({"phone": "", "email": "a@b.co"}, "–")]
    )
    def test_there_is_no_link_to_what_may_not_be_called(self, desk: Client, fields: dict[str, Any], shown: str) -> None:
        make_request(**fields)
        response = desk.get(LIST)
        assert rows(response)[0][2] == shown
        assert not [link for link in Page(response).links.values() if link.startswith("tel:")]

    def test_a_planned_call_says_when_it_may_begin_and_comes_last(self, desk: Client) -> None:
        planned = make_request(now=NOW - 5 * DAY, best_times=("morning",), office="port-alder")
        now = make_request(name="Bo Li", phone="+17275550199")
        record_attempt(planned, Attempt.NO_ANSWER, "dana", NOW)
        response = desk.get(LIST)
        assert references(response) == [now.reference, planned.reference]
        assert [row[2] for row in rows(response)] == ["(727) 555-0199", "(727) 555-0111 from Tue 8 a.m."]

    @pytest.mark.parametrize(("hours", "opens"), [(-3, "8 a.m."), (-12, "Mon 8 a.m.")])
    def test_no_number_is_a_link_at_an_hour_at_which_calls_are_unlawful(
        self, desk: Client, clock: time_machine.Traveller, hours: int, opens: str
    ) -> None:
        make_request(now=NOW - 2 * DAY)
        clock.move_to(NOW + dt.timedelta(hours=hours), tick=False)
        assert rows(desk.get(LIST))[0][2] == f"(727) 555-0111 from {opens}"


class TestEscaping:
    def test_patient_input_is_escaped(self, desk: Client) -> None:
        make_request(name="<script>alert('x')</script>")
        assert "<script>alert" not in desk.get(LIST).content.decode()


class TestSearch:
    @pytest.mark.parametrize(
        "text", ["(727) 555 0199", "727.555.0199", "+17275550199", "BO  MUNOZ", "Muñoz, Bo", "BO@EXAMPLE.COM"]
    )
    def test_a_search_finds_name_phone_and_email_however_typed(self, desk: Client, text: str) -> None:
        make_request()
        wanted = make_request(name="Bo Muñoz", phone="+17275550199", email="bo@example.com")
        assert references(desk.get(LIST, {"q": text})) == [wanted.reference]

    def test_a_search_finds_a_reference(self, desk: Client) -> None:
        make_request()
        wanted = make_request()
        typed = wanted.reference.replace("-", "").lower()
        assert references(desk.get(LIST, {"q": f" {typed} "})) == [wanted.reference]

    def test_a_search_covers_ended_requests_newest_first(self, desk: Client) -> None:
        ended, waits = make_request(status=Status.CLOSED), make_request(now=NOW - 9 * DAY)
        response = desk.get(LIST, {"q": "Ana"})
        assert references(response) == [waits.reference, ended.reference]
        assert "This looks through everything, ended requests included" in Page(response).text

    def test_a_search_stays_within_the_chosen_tab(self, desk: Client) -> None:
        ended = make_request(status=Status.CLOSED)
        make_request()
        assert references(desk.get(LIST, {"q": "Ana", "queue": "ended"})) == [ended.reference]

    @pytest.mark.parametrize("text", ["", "   "])
    def test_a_blank_search_shows_the_waiting_requests(self, desk: Client, text: str) -> None:
        waits = make_request()
        make_request(status=Status.CLOSED)
        assert references(desk.get(LIST, {"q": text})) == [waits.reference]

    def test_the_search_form_carries_the_office_and_the_tab(self, desk: Client) -> None:
        values = Page(desk.get(LIST, {"q": "Ana", "office": "lake-wren", "queue": "mine"})).values
        assert {name: values[name] for name in ("q", "office", "queue")} == {
            "q": ["Ana"],
            "office": ["lake-wren"],
            "queue": ["mine"],
        }

    def test_the_search_text_is_never_logged(
        self, desk: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(request: ConsultationRequest, *args: Any) -> str:
            raise RuntimeError(request.name)

        make_request(name="Ana Muñoz")
        monkeypatch.setattr(labels, "waiting_time", fail)
        desk.raise_request_exception = False
        with caplog.at_level(logging.DEBUG, logger="django.request"):
            assert desk.get(LIST, {"q": "Muñoz"}).status_code == 500
        lines = [PrivateFormatter("{message}", style="{").format(record) for record in caplog.records]
        assert any("RuntimeError" in line for line in lines)
        assert not any("Muñoz" in line or "Mu%C3" in line for line in lines)

    @pytest.mark.parametrize("query", ["?name__regex=^a", "?token__startswith=a", "?consents__icontains=a"])
    def test_a_lookup_that_no_filter_offers_is_refused(self, desk: Client, query: str) -> None:
        assert desk.get(LIST + query).status_code == 400


class TestManyRows:
    @pytest.mark.parametrize("query", [{}, {"queue": "ended"}, {"q": "Ana"}])
    def test_the_number_of_queries_is_constant(
        self, desk: Client, query: dict[str, str], django_assert_num_queries: Any
    ) -> None:
        def add(count: int) -> None:
            for _ in range(count):
                record_attempt(make_request(now=NOW - 3 * DAY), Attempt.NO_ANSWER, "dana", NOW)
                transition(make_request(), Status.CLOSED, "dana", NOW)
                make_request(now=NOW - 3 * DAY).messages.update(status=MailStatus.FAILED)

        add(1)
        desk.get(LIST, query)
        with CaptureQueriesContext(connection) as few:
            desk.get(LIST, query)
        add(10)
        with django_assert_num_queries(len(few)):
            desk.get(LIST, query)

    def test_the_first_view_reads_ended_requests_only_through_an_index(self, desk: Client) -> None:
        make_request()
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        table = f'FROM "{ConsultationRequest._meta.db_table}"'
        statements = [query["sql"] for query in queries if table in query["sql"]]
        assert statements
        spam = "\"status\" = 'spam'"  # spam of the last weeks, by an index
        joined = '"joined_to_id" IN ('  # requests joined to a listed one, by an index
        alike = '"phone" IN ('  # look-alikes of a listed one, by an index
        narrow = ("\"status\" IN ('new', 'contacting')", spam, joined, alike)
        assert [sql for sql in statements if not any(condition in sql for condition in narrow)] == []


class TestTickedRows:
    @pytest.fixture
    def post(self, desk: Client) -> Callable[..., list[str]]:
        def post(**data: Any) -> list[str]:
            response = desk.post(LIST, data, follow=True)
            return [str(message) for message in response.context["messages"]]

        return post

    def test_all_requests_of_a_view_can_be_selected(self, post: Callable[..., list[str]]) -> None:
        first, second = make_request(), make_request()
        ended = make_request(status=Status.CLOSED)
        messages = post(action="assign_to_me", _selected_action=[first.pk], select_across="1", index="0")
        assert sorted(messages) == sorted(f"{request.reference} is in your hands now." for request in (first, second))
        ended.refresh_from_db()
        assert ended.assigned_to == ""

    def test_more_requests_than_the_limit_are_refused(
        self, post: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queue, "MOST_AT_ONCE", 1)
        both = [make_request().pk, make_request().pk]
        messages = post(action="assign_to_me", _selected_action=both)
        assert messages == ["Choose 1 requests at most: search, or choose a tab. Nothing was done."]
        assert not ConsultationRequest.objects.of("front-desk").exists()

    @pytest.mark.slow
    def test_a_full_page_can_be_selected(self, desk: Client, post: Callable[..., list[str]]) -> None:
        for _ in range(51):
            make_request()
        page = Page(desk.get(LIST, {"all": ""}))
        boxes = [field.get("value") for field in page.all("input") if field.get("name") == "_selected_action"]
        messages = post(action="assign_to_me", _selected_action=boxes, select_across="0", index="0")
        assert len(messages) == ConsultationRequest.objects.of("front-desk").count() == 50


@pytest.mark.parametrize("forged", ["abc", "1;--", "9" * 40, "٣", "-1", "", "1:", "1:x", "1:-1", "1:1:1"])
def test_forged_ticks_select_nothing(desk: Client, forged: str) -> None:
    make_request()
    response = desk.post(LIST, {"action": "assign_to_me", "_selected_action": [forged]}, follow=True)
    assert response.status_code == 200
    assert not ConsultationRequest.objects.of("front-desk").exists()
