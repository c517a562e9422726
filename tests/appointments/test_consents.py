from typing import Any

import pytest

from appointments.consents import TEXTS, consents_given, wording
from clinic_site.clinic_file import get_clinic
from tests.appointments.builders import NOW, make_answers

ALWAYS = {"adult", "not_emergency", "privacy"}
WITHOUT_PHONE = {"phone": "", "phone_typed": "", "email": "ana@example.com"}


@pytest.mark.parametrize(
    ("answers", "more"),
    [
        ({}, {"calls"}),
        ({"voicemail": True}, {"calls", "voicemail"}),
        ({"texts": True}, {"calls", "texts"}),
        ({"contact_way": "no_calls", "texts": True, "voicemail": True}, {"texts"}),
        (WITHOUT_PHONE, set()),
        ({**WITHOUT_PHONE, "voicemail": True}, set()),
    ],
)
def test_what_was_agreed_to(answers: dict[str, Any], more: set[str]) -> None:
    given = consents_given(make_answers(**answers), get_clinic(), NOW)
    assert {each["name"] for each in given} == ALWAYS | more


def test_the_words_the_version_the_moment_and_the_number_are_kept() -> None:
    texts = consents_given(make_answers(texts=True), get_clinic(), NOW)[-1]
    assert texts == {
        "name": "texts",
        "version": "1",
        "text": "Marigold Pain Clinic may text me about my request and visits. Texts may be automatic. I do not have "
        "to agree to get care. Message rates may apply. Reply STOP to end, HELP for help. Texts are not private; do "
        "not send health details.",
        "number": "+17275550111",
        "at": "2026-11-23T15:00:00+00:00",
    }


def test_a_consent_that_is_about_no_number_holds_none() -> None:
    given = consents_given(make_answers(), get_clinic(), NOW)
    assert {each["name"]: each["number"] for each in given if each["name"] in ALWAYS} == dict.fromkeys(ALWAYS, "")


@pytest.mark.parametrize("name", TEXTS)
def test_no_wording_is_left_with_a_gap(name: str) -> None:
    assert "{" not in wording(name, get_clinic())
