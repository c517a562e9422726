"""The steps at the desk: their effect, their messages, and what happens if somebody else was faster."""

from typing import Any

import pytest
from django.test import Client

from appointments import workflow
from appointments.choices import Attempt, DeclineReason, Status
from appointments.models import AuditEvent, ConsultationRequest
from tests.appointments.builders import LATER, NOW, make_request, stored
from tests.appointments.desk.request.pages import (
    STEPS,
    address,
    buttons,
    erase_address,
    errors,
    open_page,
    press,
    step_address,
)
from tests.appointments.pages import LIST
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


TELL = "There is no e-mail address: tell the patient yourself."


class TestPermissions:
    @pytest.mark.parametrize(
        ("who", "status"), [("front desk", 303), ("owner", 303), ("editor", 403), ("patient", 302), ("stranger", 302)]
    )
    @pytest.mark.parametrize("step", ["note", "erase"])
    def test_steps_require_the_permission_to_change(self, sign_in: Cast, who: str, status: int, step: str) -> None:
        request = make_request()
        path = erase_address(request) if step == "erase" else step_address(request, step)
        data = {"text": "Call after 3", "reference": request.reference}
        assert sign_in(who).post(path, data).status_code == status
        changed = request.audit_events.count() > 1
        assert changed == (status == 303)

    def test_invisible_characters_are_removed_from_a_note(self, desk: Client) -> None:
        request = make_request()
        press(desk, request, "note", text="Call\u200b after\u202e 3\ufeff")
        assert request.notes.get().text == "Call after 3"

    def test_a_note_of_invisible_characters_is_empty(self, desk: Client) -> None:
        request = make_request()
        response = desk.post(step_address(request, "note"), {"text": "\u3164\u200b"})
        assert errors(response) == ["Write the note before you add it"]
        assert not request.notes.exists()

    def test_a_reference_is_accepted_however_typed(self, desk: Client) -> None:
        request = make_request()
        typed = "\u200b" + request.reference.replace("-", "‑").lower()
        assert desk.post(erase_address(request), {"reference": typed}).status_code == 303
        assert stored(request).erased_at == NOW

    def test_cross_site_requests_are_refused(self, desk: Client) -> None:
        request = make_request()
        checked = Client(enforce_csrf_checks=True)
        checked.cookies = desk.cookies
        assert checked.post(step_address(request, "note"), {"text": "Forged"}).status_code == 403
        assert not request.notes.exists()


class TestAttempt:
    def test_an_attempt_is_recorded_and_the_message_names_the_next_try(self, desk: Client) -> None:
        request = make_request(best_times=("morning",), office="port-alder")
        messages = press(desk, request, "attempt", outcome="no_answer")
        next_try = "Next try Tuesday, November 24, 8\u00a0a.m. to 11\u00a0a.m."
        assert messages == [f"success: Written down for {request.reference}: no answer. {next_try}"]
        assert (stored(request).last_attempt, stored(request).last_attempt_at) == (Attempt.NO_ANSWER, NOW)
        assert request.audit_events.changes().last().actor == "front-desk"  # type: ignore[union-attr]

    @pytest.mark.parametrize(("outcome", "contact"), [("voicemail", {}), ("no_answer", {"contact_way": "no_calls"})])
    def test_a_way_of_contact_the_patient_ruled_out_is_refused(self, desk: Client, outcome: str, contact: Any) -> None:
        request = make_request(**contact)
        [message] = press(desk, request, "attempt", outcome=outcome)
        assert message.startswith("warning: ")
        assert "the patient did not allow that way of contact" in message
        assert stored(request).version == 0


class TestMoves:
    def test_a_request_changes_its_status(self, desk: Client) -> None:
        request = make_request()
        messages = press(desk, request, "move", to="contacting")
        assert messages == [f"success: {request.reference}: New → Contacting."]
        assert stored(request).status == Status.CONTACTING

    def test_an_ended_request_is_reopened(self, desk: Client) -> None:
        request = make_request(status=Status.CLOSED)
        press(desk, request, "move", to="contacting")
        assert stored(request).status == Status.CONTACTING

    def test_an_illegal_transition_is_refused(self, desk: Client) -> None:
        request = make_request(status=Status.CLOSED)
        assert press(desk, request, "move", to="spam") == ["warning: A request that is “Closed” cannot become “Spam”."]

    def test_declining_stores_the_reason(self, desk: Client) -> None:
        request = make_request()
        messages = press(desk, request, "decline", because="no_room")
        assert messages == [f"success: {request.reference} was declined: no room at present. {TELL}"]
        assert (stored(request).status, stored(request).declined_because) == (Status.DECLINED, DeclineReason.NO_ROOM)

    def test_declining_without_a_reason_shows_an_error(self, desk: Client) -> None:
        request = make_request()
        response = desk.post(step_address(request, "decline"), {"version": 0, "because": ""})
        assert errors(response) == ["Choose why the request is declined"]
        assert stored(request).status == Status.NEW


class TestAssign:
    def test_a_request_is_assigned_to_oneself_and_released(self, desk: Client) -> None:
        request = make_request()
        assert press(desk, request, "assign", colleague="front-desk") == [
            f"success: {request.reference} is with front-desk now."
        ]
        assert stored(request).assigned_to == "front-desk"
        assert press(desk, stored(request), "release") == [f"success: Nobody has {request.reference} now."]
        assert stored(request).assigned_to == ""


class TestUndo:
    def test_the_last_step_is_undone_and_named(self, desk: Client) -> None:
        request = make_request()
        workflow.transition(request, Status.CLOSED, "dana", NOW)
        messages = press(desk, request, "undo")
        assert messages == [f"success: {request.reference}, undone: dana changed the status from New to Closed."]
        assert stored(request).status == Status.NEW

    def test_a_request_without_a_step_to_undo_is_reported(self, desk: Client) -> None:
        request = make_request()
        assert press(desk, request, "undo") == [
            f"warning: {request.reference} has no step of the desk that could be undone."
        ]


class TestNote:
    def test_a_note_is_added_with_author_and_time(self, desk: Client) -> None:
        request = make_request()
        assert press(desk, request, "note", text=" Ask for Ana. ") == [
            f"success: The note was added to {request.reference}."
        ]
        note = request.notes.get()
        assert (note.author, note.at, note.text) == ("front-desk", NOW, "Ask for Ana.")

    def test_the_text_remains_after_a_refused_note(self, desk: Client) -> None:
        request, text = make_request(), "a" * 1001
        response = desk.post(step_address(request, "note"), {"text": text})
        assert errors(response) == ["Note must be 1000 characters or fewer"]
        assert text in response.content.decode()
        assert not request.notes.exists()

    def test_a_note_from_a_stale_page_is_accepted(self, desk: Client) -> None:
        request = make_request()
        workflow.assign(stored(request), "dana", "dana", NOW)
        press(desk, request, "note", text="Ask for Ana.")
        assert request.notes.count() == 1
        assert stored(request).assigned_to == "dana"


class TestJoin:
    @pytest.mark.parametrize("page", ["newer", "older"])
    def test_the_newer_request_is_joined_to_the_older_from_either_page(self, desk: Client, page: str) -> None:
        older, newer = make_request(), make_request(now=LATER)
        here, other = (newer, older) if page == "newer" else (older, newer)
        messages = press(desk, here, "join", version=newer.version, other=other.pk)
        assert messages == [f"success: {newer.reference} was joined to {older.reference}."]
        assert (stored(newer).joined_to, stored(newer).status) == (older, Status.CLOSED)
        assert (stored(older).joined_to, stored(older).status) == (None, Status.NEW)

    @pytest.mark.parametrize("page", ["newer", "older"])
    def test_the_second_writer_learns_what_the_first_did(self, desk: Client, page: str) -> None:
        older, newer = make_request(), make_request(now=LATER)
        here, other = (newer, older) if page == "newer" else (older, newer)
        workflow.join(stored(newer), older, "dana", NOW)
        [message] = press(desk, here, "join", version=newer.version, other=other.pk)
        assert message.startswith(f"warning: {newer.reference} was left as it is: it changed meanwhile.")
        assert message.endswith(f"dana joined this request with {older.reference}.")
        assert request_events(newer) == 2

    def test_a_request_of_another_person_is_refused(self, desk: Client) -> None:
        one, other = make_request(), make_request(now=LATER, name="Bo Li", phone="+17275550199")
        warning = f"warning: {other.reference} cannot be joined to {one.reference}. Both were left as they are."
        assert press(desk, one, "join", other=other.pk) == [warning]
        assert stored(other).joined_to is None

    def test_joining_to_an_ended_request_is_refused(self, desk: Client) -> None:
        ended, waiting = make_request(status=Status.SPAM), make_request(now=LATER)
        [message] = press(desk, waiting, "join", other=ended.pk)
        assert "cannot be joined" in message
        assert stored(waiting).status == Status.NEW


def request_events(request: ConsultationRequest) -> int:
    return request.audit_events.happenings().count()


class TestErase:
    def test_the_page_says_what_is_erased_and_what_stays(self, desk: Client) -> None:
        request = make_request()
        html = desk.get(erase_address(request)).content.decode()
        assert html.index("What goes") < html.index("What stays") < html.index(f"Type {request.reference} to erase it")
        assert stored(request).name == "Ana Torres"

    def test_erasing_requires_the_reference(self, desk: Client) -> None:
        request = make_request()
        response = desk.post(erase_address(request), {"reference": "K7M-3QX"})
        assert errors(response) == [f"Type {request.reference} to erase this request"]
        assert stored(request).name == "Ana Torres"

    def test_the_reference_is_accepted_however_typed(self, desk: Client) -> None:
        request = make_request()
        typed = request.reference.replace("-", " ").lower()
        response = desk.post(erase_address(request), {"reference": typed}, follow=True)
        assert [str(message) for message in response.context["messages"]] == [f"{request.reference} was erased."]
        assert (stored(request).name, stored(request).erased_at) == ("", NOW)

    def test_a_request_is_erased_once(self, desk: Client) -> None:
        request = make_request()
        for _ in range(2):
            response = desk.post(erase_address(request), {"reference": request.reference}, follow=True)
        assert [str(message) for message in response.context["messages"]] == [
            f"{request.reference} was erased: nothing is written to it any more."
        ]
        assert request_events(request) == 2

    @pytest.mark.parametrize("step", [*STEPS, "note"])
    def test_no_step_is_taken_on_an_erased_request(self, desk: Client, step: str) -> None:
        request = make_request()
        workflow.erase(request, "dana", NOW)
        [message] = press(desk, request, step, **STEPS.get(step, {"text": "Ana called"}))
        assert message.startswith(f"warning: {request.reference} was erased")
        assert request_events(request) == 2


class TestConcurrentSteps:
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("faster", ["close", "assign"])
    def test_the_second_writer_learns_what_the_first_did(self, desk: Client, step: str, faster: str) -> None:
        request = make_request()
        if faster == "close":
            workflow.transition(stored(request), Status.CLOSED, "dana", NOW)
        else:
            workflow.assign(stored(request), "dana", "dana", NOW)
        before = stored(request)
        [message] = press(desk, request, step, **STEPS[step])
        change = "changed the status from New to Closed" if faster == "close" else "gave the request to dana"
        assert message.startswith(
            f"warning: {request.reference} was left as it is: it changed meanwhile. dana {change}."
        )
        after = stored(request)
        assert (after.version, after.status, after.assigned_to) == (before.version, before.status, before.assigned_to)

    def test_a_second_press_changes_nothing(self, desk: Client) -> None:
        request = make_request()
        press(desk, request, "attempt", outcome="no_answer")
        press(desk, request, "attempt", outcome="no_answer")
        assert len(AuditEvent.objects.filter(action="attempt")) == 1


class TestForgedInput:
    @pytest.mark.parametrize("version", ["", "x", "1.5", "\x00", "9" * 5000])
    def test_a_version_that_is_not_a_number_is_refused(self, desk: Client, version: str) -> None:
        request = make_request()
        response = desk.post(step_address(request, "move"), {"version": version, "to": "closed"})
        assert errors(response) == ["Nothing was changed. Look at the request as it is now, then take the step again"]
        assert stored(request).status == Status.NEW

    @pytest.mark.parametrize(
        ("step", "data"),
        [
            ("attempt", {"outcome": "shouted"}),
            ("attempt", {}),
            ("move", {"to": "declined"}),
            ("move", {"to": "lost"}),
            ("decline", {"because": "dislike"}),
            ("assign", {"colleague": "stranger"}),
            ("assign", {"colleague": ""}),
            ("note", {"text": "  "}),
            ("join", {"other": "x"}),
            ("join", {"other": "99999999999999999999999"}),
        ],
    )
    def test_a_value_that_is_not_offered_is_refused(self, desk: Client, step: str, data: dict[str, str]) -> None:
        request = make_request()
        response = desk.post(step_address(request, step), {"version": 0} | data)
        assert len(errors(response)) == 1
        assert request_events(request) == 1

    @pytest.mark.parametrize("path", ["7/step/note/", "7/erase/", "99999999999999999999/step/note/"])
    def test_an_unknown_request_is_not_found(self, desk: Client, path: str) -> None:
        assert desk.post(LIST + path, {"text": "x"}).status_code == 404

    def test_an_unknown_step_is_not_found(self, desk: Client) -> None:
        assert desk.post(step_address(make_request(), "promote")).status_code == 404

    def test_get_of_a_steps_address_redirects_and_changes_nothing(self, desk: Client) -> None:
        """A user who had to sign in again on the way arrives by GET."""
        request = make_request()
        response = desk.get(step_address(request, "release"), follow=True)
        assert response.redirect_chain == [(address(request), 303)]
        assert [str(message) for message in response.context["messages"]] == [
            "Nothing was changed. Take the step again."
        ]
        assert request_events(request) == 1


class TestSendAgain:
    def test_a_failed_mail_is_sent_again_and_the_trail_names_who(self, desk: Client) -> None:
        request = make_request(email="ana@example.com")
        request.messages.filter(kind="confirmation").update(status="failed", attempts=114, last_error="TimeoutError")
        assert "Send again" in buttons(open_page(desk, request))
        messages = press(desk, request, "send-again")
        assert messages == [f"success: The mail of {request.reference} is sent again now."]
        mail = request.messages.get(kind="confirmation")
        assert (mail.status, mail.attempts, mail.last_error, mail.next_try_at) == ("waiting", 0, "", NOW)
        event = request.audit_events.get(action="mailed_again")
        assert str(event) == "front-desk had a mail sent again: confirmation to the patient"

    def test_a_second_press_sends_no_second_mail(self, desk: Client) -> None:
        request = make_request()
        request.messages.update(status="failed")
        press(desk, request, "send-again")
        assert press(desk, request, "send-again") == [
            f"warning: No mail of {request.reference} was sent again: none waits for that any more."
        ]
        assert request.audit_events.filter(action="mailed_again").count() == 1

    def test_the_button_is_absent_unless_a_mail_failed(self, desk: Client) -> None:
        assert "Send again" not in buttons(open_page(desk, make_request()))
