from itertools import product
from typing import Any

import pytest

from appointments.choices import Attempt
from appointments.forms import ConsultationForm
from appointments.models import ConsultationRequest
from appointments.policies.contact import contact_permissions
from appointments.request_form import fields
from appointments.request_form.fields import Ways, missing_ways
from appointments.workflow import submit
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_form_data

TICKS = ("call", "voicemail", "texts", "mail")
COMBINATIONS = list(product((True, False), repeat=4))
REACHING = [ticks for ticks in COMBINATIONS if not Ways(*ticks).reach_nobody]


def form_with(*ticked: bool, **data: Any) -> ConsultationForm:
    boxes = {name: "on" if is_ticked else None for name, is_ticked in zip(TICKS, ticked, strict=True)}
    return ConsultationForm(get_clinic(), NOW, data=make_form_data(**(boxes | {"email": "ana@example.com"} | data)))


def sent_with(*ticked: bool) -> ConsultationRequest:
    """Return the stored request of a patient with these ticks, who gave a number and an address."""
    form = form_with(*ticked)
    assert form.is_valid(), form.errors
    return submit(form.answers("nonce"), NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("ticked", REACHING)
def test_the_desk_may_do_what_is_ticked_and_nothing_else(ticked: tuple[bool, ...]) -> None:
    call, voicemail, texts, mail = ticked
    request = sent_with(*ticked)
    permissions = contact_permissions(request)
    assert (permissions.may_call, permissions.may_text, permissions.may_leave_voicemail) == (
        call, texts, call and voicemail,
    )  # fmt: skip
    assert bool(request.email) is mail
    offered = {Attempt.NO_ANSWER: call, Attempt.VOICEMAIL: call and voicemail, Attempt.WROTE: mail or texts}
    assert {attempt: attempt in permissions.attempts for attempt in offered} == offered


@pytest.mark.django_db
@pytest.mark.parametrize("ticked", REACHING)
def test_the_stored_consents_are_those_that_were_ticked(ticked: tuple[bool, ...]) -> None:
    call, voicemail, texts, mail = ticked
    expected = {"calls": call, "voicemail": call and voicemail, "texts": texts, "email": mail}
    stored = [consent["name"] for consent in sent_with(*ticked).consents]
    assert {name: name in stored for name in expected} == expected


@pytest.mark.parametrize("ticked", [ticks for ticks in COMBINATIONS if ticks not in REACHING])
def test_ticking_nothing_is_an_error_and_a_voicemail_alone_is_nothing(ticked: tuple[bool, ...]) -> None:
    message = fields.TICK_CALL_TOO if ticked[1] else fields.TICK_ONE
    assert form_with(*ticked).errors == {"call": [message]}


@pytest.mark.parametrize(
    ("ticked", "way"),
    [
        ((True, False, False, False), "phone"),
        ((True, True, False, False), "phone"),
        ((True, False, False, True), ""),
        ((True, False, True, False), ""),
        ((False, False, True, False), "no_calls"),
        ((False, True, True, True), "no_calls"),
    ],
)
def test_the_stored_way_says_whether_and_how_to_call(ticked: tuple[bool, ...], way: str) -> None:
    assert Ways(*ticked).contact_way == way


@pytest.mark.parametrize(
    ("ticked", "given", "errors"),
    [
        ((True, False, False, True), "phone", []),
        ((True, False, False, True), "email", []),
        ((True, False, False, True), "", [("phone", fields.REACH)]),
        ((True, False, False, False), "email", [("phone", fields.NUMBER_TO_CALL)]),
        ((True, True, False, True), "email", [("phone", fields.NUMBER_FOR_VOICEMAIL)]),
        ((True, False, True, True), "email", [("phone", fields.NUMBER_TO_TEXT)]),
        ((False, False, True, False), "", [("phone", fields.NUMBER_TO_TEXT)]),
        ((False, False, True, True), "phone", []),
        ((False, True, False, True), "email", []),
        ((False, False, False, True), "email", []),
        ((False, False, False, True), "phone", [("email", fields.ADDRESS_TO_WRITE)]),
        ((False, False, False, True), "", [("email", fields.ADDRESS_TO_WRITE)]),
        ((False, False, False, False), "phone", [("call", fields.TICK_ONE)]),
        ((False, False, False, False), "", [("call", fields.TICK_ONE), ("phone", fields.REACH)]),
    ],
)
def test_a_tick_without_its_number_or_address_is_an_error(
    ticked: tuple[bool, ...], given: str, errors: list[tuple[str, str]]
) -> None:
    assert list(missing_ways(Ways(*ticked), has_phone=given == "phone", has_email=given == "email")) == errors
