import pytest

from appointments.choices import Attempt, DeclineReason, Status
from appointments.models import ConsultationRequest
from appointments.workflow import (
    ChangedMeanwhile,
    RefusedStep,
    assign,
    change_times,
    erase,
    join,
    last_step,
    note,
    record_attempt,
    schedule,
    transition,
    undo,
)
from tests.appointments.builders import LATER, NOW, VISIT, make_request

pytestmark = pytest.mark.django_db
DESK_FIELDS = (
    "status", "due_at", "try_from", "assigned_to", "last_attempt", "last_attempt_at", "declined_because", "joined_to",
    "ended_at",
)  # fmt: skip


def state() -> list[dict[str, object]]:
    return list(ConsultationRequest.objects.order_by("pk").values(*DESK_FIELDS))


def test_each_step_can_be_taken_back_one_after_the_other() -> None:
    request = make_request(voicemail=True)
    states = [state()]
    record_attempt(request, Attempt.VOICEMAIL, "dana", NOW)
    states.append(state())
    record_attempt(request, Attempt.NO_ANSWER, "dana", LATER)
    states.append(state())
    assign(request, "kim", "dana", LATER)
    states.append(state())
    transition(request, Status.DECLINED, "kim", LATER, DeclineReason.NO_ROOM)
    for before in reversed(states):
        undo(request, "kim", LATER)
        assert state() == before
    assert last_step(request) is None


def test_the_trail_tells_it() -> None:
    request = make_request()
    schedule(request, VISIT, "dana", NOW)
    undo(request, "kim", NOW)
    assert str(request.audit_events.last()) == "kim undid a step (status changed); status New"
    assert request.audit_events.count() == 3


def test_a_join_taken_back_is_told_on_both_sides() -> None:
    older, newer = make_request(), make_request()
    join(newer, older, "dana", NOW)
    undo(newer, "dana", NOW)
    assert (newer.status, newer.joined_to) == (Status.NEW, None)
    assert [str(each.audit_events.last()) for each in (older, newer)] == [
        "dana undid a step (joined to another request); status New"
    ] * 2
    assert last_step(older) is None


def test_without_a_step_there_is_nothing_to_take_back() -> None:
    request = make_request()
    note(request, "Prefers Kim", "dana", NOW)
    change_times(request, ["morning"], NOW)
    with pytest.raises(RefusedStep, match="no step of the desk"):
        undo(request, "dana", NOW)


def test_what_the_patient_took_back_is_theirs() -> None:
    request = make_request()
    record_attempt(request, Attempt.REACHED, "dana", NOW)
    transition(request, Status.WITHDRAWN, "", NOW)
    with pytest.raises(RefusedStep):
        undo(request, "dana", NOW)
    assert ConsultationRequest.objects.get().status == Status.WITHDRAWN


def test_what_was_erased_stays_erased() -> None:
    request = make_request()
    transition(request, Status.CLOSED, "dana", NOW)
    erase(request, "dana", NOW)
    with pytest.raises(RefusedStep):
        undo(request, "dana", NOW)


def test_two_who_undo_at_once_undo_one_step() -> None:
    request = make_request()
    assign(request, "dana", "dana", NOW)
    schedule(request, VISIT, "dana", NOW)
    seen = ConsultationRequest.objects.get()
    undo(request, "dana", NOW)
    with pytest.raises(ChangedMeanwhile):
        undo(seen, "kim", NOW)
    assert ConsultationRequest.objects.get().assigned_to == "dana"
