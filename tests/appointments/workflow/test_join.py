import pytest

from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.workflow import RefusedStep, erase, join, transition
from tests.appointments.builders import NOW, make_request

pytestmark = pytest.mark.django_db


def test_the_duplicate_is_closed_and_both_keep_what_they_hold() -> None:
    older = make_request(name="Ana Torres", note="First")
    newer = make_request(name="Ana T", note="Second")
    join(newer, older, "dana", NOW)
    stored = ConsultationRequest.objects.get(pk=newer.pk)
    assert (stored.status, stored.joined_to, stored.ended_at, stored.note) == (Status.CLOSED, older, NOW, "Second")
    assert list(older.joined.all()) == [newer]
    older.refresh_from_db()
    assert (older.status, older.note) == (Status.NEW, "First")


def test_the_trails_of_both_tell_it() -> None:
    older, newer = make_request(), make_request()
    join(newer, older, "dana", NOW)
    assert str(newer.audit_events.last()) == f"dana joined this request with {older.reference}"
    assert str(older.audit_events.last()) == f"dana joined this request with {newer.reference}"


def test_what_makes_no_sense_is_refused() -> None:
    one, two, three, erased = (make_request() for _ in range(4))
    erase(erased, "dana", NOW)
    join(two, one, "dana", NOW)
    for request, into in [(three, three), (three, two), (three, erased), (two, three)]:
        with pytest.raises(RefusedStep):
            join(request, into, "dana", NOW)
    assert ConsultationRequest.objects.get(pk=three.pk).status == Status.NEW


def test_reopening_a_duplicate_parts_it_from_the_other() -> None:
    older, newer = make_request(), make_request()
    join(newer, older, "dana", NOW)
    transition(newer, Status.NEW, "dana", NOW)
    assert not older.joined.exists()


def test_nobody_is_forgotten_behind_a_request_that_has_just_ended() -> None:
    older, newer = make_request(), make_request()
    transition(ConsultationRequest.objects.get(pk=older.pk), Status.CLOSED, "kim", NOW)
    with pytest.raises(RefusedStep):
        join(newer, older, "dana", NOW)
    assert ConsultationRequest.objects.get(pk=newer.pk).status == Status.NEW


def test_words_of_a_crisis_go_with_it() -> None:
    older, newer = make_request(), make_request(note="I want to die")
    join(newer, older, "dana", NOW)
    assert ConsultationRequest.objects.get(pk=older.pk).crisis


def test_there_are_no_chains() -> None:
    """How to contact somebody safely is read from a request and those joined to it."""
    first, second, third = make_request(), make_request(), make_request()
    join(third, second, "dana", NOW)
    with pytest.raises(RefusedStep):
        join(ConsultationRequest.objects.get(pk=second.pk), first, "dana", NOW)
