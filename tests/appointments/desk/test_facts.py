"""What list, export and print sheet say of a request."""

import pytest

from appointments.choices import Attempt
from appointments.desk import facts
from appointments.models import ConsultationRequest
from appointments.workflow import join
from clinic_site.clinic_file import get_clinic
from tests.appointments.builders import LATER, NOW, make_request

pytestmark = pytest.mark.django_db


def test_an_ordinary_request_has_no_mark() -> None:
    assert facts.marks(ConsultationRequest()) == []


def test_each_mark_is_a_word() -> None:
    request = ConsultationRequest(crisis=True, joined_to_id=1, erased_at=NOW)
    assert facts.marks(request) == ["Words of a crisis", "Joined", "Erased"]


def test_words_of_a_crisis_are_not_lost_by_joining() -> None:
    older, newer = make_request(), make_request(now=LATER, note="I want to die")
    join(newer, older, "kim", LATER)
    assert facts.marks(older) == ["Words of a crisis"]


@pytest.mark.parametrize("outcome", Attempt)
def test_the_last_attempt_says_what_and_when(outcome: Attempt) -> None:
    request = ConsultationRequest(last_attempt=outcome, last_attempt_at=NOW)
    assert facts.last_attempt(request) == f"{outcome.label}, Monday, November 23, 10\u00a0a.m."


def test_before_the_first_attempt_it_says_so() -> None:
    assert facts.last_attempt(ConsultationRequest()) == "Not tried yet"


@pytest.mark.parametrize(("user", "told"), [("dana", "dana"), ("", "Nobody")])
def test_somebody_or_nobody_has_it(user: str, told: str) -> None:
    assert facts.holder(ConsultationRequest(assigned_to=user)) == told


def test_how_to_make_contact_stands_before_number_and_address() -> None:
    headings = list(facts.answers(ConsultationRequest(), get_clinic()))
    assert headings[0] == "How to contact safely"
    assert headings.index("Name") < headings.index("Phone") < headings.index("E-mail")
