"""What the desk does with the rows it ticked: moves them on, takes them over."""

import re
from typing import Any

import pytest
from django.test import Client

from appointments import workflow
from appointments.choices import Status
from appointments.desk import actions
from appointments.models import ConsultationRequest
from appointments.transitions import TRANSITIONS
from appointments.workflow import assign, erase, transition
from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import LIST

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def act(client: Client, action: str, *requests: ConsultationRequest) -> list[str]:
    """Moves the requests by an action of the list; what the desk is then told, request by request."""
    data = {"action": action, "_selected_action": [each.pk for each in requests]}
    response = client.post(LIST, data, follow=True)
    assert response.status_code == 200
    return [str(message) for message in response.context["messages"]]


class TestActions:
    def test_there_is_one_for_every_status_that_can_be_reached(self, desk: Client) -> None:
        make_request()
        html = desk.get(LIST).content.decode()
        offered = set(re.findall(r'<option value="(?:move_to|reopen_as)_(\w+)">', html))
        assert offered == {status.value for status in frozenset().union(*TRANSITIONS.values())}

    def test_each_row_is_told_what_happened(self, desk: Client) -> None:
        new, contacted = make_request(), make_request(status=Status.CONTACTING)
        told = act(desk, "move_to_contacting", new, contacted)
        assert sorted(told) == sorted([
            f"{new.reference}: New → Contacting.",
            "A request that is “Contacting” cannot become “Contacting”.",
        ])  # fmt: skip
        new.refresh_from_db()
        assert new.status == Status.CONTACTING

    def test_a_list_that_is_hours_old_never_reopens_what_has_ended(self, desk: Client) -> None:
        withdrawn = make_request(status=Status.WITHDRAWN)
        told = act(desk, "move_to_contacting", withdrawn)
        assert told == [f"{withdrawn.reference} was left as it is: it is “Withdrawn”. Choose “Reopen” to undo that."]
        withdrawn.refresh_from_db()
        assert withdrawn.status == Status.WITHDRAWN

    def test_an_end_is_undone_on_purpose(self, desk: Client) -> None:
        ended, new = make_request(status=Status.CLOSED), make_request()
        told = act(desk, "reopen_as_contacting", ended, new)
        assert sorted(told) == sorted([
            f"{ended.reference}: Closed → Contacting.",
            f"{new.reference} was left as it is: it is “New”. It is not at its end.",
        ])  # fmt: skip

    def test_the_audit_trail_names_who_did_it(self, desk: Client) -> None:
        request = make_request()
        act(desk, "move_to_contacting", request)
        event = request.audit_events.last()
        assert event is not None
        assert (event.actor, event.at) == ("front-desk", NOW)

    def test_the_slower_of_two_is_told_what_the_faster_did(self, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        request = make_request()

        def transition_after_a_rival(each: ConsultationRequest, *args: Any) -> None:
            transition(ConsultationRequest.objects.get(pk=each.pk), Status.DECLINED, "desk-2", NOW)
            transition(each, *args)

        monkeypatch.setattr(actions, "transition", transition_after_a_rival)
        told = act(desk, "move_to_scheduled", request)
        first_did = "desk-2 changed the status from New to Declined."
        assert told == [f"{request.reference} was left as it is: it changed meanwhile. {first_did}"]


class TestAssignToMe:
    def test_each_row_is_told_whose_it_is_and_whose_it_was(self, desk: Client) -> None:
        free, taken, mine = make_request(), make_request(), make_request()
        assign(taken, "dana", "dana", NOW)
        assign(mine, "front-desk", "dana", NOW)
        assert sorted(act(desk, "assign_to_me", free, taken, mine)) == sorted([
            f"{free.reference} is in your hands now.",
            f"{taken.reference} is in your hands now; dana had it.",
            f"{mine.reference} is in your hands already.",
        ])  # fmt: skip
        assert ConsultationRequest.objects.of("front-desk").count() == 3
        assert mine.audit_events.count() == 2

    def test_what_was_erased_is_left_alone(self, desk: Client) -> None:
        request = make_request()
        erase(request, "dana", NOW)
        assert act(desk, "assign_to_me", request) == [f"{request.reference} was left as it is: it was erased."]

    def test_the_slower_of_two_is_told_what_the_faster_did(self, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        request = make_request()

        def assign_after_a_rival(each: ConsultationRequest, *args: Any) -> None:
            assign(ConsultationRequest.objects.get(pk=each.pk), "dana", "dana", NOW)
            assign(each, *args)

        monkeypatch.setattr(workflow, "assign", assign_after_a_rival)
        told = act(desk, "assign_to_me", request)
        first_did = "dana gave the request to dana."
        assert told == [f"{request.reference} was left as it is: it changed meanwhile. {first_did}"]
        request.refresh_from_db()
        assert request.assigned_to == "dana"
