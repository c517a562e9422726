"""Corrections by patients, and their limits."""

import datetime as dt

import pytest

from appointments.choices import Action, Attempt, Status
from appointments.models import AuditEvent, ConsultationRequest
from appointments.patient_page.corrections import (
    change_needs,
    change_times,
    correct_phone,
)
from appointments.phones import Phone
from appointments.policies.refusals import CHANGES, CHANGES_AN_HOUR, ChangedMeanwhile, RefusedStep
from appointments.workflow import assign, record_attempt, record_each
from clinic_site.clinic import reply_by
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import LATER, NOW, VISIT, make_request, schedule

pytestmark = pytest.mark.django_db
NEW_NUMBER = Phone("727 555 0123 x4", "+17275550123", "4")


def test_a_corrected_number_replaces_the_old_one() -> None:
    request = make_request()
    correct_phone(request, NEW_NUMBER, NOW)
    stored = ConsultationRequest.objects.get()
    assert (stored.phone, stored.phone_typed, stored.phone_extension) == ("+17275550123", "727 555 0123 x4", "4")
    assert str(stored.audit_events.last()) == "The patient changed the phone number"


def test_consents_for_the_old_number_are_repeated_for_the_new_one() -> None:
    request = make_request(voicemail=True, texts=True)
    correct_phone(request, NEW_NUMBER, LATER)
    consents = ConsultationRequest.objects.get().consents
    about_a_number = [(consent["name"], consent["number"]) for consent in consents if consent["number"]]
    names = ["calls", "voicemail", "texts"]
    assert about_a_number == [(name, "+17275550111") for name in names] + [(name, "+17275550123") for name in names]
    assert consents[-1]["at"] == LATER.isoformat()


def test_a_correction_adds_no_other_consent() -> None:
    request = make_request(contact_way="no_calls", email="ana@example.com")
    correct_phone(request, NEW_NUMBER, NOW)
    assert not any(consent["number"] for consent in ConsultationRequest.objects.get().consents)


def test_good_times_are_replaced() -> None:
    request = make_request(best_times=("morning",))
    change_times(request, ["midday", "afternoon"], NOW)
    assert ConsultationRequest.objects.get().best_times == ["midday", "afternoon"]
    assert str(request.audit_events.last()) == "The patient changed the good times"


def test_language_and_access_needs_are_replaced() -> None:
    request = make_request(interpreter="Spanish")
    change_needs(request, "Korean", ["asl"], "Low light", NOW)
    stored = ConsultationRequest.objects.get()
    assert (stored.interpreter, stored.access, stored.access_note) == ("Korean", ["asl"], "Low light")
    assert str(stored.audit_events.last()) == "The patient changed the language and access needs"
    assert not stored.crisis


def test_words_of_a_crisis_in_a_correction_mark_the_request_for_good() -> None:
    request = make_request()
    change_needs(request, "", [], "I want to die", NOW)
    change_needs(request, "", [], "Low light", NOW)
    assert ConsultationRequest.objects.get().crisis


def test_repeating_a_correction_adds_no_event() -> None:
    request = make_request()
    for _ in range(2):
        correct_phone(request, NEW_NUMBER, NOW)
        change_times(request, ["midday"], NOW)
    assert request.audit_events.filter(action=Action.CORRECTED).count() == 2


def test_the_audit_trail_stores_no_input() -> None:
    request = make_request(best_times=("morning",))
    correct_phone(request, NEW_NUMBER, NOW)
    change_times(request, ["midday"], NOW)
    assert all(event.was == {} for event in AuditEvent.objects.all())


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.CLOSED])
def test_corrections_of_an_ended_request_are_refused(status: Status) -> None:
    request = make_request(status=status)
    with pytest.raises(RefusedStep):
        correct_phone(request, NEW_NUMBER, NOW)
    with pytest.raises(RefusedStep):
        change_times(request, ["midday"], NOW)
    with pytest.raises(RefusedStep):
        change_needs(request, "Spanish", [], "", NOW)


def test_needs_are_changed_while_a_visit_is_booked() -> None:
    request = make_request()
    schedule(request, VISIT, "dana", NOW)
    change_needs(request, "Spanish", ["asl"], "", NOW)
    assert (request.interpreter, request.access, request.status) == ("Spanish", ["asl"], Status.SCHEDULED)


def test_a_stale_step_after_a_correction_is_refused() -> None:
    stale = ConsultationRequest.objects.get(pk=make_request().pk)
    correct_phone(ConsultationRequest.objects.get(), NEW_NUMBER, NOW)
    with pytest.raises(ChangedMeanwhile, match="The patient changed the phone number"):
        assign(stale, "dana", "dana", NOW)


def test_a_read_of_several_requests_is_recorded_for_each() -> None:
    requests = [make_request(), make_request(status=Status.CLOSED)]
    record_each(requests, Action.EXPORTED, "dana", NOW)
    events = AuditEvent.objects.reads().order_by("pk")
    assert [(event.request, event.after, str(event)) for event in events] == [
        (requests[0], "new", "dana exported the request"),
        (requests[1], "closed", "dana exported the request"),
    ]


def test_correcting_a_wrong_number_renews_the_promise() -> None:
    request = make_request()
    record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW)
    later = NOW + dt.timedelta(days=3)
    correct_phone(request, NEW_NUMBER, later)
    stored = ConsultationRequest.objects.get()
    assert (stored.last_attempt, stored.last_attempt_at) == ("", None)
    assert stored.due_at == reply_by(get_clinic(), None, later)


def test_after_any_other_attempt_a_corrected_number_leaves_the_plan() -> None:
    request = make_request()
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    planned = request.due_at
    correct_phone(request, NEW_NUMBER, LATER)
    assert (request.due_at, request.last_attempt) == (planned, Attempt.NO_ANSWER)


def test_new_good_times_move_the_next_try() -> None:
    """The morning may not be safe for a patient who now says afternoon."""
    request = make_request(best_times=("morning",))
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    change_times(request, ["afternoon"], NOW)
    stored = ConsultationRequest.objects.get()
    assert stored.try_from is not None
    assert get_clinic().local(stored.try_from).hour == 14


def test_before_the_first_attempt_the_promise_stays() -> None:
    request = make_request()
    change_times(request, ["afternoon"], NOW)
    assert (request.due_at, request.try_from) == (request.reply_by, None)


def test_the_number_of_corrections_is_limited() -> None:
    request = make_request()
    for number in range(CHANGES):
        hour = NOW + dt.timedelta(hours=number)
        change_times(request, [["morning"], ["midday"]][number % 2], hour)
    with pytest.raises(RefusedStep, match="has to call"):
        change_times(request, ["afternoon"], NOW + dt.timedelta(days=9))


def test_the_number_of_corrections_in_an_hour_is_limited() -> None:
    request = make_request()
    for number in range(CHANGES_AN_HOUR):
        change_times(request, [["morning"], ["midday"]][number % 2], NOW)
    with pytest.raises(RefusedStep, match="has to call"):
        change_times(request, ["afternoon"], NOW)
