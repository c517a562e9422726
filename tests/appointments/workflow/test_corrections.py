"""What patients change themselves, and what changes nothing."""

import datetime as dt

import pytest

from appointments.choices import Action, Attempt, Status
from appointments.models import AuditEvent, ConsultationRequest
from appointments.phones import Phone
from appointments.workflow import (
    CORRECTIONS,
    CORRECTIONS_AN_HOUR,
    ChangedMeanwhile,
    RefusedStep,
    assign,
    change_times,
    correct_phone,
    record_attempt,
    record_each,
)
from clinic_site.clinic import reply_by
from clinic_site.clinic_file import get_clinic
from tests.appointments.builders import LATER, NOW, make_request

pytestmark = pytest.mark.django_db
NEW_NUMBER = Phone("727 555 0123 x4", "+17275550123", "4")


def test_a_corrected_number_is_the_one_to_call() -> None:
    request = make_request()
    correct_phone(request, NEW_NUMBER, NOW)
    stored = ConsultationRequest.objects.get()
    assert (stored.phone, stored.phone_typed, stored.phone_extension) == ("+17275550123", "727 555 0123 x4", "4")
    assert str(stored.audit_events.last()) == "The patient changed the phone number"


def test_what_was_agreed_to_for_the_old_number_is_agreed_to_for_the_new_one() -> None:
    request = make_request(voicemail=True, texts=True)
    correct_phone(request, NEW_NUMBER, LATER)
    consents = ConsultationRequest.objects.get().consents
    about_a_number = [(each["name"], each["number"]) for each in consents if each["number"]]
    names = ["calls", "voicemail", "texts"]
    assert about_a_number == [(name, "+17275550111") for name in names] + [(name, "+17275550123") for name in names]
    assert consents[-1]["at"] == LATER.isoformat()


def test_nothing_is_agreed_to_that_was_not_before() -> None:
    request = make_request(contact_way="no_calls", email="ana@example.com")
    correct_phone(request, NEW_NUMBER, NOW)
    assert not any(each["number"] for each in ConsultationRequest.objects.get().consents)


def test_good_times_are_replaced() -> None:
    request = make_request(best_times=("morning",))
    change_times(request, ["midday", "afternoon"], NOW)
    assert ConsultationRequest.objects.get().best_times == ["midday", "afternoon"]
    assert str(request.audit_events.last()) == "The patient changed the good times"


def test_the_same_once_more_is_no_second_event() -> None:
    request = make_request()
    for _ in range(2):
        correct_phone(request, NEW_NUMBER, NOW)
        change_times(request, ["midday"], NOW)
    assert request.audit_events.filter(action=Action.CORRECTED).count() == 2


def test_the_trail_keeps_nothing_that_was_typed() -> None:
    request = make_request(best_times=("morning",))
    correct_phone(request, NEW_NUMBER, NOW)
    change_times(request, ["midday"], NOW)
    assert all(event.was == {} for event in AuditEvent.objects.all())


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.CLOSED])
def test_nothing_is_changed_once_nobody_waits(status: Status) -> None:
    request = make_request(status=status)
    with pytest.raises(RefusedStep):
        correct_phone(request, NEW_NUMBER, NOW)
    with pytest.raises(RefusedStep):
        change_times(request, ["midday"], NOW)


def test_whoever_acts_on_the_old_number_is_told() -> None:
    seen = ConsultationRequest.objects.get(pk=make_request().pk)
    correct_phone(ConsultationRequest.objects.get(), NEW_NUMBER, NOW)
    with pytest.raises(ChangedMeanwhile, match="The patient changed the phone number"):
        assign(seen, "dana", "dana", NOW)


def test_looks_at_many_are_written_down_for_each() -> None:
    requests = [make_request(), make_request(status=Status.CLOSED)]
    record_each(requests, Action.EXPORTED, "dana", NOW)
    events = AuditEvent.objects.reads().order_by("pk")
    assert [(each.request, each.after, str(each)) for each in events] == [
        (requests[0], "new", "dana exported the request"),
        (requests[1], "closed", "dana exported the request"),
    ]


def test_after_a_wrong_number_a_corrected_one_is_owed_an_answer_anew() -> None:
    request = make_request()
    record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW)
    later = NOW + dt.timedelta(days=3)
    correct_phone(request, NEW_NUMBER, later)
    stored = ConsultationRequest.objects.get()
    assert (stored.last_attempt, stored.last_attempt_at) == ("", None)
    assert stored.due_at == reply_by(get_clinic(), None, later)


def test_after_any_other_attempt_a_corrected_number_changes_no_plan() -> None:
    request = make_request()
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    planned = request.due_at
    correct_phone(request, NEW_NUMBER, LATER)
    assert (request.due_at, request.last_attempt) == (planned, Attempt.NO_ANSWER)


def test_the_next_try_moves_with_the_good_times() -> None:
    """The morning may not be safe for somebody who now says afternoon."""
    request = make_request(best_times=("morning",))
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    change_times(request, ["afternoon"], NOW)
    stored = ConsultationRequest.objects.get()
    assert stored.try_from is not None
    assert get_clinic().local(stored.try_from).hour == 14


def test_before_the_first_try_the_promise_stays() -> None:
    request = make_request()
    change_times(request, ["afternoon"], NOW)
    assert (request.due_at, request.try_from) == (request.reply_by, None)


def test_nobody_can_keep_the_desk_from_its_work_by_changing_without_end() -> None:
    request = make_request()
    for number in range(CORRECTIONS):
        hour = NOW + dt.timedelta(hours=number)
        change_times(request, [["morning"], ["midday"]][number % 2], hour)
    with pytest.raises(RefusedStep, match="has to call"):
        change_times(request, ["afternoon"], NOW + dt.timedelta(days=9))


def test_within_an_hour_it_is_a_handful() -> None:
    request = make_request()
    for number in range(CORRECTIONS_AN_HOUR):
        change_times(request, [["morning"], ["midday"]][number % 2], NOW)
    with pytest.raises(RefusedStep, match="has to call"):
        change_times(request, ["afternoon"], NOW)
