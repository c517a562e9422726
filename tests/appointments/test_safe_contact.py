from typing import Any

import pytest

from appointments.choices import Attempt
from appointments.safe_contact import attempts_offered
from tests.appointments.builders import make_request

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
