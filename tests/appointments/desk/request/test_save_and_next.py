"""“Save and next”, “Next request” and “Back to the queue” keep to the view of the queue that the user last saw."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from appointments.choices import Attempt, Status
from appointments.models import ConsultationRequest
from appointments.retention import clear_sessions
from appointments.workflow import record_attempt, transition
from tests.appointments.builders import NOW, make_request
from tests.appointments.desk.request.pages import (
    STEPS,
    address,
    erase_address,
    errors,
    open_page,
    press,
    step_address,
)
from tests.appointments.pages import LIST, Page, words
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)
NONE_LEFT = "No other request of this view can be worked on now."


def person(number: int, now: dt.datetime = NOW, **overrides: Any) -> ConsultationRequest:
    """Make a request of a person of their own, who looks like nobody else."""
    own = {"name": f"Person {number}", "phone": f"+1727555{number:04}"}
    return make_request(now=now, **(own | overrides))


def save_and_next(client: Client, request: ConsultationRequest, step: str, **data: Any) -> Any:
    """Take the step by the button “Save and next”."""
    return client.post(f"{step_address(request, step)}?then=next", {"version": request.version} | data)


def where(response: Any) -> str:
    assert response.status_code == 303
    return str(response["Location"])


class TestBackToTheQueue:
    def test_it_leads_to_all_that_wait_unless_another_view_was_shown(self, desk: Client) -> None:
        assert open_page(desk, make_request()).links["Back to the queue"] == LIST

    def test_it_keeps_tab_office_status_and_search(self, desk: Client) -> None:
        request = make_request()
        desk.get(LIST, {"queue": "new", "office": "none", "status": "new", "q": "Ana Torres", "all": ""})
        link = open_page(desk, request).links["Back to the queue"]
        assert link == f"{LIST}?queue=new&office=none&status=new&q=Ana+Torres"

    def test_the_search_is_in_no_address_of_a_request(self, desk: Client) -> None:
        request = make_request()
        listed = Page(desk.get(LIST, {"q": "Ana"}))
        page = open_page(desk, request)
        addresses = [*listed.links.values(), *page.links.values()]
        addresses += [button.get("formaction", "") for button in page.all("button")]
        assert not [link for link in addresses if f"/{request.pk}/" in link and "Ana" in link]

    def test_an_action_is_no_view(self, desk: Client) -> None:
        request = make_request()
        desk.get(LIST, {"q": "Ana"})
        action = {"action": "assign_to_me", "_selected_action": [request.pk]}
        assert desk.post(f"{LIST}?q=Bo", action).status_code == 302
        assert open_page(desk, request).links["Back to the queue"] == f"{LIST}?q=Ana"

    def test_an_erasure_forgets_the_search(self, desk: Client) -> None:
        request = make_request()
        desk.get(LIST, {"q": "Ana"})
        desk.post(erase_address(request), {"reference": request.reference})
        assert open_page(desk, request).links["Back to the queue"] == LIST

    @pytest.mark.usefixtures("desk")
    def test_expired_sessions_are_deleted(self) -> None:
        clear_sessions(NOW)
        assert Session.objects.count() == 1
        Session.objects.update(expire_date=NOW - DAY)
        clear_sessions(NOW)
        assert Session.objects.count() == 0


class TestSaveAndNext:
    def test_every_step_has_the_button(self, desk: Client) -> None:
        request = make_request(email="ana@example.com")
        request.messages.update(status="failed")
        record_attempt(request, Attempt.REACHED, "dana", NOW)
        make_request()
        page = open_page(desk, request)
        taken = {words(button): button.get("formaction", "") for button in page.all("button")}
        plain = {name: link for name, link in taken.items() if "/step/" in link and "then=" not in link}
        steps = {link.split("/")[-2] for link in plain.values()}
        assert steps >= {
            "attempt",
            "move",
            "schedule",
            "decline",
            "claim",
            "assign",
            "note",
            "undo",
            "join",
            "send-again",
        }
        assert {f"Save and next ({name})": f"{link}?then=next" for name, link in plain.items()}.items() <= taken.items()

    @pytest.mark.parametrize("step", STEPS)
    def test_after_a_step_the_next_request_opens(self, desk: Client, step: str) -> None:
        first, second = person(1, NOW - 2 * DAY), person(2)
        data = STEPS[step]
        if step == "undo":
            record_attempt(first, Attempt.REACHED, "dana", NOW - DAY)
            ConsultationRequest.objects.filter(pk=first.pk).update(due_at=first.reply_by)
        if step == "send-again":
            first.messages.update(status="failed")
        assert where(save_and_next(desk, first, step, **data)) == address(second)

    def test_the_message_names_the_request_that_was_left(self, desk: Client) -> None:
        first, second = person(1, NOW - DAY), person(2)
        response = save_and_next(desk, first, "note", text="After 3")
        [message] = desk.get(where(response)).context["messages"]
        assert str(message) == f"The note was added to {first.reference}."
        assert second.reference not in str(message)

    def test_requests_come_in_the_order_of_the_queue(self, desk: Client) -> None:
        late, today, tomorrow = person(1, NOW - 5 * DAY), person(2, NOW - DAY), person(3)
        crisis = person(4, note="I want to die")
        order = [crisis, late, today, tomorrow]
        for request, following in itertools.pairwise(order):
            assert where(save_and_next(desk, request, "note", text="x")) == address(following)
        assert where(save_and_next(desk, tomorrow, "note", text="x")) == LIST

    def test_who_was_just_called_does_not_come_up_again(self, desk: Client) -> None:
        first, second = person(1, NOW - DAY), person(2)
        save_and_next(desk, first, "attempt", outcome="no_answer")
        response = save_and_next(desk, second, "attempt", outcome="no_answer")
        assert where(response) == LIST
        messages = [str(message) for message in desk.get(LIST).context["messages"]]
        assert messages[-1] == NONE_LEFT

    def test_after_a_planned_call_another_planned_call_comes_up(self, desk: Client) -> None:
        first, second = person(1), person(2)
        for request in (first, second):
            record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        assert where(save_and_next(desk, first, "note", text="x")) == address(second)

    def test_after_a_planned_call_with_words_of_a_crisis_the_others_come_up(self, desk: Client) -> None:
        crisis, other = person(1, note="I want to die"), person(2)
        record_attempt(crisis, Attempt.NO_ANSWER, "dana", NOW)
        assert where(save_and_next(desk, crisis, "note", text="x")) == address(other)

    def test_the_next_one_is_of_the_same_tab_office_and_search(self, desk: Client) -> None:
        first = person(1, NOW - 3 * DAY, office="lake-wren")
        person(2, NOW - 2 * DAY, office="port-alder")
        contacting = person(3, NOW - DAY, office="lake-wren")
        transition(contacting, Status.CONTACTING, "dana", NOW)
        second = person(4, office="lake-wren")
        desk.get(LIST, {"queue": "new", "office": "lake-wren"})
        assert where(save_and_next(desk, first, "note", text="x")) == address(second)
        desk.get(LIST, {"q": "Person 3"})
        assert where(save_and_next(desk, contacting, "note", text="x")) == f"{LIST}?q=Person+3"

    @pytest.mark.parametrize("query", [{"queue": "ended"}, {"q": "Person"}, {"status": "closed"}])
    def test_where_the_newest_come_first_an_older_one_follows(self, desk: Client, query: dict[str, str]) -> None:
        older, newer = person(1, status=Status.CLOSED), person(2, status=Status.CLOSED)
        desk.get(LIST, query)
        assert where(save_and_next(desk, newer, "note", text="x")) == address(older)
        assert where(save_and_next(desk, older, "note", text="x")).startswith(f"{LIST}?")

    def test_a_request_that_the_step_ends_is_skipped(self, desk: Client) -> None:
        older, newer, third = make_request(now=NOW - 2 * DAY), make_request(now=NOW - DAY), person(3)
        response = save_and_next(desk, older, "join", other=newer.pk, version=newer.version)
        assert where(response) == address(third)

    def test_a_refused_step_stays_at_the_request(self, desk: Client) -> None:
        first, _ = person(1, NOW - DAY), person(2)
        assert where(save_and_next(desk, first, "attempt", outcome="voicemail")) == address(first)

    def test_an_incomplete_step_is_shown_with_its_error(self, desk: Client) -> None:
        first, _ = person(1, NOW - DAY), person(2)
        assert errors(save_and_next(desk, first, "decline")) == ["Choose why the request is declined"]

    def test_without_the_button_the_page_of_the_request_is_shown_again(self, desk: Client) -> None:
        first, _ = person(1, NOW - DAY), person(2)
        press(desk, first, "note", text="x")


class TestNextRequest:
    def test_it_opens_without_a_step(self, desk: Client) -> None:
        first, second = person(1, NOW - DAY), person(2)
        link = open_page(desk, first).links["Next request"]
        response = desk.get(link)
        assert (response.status_code, response["Location"]) == (303, address(second))
        assert first.version == ConsultationRequest.objects.get(pk=first.pk).version

    @pytest.mark.parametrize(
        ("who", "status"), [("front desk", 303), ("owner", 303), ("editor", 403), ("patient", 302), ("stranger", 302)]
    )
    def test_it_requires_the_permission_to_view(self, sign_in: Cast, who: str, status: int) -> None:
        assert sign_in(who).get(f"{LIST}{make_request().pk}/next/").status_code == status
