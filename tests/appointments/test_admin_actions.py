"""The desk moves requests on, and undoes a step, from the list."""

import re
from typing import Any

import pytest
from django.test import Client

from appointments import admin_actions
from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.workflow import TRANSITIONS, transition
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
            f"{contacted.reference} was left as it is. A request that is “Contacting” cannot become “Contacting”.",
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

    @pytest.mark.parametrize("query", ["?name__regex=^a", "?token__startswith=a", "?consents__icontains=a"])
    def test_a_link_cannot_ask_what_no_filter_offers(self, desk: Client, query: str) -> None:
        assert desk.get(LIST + query).status_code == 400

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

        monkeypatch.setattr(admin_actions, "transition", transition_after_a_rival)
        told = act(desk, "move_to_scheduled", request)
        first_did = "desk-2 changed the status from New to Declined."
        assert told == [f"{request.reference} was left as it is: it changed a moment ago. {first_did}"]
