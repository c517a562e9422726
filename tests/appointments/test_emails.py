import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from appointments.emails import confirmation, new_request_notice
from appointments.models import ConsultationRequest, OutboxMessage
from tests.appointments.builders import make_request

pytestmark = pytest.mark.django_db
HEALTH_WORDS = ["pain", "clinic", "ketamine", "doctor", "patient", "consultation", "treatment", "health", "medical"]
PLANTED: dict[str, Any] = {
    "name": "Zephyrine Planted",
    "phone_typed": "(727) 555-0133",
    "phone": "+17275550133",
    "email": "zephyrine@planted.example",
    "interpreter": "Plantedese",
    "access_note": "planted ramp",
    "note": "planted note",
    "article": "ketamine-planted",
}


def link_to(request: ConsultationRequest) -> str:
    return f"http://127.0.0.1:8000/consultation/status/{request.token}/"


def text_of(message: OutboxMessage) -> str:
    return f"{message.subject}\n{message.body}".lower()


def test_the_desk_reads_this_and_nothing_else() -> None:
    request = make_request(**PLANTED)
    notice = new_request_notice(request)
    assert notice.recipient == "desk@clinic.example"
    assert notice.subject == f"New request {request.reference}"
    assert notice.body == f"New request {request.reference}. Sign in to view."


def test_the_patient_reads_reference_and_promise() -> None:
    request = make_request(**PLANTED)
    mail = confirmation(request)
    assert mail.recipient == "zephyrine@planted.example"
    assert mail.subject == f"We have your request {request.reference}"
    assert f"Your reference is {request.reference}." in mail.body
    assert "You will hear from us by Tuesday, November 24, 5\u00a0p.m. EST." in mail.body
    assert f"\n{link_to(request)}\nThe link works for 30 days." in mail.body
    assert "Nobody reads replies" in mail.body
    assert "If you did not write to us" in mail.body


@pytest.mark.parametrize("write", [new_request_notice, confirmation])
def test_no_mail_holds_anything_that_was_typed(write: Callable[..., OutboxMessage]) -> None:
    text = text_of(write(make_request(**PLANTED)))
    assert [value for value in (*PLANTED.values(), "zephyrine", "planted", "0133") if value.lower() in text] == []


@pytest.mark.parametrize("word", HEALTH_WORDS)
def test_the_patients_mail_has_no_word_about_health(word: str) -> None:
    request = make_request(**PLANTED)
    assert not re.search(word, text_of(confirmation(request)).replace(link_to(request).lower(), ""))


def test_the_link_in_the_mail_opens_the_patients_page(client: Client) -> None:
    request = make_request(**PLANTED)
    link = re.search(r"^http\S+$", confirmation(request).body, re.MULTILINE)
    assert link
    page = client.get(urlsplit(link[0]).path)
    assert request.reference in page.content.decode()
