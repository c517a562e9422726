"""Canned answers on a request's page: read first, then sent."""

import pytest
from django.test import Client

from appointments.choices import MailKind
from appointments.models import ConsultationRequest
from tests.appointments.builders import NOW, make_request
from tests.appointments.desk.request.pages import address, buttons, errors, open_page, press, step_address
from tests.appointments.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NAME, TEXT = "Please call us", "Please call us. We have a question."
SENT = {"answer": NAME, "answer_text": TEXT}


def test_an_answer_is_read_before_it_is_sent(desk: Client) -> None:
    request = make_request()
    page = open_page(desk, request)
    assert "Show" in buttons(page)
    assert "Send this answer" not in buttons(page)
    shown = Page(desk.get(f"{address(request)}?answer=Please+call+us"))
    assert f"“{TEXT}” Send this answer" in shown.text
    assert ConsultationRequest.objects.get().answer == ""


def test_an_answer_is_stored_and_a_mail_says_that_there_is_news(desk: Client) -> None:
    request = make_request(email="ana@example.com")
    [message] = press(desk, request, "answer", **SENT)
    assert message.startswith(f"success: The patient's page of {request.reference} shows the answer. A mail to the")
    stored = ConsultationRequest.objects.get()
    assert (stored.answer, stored.answered_at) == (TEXT, NOW)
    assert request.messages.filter(kind=MailKind.NEWS).count() == 1
    assert f"The patient's page shows since Monday, November 23, 10 a.m.: “{TEXT}”" in open_page(desk, stored).text


def test_without_an_address_the_desk_is_told_what_to_say(desk: Client) -> None:
    [message] = press(desk, make_request(), "answer", **SENT)
    assert message.endswith(f"There is no e-mail address: tell the patient yourself. Say: “{TEXT}”")


@pytest.mark.parametrize("change", [{"answer": ""}, {"answer": "gone"}, {"answer_text": "Please call."}])
def test_a_text_that_the_page_did_not_show_is_refused(desk: Client, change: dict[str, str]) -> None:
    request = make_request()
    response = desk.post(step_address(request, "answer"), {"version": 0} | SENT | change)
    assert errors(response) == ["Choose an answer from the list"]
    assert ConsultationRequest.objects.get().answer == ""
