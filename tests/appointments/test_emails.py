import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from appointments.choices import MailKind
from appointments.emails import confirmation, new_request_notice, to_patient
from appointments.models import ConsultationRequest, OutboxMessage
from tests.appointments.builders import NOW, VISIT, make_request, schedule

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


def news_now(request: ConsultationRequest) -> OutboxMessage:
    return to_patient(MailKind.NEWS, request, 1, NOW, None)


def test_the_mail_to_the_desk_has_this_text_only() -> None:
    request = make_request(**PLANTED)
    notice = new_request_notice(request)
    assert notice.recipient == "desk@clinic.example"
    assert notice.subject == f"New request {request.reference}"
    assert notice.body == f"New request {request.reference}. Sign in to view."


def test_the_mail_about_words_of_a_crisis_asks_to_read_it_first_and_gives_no_reason() -> None:
    request = make_request(note="I want to die")
    notice = new_request_notice(request)
    assert notice.subject == f"New request {request.reference}"
    assert notice.body == f"New request {request.reference}. Read this one first. Sign in to view."


def test_the_mail_to_the_patient_has_reference_and_promise() -> None:
    request = make_request(**PLANTED)
    mail = confirmation(request)
    assert mail.recipient == "zephyrine@planted.example"
    assert mail.subject == f"We have your request {request.reference}"
    assert f"Your reference is {request.reference}." in mail.body
    assert "You will hear from us by Tuesday, November 24, 5\u00a0p.m. EST." in mail.body
    assert f"\n{link_to(request)}\nThe link works for 30 days." in mail.body
    assert "Nobody reads replies" in mail.body
    assert "If you did not write to us" in mail.body


@pytest.mark.parametrize("write", [new_request_notice, confirmation, news_now])
def test_no_mail_contains_typed_text(write: Callable[..., OutboxMessage]) -> None:
    text = text_of(write(make_request(**PLANTED)))
    assert [value for value in (*PLANTED.values(), "zephyrine", "planted", "0133") if value.lower() in text] == []


@pytest.mark.parametrize("word", HEALTH_WORDS)
@pytest.mark.parametrize("write", [confirmation, news_now])
def test_the_mail_to_the_patient_has_no_word_about_health(write: Callable[..., OutboxMessage], word: str) -> None:
    request = make_request(**PLANTED)
    assert not re.search(word, text_of(write(request)).replace(link_to(request).lower(), ""))


def test_the_mail_about_a_visit_names_its_time_and_no_more() -> None:
    request = make_request(**PLANTED, office="lake-wren")
    schedule(request, VISIT, "dana", NOW)
    mail = request.messages.get(kind="booked")
    assert mail.recipient == "zephyrine@planted.example"
    assert mail.subject == f"Your appointment is booked: {request.reference}"
    assert (
        mail.body
        == f"""\
Your appointment is on Tuesday, December 1, 2026, 3\u00a0p.m. EST. Your reference is {request.reference}.

See it on your own page:
{link_to(request)}
The link works until December 23, 2026.
You can always call us and say your reference:
(727) 555-0142 or (727) 555-0178

Nobody reads replies to this message.

If you did not write to us, somebody typed this address by mistake. You can delete this message.
"""
    )


@pytest.mark.parametrize(("seconds", "works"), [(-1, True), (0, False)])
def test_a_news_mail_contains_no_expired_link(client: Client, seconds: int, works: bool) -> None:
    request = make_request(**PLANTED)
    later = NOW + dt.timedelta(days=30, seconds=seconds)
    body = to_patient(MailKind.NEWS, request, 1, later, None).body
    assert (link_to(request) in body) == works
    assert ("Your link worked for 30 days, which are over. Call us to hear it." in body) != works
    with time_machine.travel(later, tick=False):
        assert (client.get(f"/consultation/status/{request.token}/").status_code == 200) == works


@pytest.mark.parametrize("write", [confirmation, news_now])
def test_the_link_in_the_mail_opens_the_patients_page(client: Client, write: Callable[..., OutboxMessage]) -> None:
    request = make_request(**PLANTED)
    link = re.search(r"^http\S+$", write(request).body, re.MULTILINE)
    assert link
    with time_machine.travel(NOW, tick=False):
        page = client.get(urlsplit(link[0]).path)
    assert request.reference in page.content.decode()
