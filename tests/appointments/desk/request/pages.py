"""The page of one request, and its buttons."""

from typing import Any

from django.test import Client

from appointments.models import ConsultationRequest
from tests.appointments.pages import LIST, Page, words
from tests.appointments.visits.slots import value_of

SAVE_AND_NEXT = "Save and next ("

FREE = value_of()  # a free time of a calendar, as the page sends it
# Each step of the page, with the answers that are enough for the step.
STEPS: dict[str, dict[str, Any]] = {
    "attempt": {"outcome": "no_answer"},
    "move": {"to": "closed"},
    "offer": {"slots": [FREE]},
    "book": {"slots": [FREE]},
    "schedule": {"visit_date": "12/1/2026", "visit_time": "3 p.m.", "visit_office": "port-alder"},
    "decline": {"because": "no_room"},
    "assign": {"colleague": "front-desk"},
    "claim": {},
    "release": {},
    "undo": {},
    "send-again": {},
}


def address(request: ConsultationRequest) -> str:
    return f"{LIST}{request.pk}/change/"


def step_address(request: ConsultationRequest, step: str) -> str:
    return f"{LIST}{request.pk}/step/{step}/"


def erase_address(request: ConsultationRequest) -> str:
    return f"{LIST}{request.pk}/erase/"


def open_page(client: Client, request: ConsultationRequest) -> Page:
    response = client.get(address(request))
    assert response.status_code == 200
    return Page(response)


def press(client: Client, request: ConsultationRequest, step: str, **data: Any) -> list[str]:
    """Take `step` from the page that showed `request`. Return the messages shown, each after its level."""
    response = client.post(step_address(request, step), {"version": request.version} | data, follow=True)
    assert response.redirect_chain == [(address(request), 303)]
    return [f"{message.level_tag}: {message}" for message in response.context["messages"]]


def buttons(page: Page) -> list[str]:
    """Return the words on the buttons that take a step. Each has another beside it, “Save and next”."""
    found = [words(button) for button in page.all("button") if "desk-button" in button.get("class", "")]
    return [button for button in found if not button.startswith(SAVE_AND_NEXT)]


def errors(response: Any) -> list[str]:
    """Return the messages of the error summary; check that each links to its field."""
    page = Page(response)
    assert page.title.startswith("Error: ")
    summary = next(element for element in page.tree.iter() if element.get("class") == "error-summary")
    assert summary.get("autofocus") is not None
    links = [anchor.get("href", "").removeprefix("#") for anchor in summary.iter("a")]
    assert set(links) <= page.ids
    assert {f"{link}_error" for link in links} <= page.descriptions
    return ["".join(item.itertext()) for item in summary.iter("li")]
