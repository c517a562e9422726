from typing import Any

import pytest

from appointments.choices import Attempt
from appointments.models import ConsultationRequest
from appointments.safe_contact import attempts_offered, may_call, may_leave_voicemail, may_text
from appointments.workflow import join, record_attempt
from tests.appointments.builders import LATER, NOW, make_request

pytestmark = pytest.mark.django_db
CALLS = {Attempt.NO_ANSWER, Attempt.WRONG_NUMBER}


@pytest.mark.parametrize(
    ("contact", "offered"),
    [
        ({}, CALLS),
        ({"voicemail": True}, CALLS | {Attempt.VOICEMAIL}),
        ({"email": "ana@example.com"}, CALLS | {Attempt.WROTE}),
        ({"texts": True}, CALLS | {Attempt.WROTE}),
        ({"contact_way": "no_calls", "voicemail": True, "texts": True}, {Attempt.WROTE}),
        ({"phone": "", "email": "ana@example.com"}, {Attempt.WROTE}),
        ({"phone": "", "voicemail": True, "texts": True}, set()),
    ],
)
def test_what_the_patient_ruled_out_is_not_offered(contact: dict[str, Any], offered: set[Attempt]) -> None:
    assert set(attempts_offered(make_request(**contact))) == offered | {Attempt.REACHED}


def survivor(**joined: Any) -> ConsultationRequest:
    """A request that allows all, with another one joined to it."""
    older = make_request(voicemail=True, texts=True, email="ana@example.com")
    join(make_request(now=LATER, **joined), older, "kim", LATER)
    return older


@pytest.mark.parametrize(
    ("joined", "open_ways"),
    [
        ({"voicemail": True, "texts": True}, (True, True, True)),
        ({"contact_way": "no_calls", "texts": True}, (False, False, True)),
        ({"contact_way": "no_calls", "phone": "", "email": "ana@example.com"}, (False, False, True)),
        ({"texts": True}, (True, False, True)),
        ({"voicemail": True}, (True, True, False)),
        ({"phone": "", "email": "ana@example.com"}, (True, True, True)),
    ],
)
def test_the_strictest_of_the_joined_requests_holds(joined: dict[str, Any], open_ways: tuple[bool, ...]) -> None:
    request = survivor(**joined)
    assert (may_call(request), may_leave_voicemail(request), may_text(request)) == open_ways


def test_a_wrong_number_is_not_tried_again() -> None:
    request = make_request(voicemail=True, texts=True, email="ana@example.com")
    record_attempt(request, Attempt.WRONG_NUMBER, "kim", NOW)
    assert attempts_offered(request) == [Attempt.WROTE, Attempt.REACHED]
    assert not may_text(request)


@pytest.mark.parametrize(("number", "callable_again"), [("+17275550111", False), ("+17275550199", True)])
def test_a_wrong_number_stays_wrong_when_joined(number: str, callable_again: bool) -> None:
    older, newer = make_request(phone=number), make_request(now=LATER)
    record_attempt(newer, Attempt.WRONG_NUMBER, "kim", LATER)
    join(newer, older, "kim", LATER)
    assert may_call(older) == callable_again
