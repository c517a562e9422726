"""Visits on the patient's page: requests with a visit, and what is sent from the pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from appointments import booking
from appointments.booking import book, offer, submit_with_time
from appointments.models import ConsultationRequest, Visit
from appointments.visits.free_times import Slot
from tests.appointments.builders import NOW, make_answers, make_request
from tests.appointments.pages import Page, words
from tests.appointments.patient_page.test_views import address
from tests.appointments.visits.slots import free_slots

DIGITS = "0111"  # of the number of builders.make_answers()


def booked(kind: str = "visit", number: int = 0, **answers: Any) -> ConsultationRequest:
    request = make_request(**answers)
    book(request, free_slots(kind)[number], "dana", NOW)
    return request


def picked(number: int = 0, **answers: Any) -> ConsultationRequest:
    return submit_with_time(make_answers(**answers), free_slots()[number], NOW)


def offered(*slots: Slot, **answers: Any) -> ConsultationRequest:
    request = make_request(**answers)
    offer(request, slots or free_slots()[:3], "dana", NOW)
    return request


def the_visit(request: ConsultationRequest) -> Visit:
    return request.visits.open().get()


def at(request: ConsultationRequest, page: str) -> str:
    return f"{address(request)}{page}/"


def press(client: Client, request: ConsultationRequest, **button: str) -> Any:
    """Press a button below the offers."""
    return client.post(at(request, "times"), button)


def send(client: Client, request: ConsultationRequest, page: str, **data: Any) -> Any:
    """Send the form of moving or cancelling, as the patient does who looks at `request`."""
    return client.post(at(request, page), {"known": DIGITS, "version": request.version} | data)


def notice_on(response: Any) -> str:
    """Return the notice on top of a page; "" for none."""
    return next((words(box) for box in Page(response).all("div") if box.get("class") == "notice"), "")


def radio_times(response: Any) -> list[str]:
    page = Page(response)
    return [field.get("value", "") for field in page.all("input") if field.get("type") == "radio"]


def somebody_acts_first(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], object]) -> None:
    """Run `act` just before the page calls booking.`name`."""
    step = getattr(booking, name)

    def delayed(*args: Any) -> Any:
        act()
        return step(*args)

    monkeypatch.setattr(booking, name, delayed)
