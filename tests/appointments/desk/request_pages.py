"""The page of one request, and how its buttons are pressed."""

from typing import Any

from django.test import Client

from appointments.models import ConsultationRequest
from tests.appointments.pages import LIST, Page


def address(request: ConsultationRequest) -> str:
    return f"{LIST}{request.pk}/change/"


def step_address(request: ConsultationRequest, step: str) -> str:
    return f"{LIST}{request.pk}/step/{step}/"


def erase_address(request: ConsultationRequest) -> str:
    return f"{LIST}{request.pk}/erase/"


def seen(client: Client, request: ConsultationRequest) -> Page:
    response = client.get(address(request))
    assert response.status_code == 200
    return Page(response)


def press(client: Client, request: ConsultationRequest, step: str, **data: Any) -> list[str]:
    """Takes a step from the page as it showed `request`; what the person is then told."""
    response = client.post(step_address(request, step), {"version": request.version} | data, follow=True)
    assert response.redirect_chain == [(address(request), 303)]
    return [f"{message.level_tag}: {message}" for message in response.context["messages"]]


def buttons(page: Page) -> list[str]:
    return ["".join(each.itertext()) for each in page.all("button") if "desk-button" in each.get("class", "")]


def errors(response: Any) -> list[str]:
    """The sentences of the summary on top, after checking that each leads to its field."""
    page = Page(response)
    assert page.title.startswith("Error: ")
    summary = next(each for each in page.tree.iter() if each.get("class") == "desk-refused")
    assert summary.get("autofocus") is not None
    links = [each.get("href", "").removeprefix("#") for each in summary.iter("a")]
    assert set(links) <= page.ids
    assert {f"{link}_error" for link in links} <= page.descriptions
    return ["".join(each.itertext()) for each in summary.iter("li")]
