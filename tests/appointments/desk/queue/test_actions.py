"""The list's actions on ticked rows: assign, mark as spam, undo the last step."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from appointments import workflow
from appointments.choices import Action, Status
from appointments.models import ConsultationRequest
from appointments.workflow import assign, erase, transition
from tests.appointments.builders import NOW, make_request, stored
from tests.appointments.pages import LIST, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CHANGES = ("assign_to_me", "mark_as_spam", "undo_last_step")


def tick(request: ConsultationRequest) -> str:
    return f"{request.pk}:{request.version}"


def act(client: Client, action: str, *ticks: str, **data: str) -> list[str]:
    """Run `action` on the ticked rows. Return the messages shown, sorted."""
    response = client.post(LIST, {"action": action, "_selected_action": ticks, **data}, follow=True)
    assert response.status_code == 200
    return sorted(str(message) for message in response.context["messages"])


def test_the_list_offers_its_actions_in_order(desk: Client) -> None:
    make_request()
    offered = re.findall(r'<option value="(\w+)">', desk.get(LIST).content.decode().partition('name="action"')[2])
    assert offered == [*CHANGES, "print_sheets", "export_as_csv"]


def test_the_checkbox_of_a_row_holds_its_version(desk: Client) -> None:
    request = make_request()
    assign(request, "dana", "dana", NOW)
    boxes = [field for field in Page(desk.get(LIST)).all("input") if field.get("name") == "_selected_action"]
    shown = [(box.get("value"), box.get("aria-label")) for box in boxes]
    assert shown == [(f"{request.pk}:1", f"Select {request.reference}")]


class TestStaleList:
    @pytest.mark.parametrize("action", CHANGES)
    def test_changed_requests_are_reported_and_left_unchanged(self, desk: Client, action: str) -> None:
        request = make_request()
        as_shown = tick(request)
        assign(request, "dana", "dana", NOW)
        message = f"{request.reference} was left as it is: it changed meanwhile. dana gave the request to dana."
        assert act(desk, action, as_shown) == [message]
        assert (stored(request).version, stored(request).assigned_to) == (1, "dana")

    @pytest.mark.parametrize(
        ("action", "verb"), [("assign_to_me", "assign"), ("mark_as_spam", "transition"), ("undo_last_step", "undo")]
    )
    def test_the_second_writer_learns_what_the_first_did(
        self, desk: Client, monkeypatch: pytest.MonkeyPatch, action: str, verb: str
    ) -> None:
        request = make_request()
        transition(request, Status.CONTACTING, "front-desk", NOW)
        step: Callable[..., None] = getattr(workflow, verb)

        def step_after_a_rival(stale: ConsultationRequest, *args: Any) -> None:
            monkeypatch.undo()
            transition(stored(stale), Status.DECLINED, "desk-2", NOW)
            step(stale, *args)

        monkeypatch.setattr(workflow, verb, step_after_a_rival)
        first_did = "desk-2 changed the status from Contacting to Declined."
        assert act(desk, action, tick(request)) == [
            f"{request.reference} was left as it is: it changed meanwhile. {first_did}"
        ]
        assert stored(request).status == Status.DECLINED

    @pytest.mark.parametrize("action", ["mark_as_spam", "undo_last_step"])
    def test_a_tick_without_a_version_changes_nothing(self, desk: Client, action: str) -> None:
        request = make_request()
        assign(request, "dana", "dana", NOW)
        message = f"{request.reference} was left as it is: this page of the list does not show it."
        assert act(desk, action, str(request.pk)) == [message]
        assert stored(request).version == 1


class TestAssignToMe:
    def test_the_message_names_the_new_and_the_previous_assignee(self, desk: Client) -> None:
        free, taken, mine = make_request(), make_request(), make_request()
        assign(taken, "dana", "dana", NOW)
        assign(mine, "front-desk", "dana", NOW)
        assert act(desk, "assign_to_me", tick(free), tick(taken), tick(mine)) == sorted([
            f"{free.reference} is in your hands now.",
            f"{taken.reference} is in your hands now; dana had it.",
            f"{mine.reference} is in your hands already.",
        ])  # fmt: skip
        assert ConsultationRequest.objects.of("front-desk").count() == 3
        assert mine.audit_events.count() == 2

    def test_selecting_all_pages_takes_no_request_from_a_colleague(self, desk: Client) -> None:
        ticked, free, taken = make_request(), make_request(), make_request()
        assign(taken, "dana", "dana", NOW)
        assert act(desk, "assign_to_me", tick(ticked), select_across="1") == sorted([
            f"{ticked.reference} is in your hands now.",
            f"{free.reference} is in your hands now.",
            f"{taken.reference} was left as it is: this page of the list does not show it.",
        ])  # fmt: skip
        assert stored(taken).assigned_to == "dana"

    def test_erased_requests_are_left_unchanged(self, desk: Client) -> None:
        request = make_request()
        erase(request, "dana", NOW)
        message = f"{request.reference} was erased: nothing is written to it any more."
        assert act(desk, "assign_to_me", tick(request)) == [message]


class TestMarkAsSpam:
    def test_an_open_request_is_marked_as_spam_in_the_users_name(self, desk: Client) -> None:
        request = make_request(status=Status.CONTACTING)
        assert act(desk, "mark_as_spam", tick(request)) == [f"{request.reference}: Contacting → Spam."]
        assert stored(request).status == Status.SPAM
        event = request.audit_events.latest("pk")
        assert (event.actor, event.at) == ("front-desk", NOW)

    @pytest.mark.parametrize("status", [Status.SCHEDULED, Status.SPAM])
    def test_ended_requests_are_left_unchanged(self, desk: Client, status: Status) -> None:
        request = make_request(status=status)
        message = f"{request.reference} was left as it is: it is “{status.label}”, and waits no more."
        assert act(desk, "mark_as_spam", tick(request)) == [message]
        assert stored(request).status == status


class TestUndoLastStep:
    def test_each_request_returns_to_its_state_before_the_step(self, desk: Client) -> None:
        first, second = make_request(), make_request()
        transition(first, Status.SPAM, "dana", NOW)
        assign(second, "dana", "dana", NOW)
        assert act(desk, "undo_last_step", tick(first), tick(second)) == sorted([
            f"{first.reference}, undone: dana changed the status from New to Spam.",
            f"{second.reference}, undone: dana gave the request to dana.",
        ])  # fmt: skip
        assert (stored(first).status, stored(second).assigned_to) == (Status.NEW, "")

    def test_a_request_without_a_step_to_undo_is_reported(self, desk: Client) -> None:
        request = make_request()
        message = f"{request.reference} has no step of the desk that could be undone."
        assert act(desk, "undo_last_step", tick(request)) == [message]


@pytest.mark.parametrize("action", ["mark_as_spam", "undo_last_step"])
def test_actions_other_than_assign_refuse_all_pages_at_once(desk: Client, action: str) -> None:
    ticked, other = make_request(), make_request()
    assign(ticked, "dana", "dana", NOW)
    message = "This is done to ticked rows only, never to all pages at once. Nothing was done."
    assert act(desk, action, tick(ticked), select_across="1") == [message]
    assert (stored(ticked).version, stored(other).version) == (1, 0)
    assert not ticked.audit_events.filter(action=Action.UNDONE).exists()
