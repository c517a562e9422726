import pytest

from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.policies.refusals import RefusedStep
from appointments.workflow import erase, join, transition
from tests.appointments.builders import NOW, make_request

pytestmark = pytest.mark.django_db


def test_joining_closes_the_newer_request_and_changes_no_answers() -> None:
    older = make_request(name="Ana Torres", note="First")
    newer = make_request(name="Ana T", note="Second")
    join(newer, older, "dana", NOW)
    stored = ConsultationRequest.objects.get(pk=newer.pk)
    assert (stored.status, stored.joined_to, stored.ended_at, stored.note) == (Status.CLOSED, older, NOW, "Second")
    assert list(older.joined.all()) == [newer]
    older.refresh_from_db()
    assert (older.status, older.note) == (Status.NEW, "First")


def test_joining_is_recorded_in_both_audit_trails() -> None:
    older, newer = make_request(), make_request()
    join(newer, older, "dana", NOW)
    assert str(newer.audit_events.last()) == f"dana joined this request with {older.reference}"
    assert str(older.audit_events.last()) == f"dana joined this request with {newer.reference}"


def test_invalid_joins_are_refused() -> None:
    one, two, three, erased = (make_request() for _ in range(4))
    erase(erased, "dana", NOW)
    join(two, one, "dana", NOW)
    for request, into in [(three, three), (three, two), (three, erased), (two, three)]:
        with pytest.raises(RefusedStep):
            join(request, into, "dana", NOW)
    assert ConsultationRequest.objects.get(pk=three.pk).status == Status.NEW


def test_reopening_a_joined_request_separates_the_two() -> None:
    older, newer = make_request(), make_request()
    join(newer, older, "dana", NOW)
    transition(newer, Status.NEW, "dana", NOW)
    assert not older.joined.exists()


def test_joining_to_a_request_ended_meanwhile_is_refused() -> None:
    older, newer = make_request(), make_request()
    transition(ConsultationRequest.objects.get(pk=older.pk), Status.CLOSED, "kim", NOW)
    with pytest.raises(RefusedStep):
        join(newer, older, "dana", NOW)
    assert ConsultationRequest.objects.get(pk=newer.pk).status == Status.NEW


def test_joining_carries_the_crisis_mark_over() -> None:
    older, newer = make_request(), make_request(note="I want to die")
    join(newer, older, "dana", NOW)
    stored = ConsultationRequest.objects.get(pk=older.pk)
    assert (stored.crisis, stored.due_at) == (True, NOW)


def test_chains_are_refused() -> None:
    """The contact rules are read from a request and those joined to it, one level deep."""
    first, second, third = make_request(), make_request(), make_request()
    join(third, second, "dana", NOW)
    with pytest.raises(RefusedStep):
        join(ConsultationRequest.objects.get(pk=second.pk), first, "dana", NOW)
