import datetime as dt
import itertools
from typing import Any

import pytest

from appointments.choices import ENDS, TRANSITIONS, Attempt, DeclineReason, Status
from appointments.models import AuditEvent, ConsultationRequest
from appointments.policies.refusals import ChangedMeanwhile, IllegalTransition
from appointments.workflow import record_attempt, transition
from tests.appointments.builders import NOW, VISIT, make_request, move, schedule

pytestmark = pytest.mark.django_db

LEGAL = [(before, after) for before, ends in TRANSITIONS.items() for after in sorted(ends)]
ILLEGAL = [pair for pair in itertools.product(Status, Status) if pair not in LEGAL]


def test_every_status_has_transitions() -> None:
    assert set(TRANSITIONS) == set(Status)


def test_every_status_can_be_left_and_reached() -> None:
    assert all(TRANSITIONS.values())
    assert frozenset().union(*TRANSITIONS.values()) == set(Status)


@pytest.mark.parametrize(("before", "after"), LEGAL)
def test_a_legal_transition_stores_status_and_audit_event(before: Status, after: Status) -> None:
    request = make_request(status=before)
    move(request, after, "desk-1", NOW)
    event = request.audit_events.last()
    assert event is not None
    assert (event.actor, event.before, event.after, event.at) == ("desk-1", before, after, NOW)
    assert request.status == after
    request.refresh_from_db()
    assert request.status == after


@pytest.mark.parametrize(("before", "after"), ILLEGAL)
def test_an_illegal_transition_is_refused(before: Status, after: Status) -> None:
    request = make_request(status=before)
    with pytest.raises(IllegalTransition, match=f"“{before.label}” cannot become “{after.label}”"):
        transition(request, after, "desk-1", NOW)
    request.refresh_from_db()
    assert request.status == before
    assert request.audit_events.count() == 1


def test_a_stale_transition_is_refused_and_overwrites_nothing() -> None:
    stale = ConsultationRequest.objects.get(pk=make_request().pk)
    schedule(ConsultationRequest.objects.get(), VISIT, "desk-1", NOW)
    with pytest.raises(ChangedMeanwhile):
        transition(stale, Status.DECLINED, "desk-2", NOW)
    assert ConsultationRequest.objects.get().status == Status.SCHEDULED
    assert list(AuditEvent.objects.values_list("actor", flat=True)) == ["", "desk-1"]


def test_without_its_audit_event_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    request = make_request()

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError

    monkeypatch.setattr(AuditEvent, "save", fail)
    with pytest.raises(OSError):  # noqa: PT011 (ours has no text)
        transition(request, Status.CLOSED, "desk-1", NOW)
    assert request.status == Status.NEW
    assert ConsultationRequest.objects.get().status == Status.NEW


def test_every_transition_has_a_way_back() -> None:
    """What one person did, another can reverse."""
    assert all(before in TRANSITIONS[after] for before, after in LEGAL)


@pytest.mark.parametrize("end", sorted(ENDS))
def test_ended_at_is_set_at_an_end_and_cleared_by_reopening(end: Status) -> None:
    request = make_request()
    move(request, end, "desk-1", NOW)
    assert ConsultationRequest.objects.get().ended_at == NOW
    transition(request, Status.CONTACTING, "desk-1", NOW)
    assert ConsultationRequest.objects.get().ended_at is None


def test_reopening_does_not_hide_a_missed_promise() -> None:
    request = make_request(now=NOW - dt.timedelta(days=20))
    transition(request, Status.CLOSED, "desk-1", NOW)
    transition(request, Status.NEW, "desk-1", NOW)
    assert ConsultationRequest.objects.overdue(NOW).exists()


def test_reopening_after_contact_renews_the_promise() -> None:
    request = make_request(now=NOW - dt.timedelta(days=20))
    record_attempt(request, Attempt.REACHED, "desk-1", NOW - dt.timedelta(days=19))
    transition(request, Status.CLOSED, "desk-1", NOW)
    transition(request, Status.NEW, "desk-1", NOW)
    assert not ConsultationRequest.objects.overdue(NOW).exists()
    assert ConsultationRequest.objects.get().due_at == make_request().reply_by


def test_a_reason_is_stored_with_a_decline_alone() -> None:
    request = make_request()
    transition(request, Status.DECLINED, "desk-1", NOW, DeclineReason.NO_ROOM)
    assert request.declined_because == DeclineReason.NO_ROOM
    assert "(no room at present)" in str(request.audit_events.last())
    transition(request, Status.CONTACTING, "desk-1", NOW, DeclineReason.NO_ROOM)
    assert ConsultationRequest.objects.get().declined_because == ""
