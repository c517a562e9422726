"""A note in its box is never lost, whichever button is pressed. The step itself is tested in test_steps.py."""

from typing import Any

import pytest
from django.test import Client

from appointments import workflow
from appointments.choices import Attempt
from appointments.models import ConsultationRequest
from tests.appointments.builders import NOW, make_request
from tests.appointments.desk.request_pages import errors, press, seen, step_address
from tests.appointments.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TEXT = "Ask for Ana."
STEPS: dict[str, dict[str, Any]] = {
    "attempt": {"outcome": "no_answer"},
    "move": {"to": "closed"},
    "schedule": {"visit_date": "12/1/2026", "visit_time": "3 p.m.", "visit_office": "port-alder"},
    "decline": {"because": "no_room"},
    "assign": {"colleague": "front-desk"},
    "claim": {},
    "release": {},
    "undo": {},
}


def texts(request: ConsultationRequest) -> list[str]:
    return [note.text for note in request.notes.all()]


@pytest.mark.parametrize("step", STEPS)
def test_it_is_added_with_any_step(desk: Client, step: str) -> None:
    request = make_request()
    workflow.assign(request, "dana", "dana", NOW)
    noted, done = press(desk, request, step, text=TEXT, **STEPS[step])
    assert noted == "success: The note was added."
    assert done.startswith("success: ")
    assert texts(request) == [TEXT]


@pytest.mark.parametrize("step", STEPS)
def test_it_is_added_when_somebody_else_was_faster(desk: Client, step: str) -> None:
    request = make_request()
    workflow.assign(ConsultationRequest.objects.get(), "dana", "dana", NOW)
    noted, refused = press(desk, request, step, text=TEXT, **STEPS[step])
    assert noted == "success: The note was added."
    assert "it changed meanwhile" in refused
    assert texts(request) == [TEXT]


@pytest.mark.parametrize(("step", "data"), [("decline", {"because": ""}), ("assign", {}), ("attempt", {})])
def test_it_stays_in_its_box_when_an_answer_is_missing(desk: Client, step: str, data: dict[str, str]) -> None:
    request = make_request()
    response = desk.post(step_address(request, step), {"version": 0, "text": TEXT} | data)
    assert len(errors(response)) == 1
    page = Page(response)
    assert "Your note is not added yet: it is still in its box." in page.text
    assert [(each.text or "").strip() for each in page.all("textarea")] == [TEXT]
    assert texts(request) == []


def test_a_note_that_is_too_long_holds_the_step_back(desk: Client) -> None:
    request = make_request()
    response = desk.post(step_address(request, "attempt"), {"version": 0, "outcome": "no_answer", "text": "a" * 1001})
    assert errors(response) == ["Note must be 1000 characters or fewer"]
    assert ConsultationRequest.objects.get().last_attempt == ""


def test_without_a_note_nothing_is_said_of_one(desk: Client) -> None:
    request = make_request()
    response = desk.post(step_address(request, "decline"), {"version": 0, "because": ""})
    assert "Your note" not in Page(response).text
    assert len(press(desk, request, "attempt", outcome=Attempt.REACHED, text="  ")) == 1


def test_all_buttons_send_the_box_and_enter_presses_none(desk: Client) -> None:
    """The first button of a form is what Enter presses; where it is disabled, nothing is sent."""
    request = make_request(voicemail=True)
    workflow.assign(request, "dana", "dana", NOW)
    form = next(each for each in seen(desk, request).all("form") if each.find(".//textarea") is not None)
    first, *others = form.iter("button")
    assert first.get("disabled") is not None
    steps = {button.get("formaction", form.get("action")) for button in others}
    assert steps == {step_address(request, step) for step in (*STEPS, "note")}
