from typing import Any

import pytest

from appointments.models import ConsultationRequest
from appointments.policies.consents import TEXTS, Consent, consents_given, wording
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW

ALWAYS = {"adult_no_emergency", "privacy"}
WITHOUT_PHONE = {"phone": "", "email": "ana@example.com"}


def given_with(*, not_emergency: bool = True, **answers: Any) -> list[Consent]:
    """Return what a patient agreed to who left a phone number, and gave these answers."""
    request = ConsultationRequest(**({"created_at": NOW, "phone": "+17275550111"} | answers))
    return consents_given(request, get_clinic(), not_emergency=not_emergency)


@pytest.mark.parametrize(
    ("answers", "more"),
    [
        ({}, {"calls"}),
        ({"voicemail": True}, {"calls", "voicemail"}),
        ({"texts": True}, {"calls", "texts"}),
        ({"contact_way": "no_calls", "texts": True, "voicemail": True}, {"texts"}),
        (WITHOUT_PHONE, {"email"}),
        ({**WITHOUT_PHONE, "voicemail": True}, {"email"}),
    ],
)
def test_consents_follow_from_the_answers(answers: dict[str, Any], more: set[str]) -> None:
    assert {consent["name"] for consent in given_with(**answers)} == ALWAYS | more


def test_nobody_agreed_to_a_box_that_was_left_empty_in_a_crisis() -> None:
    assert {consent["name"] for consent in given_with(not_emergency=False)} == {"adult", "privacy", "calls"}


def test_a_consent_stores_text_version_time_and_number() -> None:
    assert given_with(texts=True)[-1] == {
        "name": "texts",
        "version": "2",
        "text": "Text me about my request and visits. May be automatic; rates may apply; not private. Reply STOP to "
        "end, HELP for help. Not needed for care.",
        "number": "+17275550111",
        "at": "2026-11-23T15:00:00+00:00",
    }


def test_a_consent_not_about_a_number_stores_none() -> None:
    numbers = {consent["name"]: consent["number"] for consent in given_with()}
    assert numbers == dict.fromkeys(ALWAYS, "") | {"calls": "+17275550111"}


@pytest.mark.parametrize("name", TEXTS)
def test_every_placeholder_of_a_wording_is_filled(name: str) -> None:
    assert "{" not in wording(name, get_clinic())
