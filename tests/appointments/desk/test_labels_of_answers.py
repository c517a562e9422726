"""How the queue, the export and the print sheet describe a request."""

import pytest

from appointments.choices import Attempt
from appointments.desk import labels
from appointments.models import ConsultationRequest
from appointments.workflow import join
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import LATER, NOW, make_request

pytestmark = pytest.mark.django_db


def test_an_ordinary_request_has_no_mark() -> None:
    assert labels.marks(ConsultationRequest()) == []


def test_each_mark_is_a_word() -> None:
    request = ConsultationRequest(crisis=True, joined_to_id=1, erased_at=NOW)
    assert labels.marks(request) == ["Words of a crisis", "Joined", "Erased"]


def test_joining_keeps_the_crisis_mark() -> None:
    older, newer = make_request(), make_request(now=LATER, note="I want to die")
    join(newer, older, "kim", LATER)
    assert labels.marks(older) == ["Words of a crisis"]


@pytest.mark.parametrize("outcome", Attempt)
def test_the_last_attempt_has_outcome_and_time(outcome: Attempt) -> None:
    request = ConsultationRequest(last_attempt=outcome, last_attempt_at=NOW)
    assert labels.last_attempt(request) == f"{outcome.label}, Monday, November 23, 10\u00a0a.m."


def test_a_request_without_an_attempt_is_not_tried_yet() -> None:
    assert labels.last_attempt(ConsultationRequest()) == "Not tried yet"


@pytest.mark.parametrize(("user", "label"), [("dana", "dana"), ("", "Nobody")])
def test_the_holder_is_a_user_or_nobody(user: str, label: str) -> None:
    assert labels.holder(ConsultationRequest(assigned_to=user)) == label


def test_safe_contact_comes_before_phone_and_email() -> None:
    headings = list(labels.answers(ConsultationRequest(), get_clinic()))
    assert headings[0] == "How to contact safely"
    assert headings.index("Name") < headings.index("Phone") < headings.index("E-mail")
