"""The copy of a patient's answers."""

import dataclasses
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from appointments.booking import submit_with_time
from appointments.intake import Answers
from appointments.models import ConsultationRequest
from appointments.patient_page.answers import in_words
from appointments.patient_page.forms import ConfirmForm
from appointments.patient_page.identity import WRONG_TRIES, new_proof
from appointments.visit_time import VisitTime, when_and_where
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_answers, make_request
from tests.appointments.pages import Page, errors_on
from tests.appointments.visits.slots import free_slots

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
EVERYTHING: dict[str, tuple[Any, str]] = {
    "name": ("Zoë O’Neill", "Zoë O’Neill"),
    "phone_typed": ("727.555.0133", "727.555.0133"),
    "phone": ("+17275550133", "(727) 555-0133"),
    "phone_extension": ("9", "ext. 9"),
    "email": ("zoe@example.com", "zoe@example.com"),
    "contact_way": ("text", "Text me. Allowed: call, voicemail, text, e-mail"),
    "best_times": (("midday",), "Midday"),
    "voicemail": (True, "voicemail"),
    "others_may": ("know", "You may say that the clinic is calling"),
    "texts": (True, "text"),
    "office": ("lake-wren", "Lake Wren office"),
    "interpreter": ("Twi", "Twi"),
    "access": (("asl",), "American Sign Language interpreter"),
    "access_note": ("Low light", "Low light"),
    "reason": ("visit", "A question about a visit"),
    "for_whom": ("someone_else", "Someone else"),
    "note": ("After 3", "After 3"),
    "article": ("ketamine-basics", "ketamine-basics"),
}
NO_ANSWERS = {"nonce", "not_emergency", "crisis_seen", "trapped", "by_phone"}


def address(request: ConsultationRequest) -> str:
    return f"/consultation/status/{request.token}/answers/"


def test_nothing_is_missing_from_the_copy(client: Client) -> None:
    assert set(EVERYTHING) == {field.name for field in dataclasses.fields(Answers)} - NO_ANSWERS
    request = make_request(**{name: value for name, (value, _) in EVERYTHING.items()})
    text = Page(client.post(address(request), {"known": "0133"})).text
    assert [words for _, words in EVERYTHING.values() if words not in text] == []
    assert [consent["text"] for consent in request.consents if consent["text"] not in text] == []
    assert request.reference in text


def test_the_copy_names_the_chosen_time(client: Client) -> None:
    request = submit_with_time(make_answers(phone="+17275550133"), free_slots()[0], NOW)
    visit = request.visits.get()
    text = Page(client.post(address(request), {"known": "0133"})).text
    assert " ".join(when_and_where(VisitTime(visit.starts_at, visit.office)).split()) in text


def test_the_link_alone_shows_no_answer(client: Client) -> None:
    page = Page(client.get(address(make_request(note="After 3"))))
    assert "First confirm that it is you" in page.text
    assert "Ana Torres" not in page.text
    assert "After 3" not in page.text


def test_a_wrong_answer_shows_nothing_and_is_counted(client: Client) -> None:
    request = make_request()
    response = client.post(address(request), {"known": "9999"})
    assert list(errors_on(response)) == ["id_known"]
    assert "Ana Torres" not in response.content.decode()
    assert request.audit_events.unconfirmed().count() == 1


def test_an_empty_answer_is_an_error(client: Client) -> None:
    response = client.post(address(make_request()), {"known": ""})
    assert errors_on(response) == {"id_known": "Enter the last four digits of your phone number"}


def test_too_many_wrong_answers_lock_the_copy(client: Client) -> None:
    request = make_request()
    for _ in range(WRONG_TRIES):
        client.post(address(request), {"known": "9999"})
    assert "Call us to change something" in Page(client.post(address(request), {"known": "0111"})).text


def test_who_has_just_confirmed_gets_the_copy_at_once(client: Client) -> None:
    request, other = make_request(), make_request()
    assert "Ana Torres" in Page(client.post(address(request), {"proof": new_proof(request)})).text
    assert "Ana Torres" not in Page(client.post(address(request), {"proof": new_proof(other)})).text


def test_a_missing_answer_is_named_as_such(client: Client) -> None:
    text = Page(client.post(address(make_request()), {"known": "0111"})).text
    assert "E-mail address Not given" in text
    assert "Office Not given" in text


def test_an_office_that_the_clinic_no_longer_has_is_named_by_its_slug() -> None:
    assert in_words(make_request(office="closed-long-ago"), get_clinic())["Office"] == "closed-long-ago"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "Allowed: call"),
        ({"voicemail": True, "email": "ana@example.com"}, "Allowed: call, voicemail, e-mail"),
        ({"contact_way": "no_calls", "texts": True}, "Do not call me. Use e-mail or text only. Allowed: text"),
    ],
)
def test_the_copy_says_what_is_allowed(answers: dict[str, Any], words: str) -> None:
    assert in_words(make_request(**answers), get_clinic())["How we may reach you"] == words


def test_a_busy_database_shows_nothing_and_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(ConfirmForm, "confirms", busy)
    text = Page(client.post(address(make_request(name="Ada")), {"known": "0100"})).text
    assert "Our computer is busy." in text
    assert "Ada" not in text


def test_an_unknown_link_is_not_found(client: Client) -> None:
    assert client.get("/consultation/status/unknown/answers/").status_code == 404
