"""What patients change themselves, and what changes nothing."""

import pytest

from appointments.choices import Action, Status
from appointments.models import AuditEvent, ConsultationRequest
from appointments.phones import Phone
from appointments.workflow import ChangedMeanwhile, RefusedStep, assign, change_times, correct_phone, record_each
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
