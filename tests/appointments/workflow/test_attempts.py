import datetime as dt
from typing import Any

import pytest

from appointments.choices import Attempt, Status
from appointments.models import ConsultationRequest
from appointments.policies.refusals import ChangedMeanwhile, RefusedStep
from appointments.workflow import assign, record_attempt
from clinic_site.clinic import reply_by
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_request

pytestmark = pytest.mark.django_db


def test_an_attempt_is_recorded_and_moves_the_request_to_contacting() -> None:
    request = make_request()
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    stored = ConsultationRequest.objects.get()
    assert (stored.status, stored.last_attempt, stored.last_attempt_at) == (Status.CONTACTING, "no_answer", NOW)
    assert str(stored.audit_events.last()) == "dana tried to reach the patient: no answer"


@pytest.mark.parametrize("outcome", [Attempt.NO_ANSWER, Attempt.VOICEMAIL])
def test_the_next_try_is_planned_at_a_good_time(outcome: Attempt) -> None:
    request = make_request(voicemail=True, best_times=("morning",), office="port-alder")
    record_attempt(request, outcome, "dana", NOW)
    tuesday_at_8 = dt.datetime(2026, 11, 24, 8, 0, tzinfo=get_clinic().time_zone)
    stored = ConsultationRequest.objects.get()
    assert (stored.try_from, stored.due_at) == (tuesday_at_8, tuesday_at_8 + dt.timedelta(hours=3))


@pytest.mark.parametrize("outcome", [Attempt.REACHED, Attempt.WRONG_NUMBER, Attempt.WROTE])
def test_otherwise_the_next_step_is_due_at_the_end_of_the_next_working_day(outcome: Attempt) -> None:
    request = make_request(email="ana@example.com")
    record_attempt(request, outcome, "dana", NOW)
    assert ConsultationRequest.objects.get().due_at == reply_by(get_clinic(), None, NOW)


@pytest.mark.parametrize(
    ("contact", "refused"),
    [
        ({"voicemail": False}, Attempt.VOICEMAIL),
        ({"voicemail": True, "contact_way": "no_calls"}, Attempt.VOICEMAIL),
        ({"contact_way": "no_calls"}, Attempt.NO_ANSWER),
        ({"phone": ""}, Attempt.WRONG_NUMBER),
        ({"email": "", "texts": False}, Attempt.WROTE),
    ],
)
def test_a_way_of_contact_the_patient_ruled_out_is_refused(contact: dict[str, Any], refused: Attempt) -> None:
    request = make_request(**contact)
    with pytest.raises(RefusedStep, match="did not allow"):
        record_attempt(request, refused, "dana", NOW)
    assert ConsultationRequest.objects.get().status == Status.NEW


def test_a_letter_leaves_a_wrong_number_marked() -> None:
    request = make_request(email="ana@example.com")
    record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW)
    record_attempt(request, Attempt.WROTE, "dana", NOW)
    assert request.last_attempt == Attempt.WRONG_NUMBER


def test_an_attempt_on_an_ended_request_is_refused() -> None:
    request = make_request(status=Status.CLOSED)
    with pytest.raises(RefusedStep, match="is “Closed”"):
        record_attempt(request, Attempt.REACHED, "dana", NOW)


def test_a_stale_attempt_is_refused_with_what_changed() -> None:
    request = make_request()
    stale = ConsultationRequest.objects.get()
    record_attempt(request, Attempt.REACHED, "dana", NOW)
    with pytest.raises(ChangedMeanwhile, match="dana tried to reach the patient: reached"):
        record_attempt(stale, Attempt.NO_ANSWER, "kim", NOW)
    assert ConsultationRequest.objects.get().last_attempt == Attempt.REACHED


class TestAssign:
    def test_a_request_is_assigned_to_a_person(self) -> None:
        request = make_request()
        assign(request, "dana", "kim", NOW)
        assert list(ConsultationRequest.objects.of("dana")) == [request]
        assert str(request.audit_events.last()) == "kim gave the request to dana"

    def test_an_assignment_can_be_removed(self) -> None:
        request = make_request()
        assign(request, "dana", "kim", NOW)
        assign(request, "", "kim", NOW)
        assert ConsultationRequest.objects.get().assigned_to == ""
        assert str(request.audit_events.last()) == "kim gave the request to nobody"

    def test_of_two_simultaneous_assignments_one_is_refused(self) -> None:
        request = make_request()
        stale = ConsultationRequest.objects.get()
        assign(request, "dana", "dana", NOW)
        with pytest.raises(ChangedMeanwhile, match="dana gave the request to dana"):
            assign(stale, "kim", "kim", NOW)
        assert ConsultationRequest.objects.get().assigned_to == "dana"
