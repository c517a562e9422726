"""The note in the box is never lost, whichever button is pressed. test_steps.py tests the steps themselves."""

import pytest
from django.test import Client

from appointments import workflow
from appointments.choices import Attempt
from appointments.models import ConsultationRequest
from tests.appointments.builders import NOW, make_request
from tests.appointments.desk.request.pages import STEPS, errors, open_page, press, step_address
from tests.appointments.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TEXT = "Ask for Ana."
NOTED_STEPS = [step for step in STEPS if step != "send-again"]  # shown beside undelivered mail alone


def texts(request: ConsultationRequest) -> list[str]:
    return [note.text for note in request.notes.all()]


@pytest.mark.parametrize("step", NOTED_STEPS)
def test_a_note_is_added_with_any_step(desk: Client, step: str) -> None:
    request = make_request()
    workflow.assign(request, "dana", "dana", NOW)
    noted, done = press(desk, request, step, text=TEXT, **STEPS[step])
    assert noted == f"success: The note was added to {request.reference}."
    assert done.startswith("success: ")
    assert texts(request) == [TEXT]


@pytest.mark.parametrize("step", NOTED_STEPS)
def test_a_note_is_added_when_somebody_else_was_faster(desk: Client, step: str) -> None:
    request = make_request()
    workflow.assign(ConsultationRequest.objects.get(), "dana", "dana", NOW)
    noted, refused = press(desk, request, step, text=TEXT, **STEPS[step])
    assert noted == f"success: The note was added to {request.reference}."
    assert "it changed meanwhile" in refused
    assert texts(request) == [TEXT]


@pytest.mark.parametrize(("step", "data"), [("decline", {"because": ""}), ("assign", {}), ("attempt", {})])
def test_a_note_stays_in_its_box_when_an_answer_is_missing(desk: Client, step: str, data: dict[str, str]) -> None:
    request = make_request()
    response = desk.post(step_address(request, step), {"version": 0, "text": TEXT} | data)
    assert len(errors(response)) == 1
    page = Page(response)
    assert "Your note is not added yet: it is still in its box." in page.text
    assert [(textarea.text or "").strip() for textarea in page.all("textarea")] == [TEXT]
    assert texts(request) == []


def test_a_note_that_is_too_long_stops_the_step(desk: Client) -> None:
    request = make_request()
    response = desk.post(step_address(request, "attempt"), {"version": 0, "outcome": "no_answer", "text": "a" * 1001})
    assert errors(response) == ["Note must be 1000 characters or fewer"]
    assert ConsultationRequest.objects.get().last_attempt == ""


def test_without_a_note_no_message_mentions_one(desk: Client) -> None:
    request = make_request()
    response = desk.post(step_address(request, "decline"), {"version": 0, "because": ""})
    assert "Your note" not in Page(response).text
    assert len(press(desk, request, "attempt", outcome=Attempt.REACHED, text="  ")) == 1


def test_every_button_sends_the_note_and_enter_presses_none(desk: Client) -> None:
    """Enter presses the first button of a form, which is disabled here: nothing is sent."""
    request = make_request(voicemail=True)
    workflow.assign(request, "dana", "dana", NOW)
    form = next(element for element in open_page(desk, request).all("form") if element.find(".//textarea") is not None)
    first, *others = form.iter("button")
    assert first.get("disabled") is not None
    steps = {button.get("formaction", form.get("action")) for button in others if not button.get("form")}
    addresses = [step_address(request, step) for step in (*NOTED_STEPS, "note")]
    assert steps == {*addresses, *(f"{address}?then=next" for address in addresses)}
