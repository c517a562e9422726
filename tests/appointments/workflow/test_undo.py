import pytest

from appointments.choices import Attempt, DeclineReason, Status
from appointments.models import ConsultationRequest
from appointments.patient_page.corrections import change_times
from appointments.policies.refusals import ChangedMeanwhile, RefusedStep
from appointments.workflow import assign, erase, join, last_step, note, record_attempt, transition, undo
from tests.appointments.builders import LATER, NOW, VISIT, make_request, schedule

pytestmark = pytest.mark.django_db
DESK_FIELDS = (
    "status", "due_at", "try_from", "assigned_to", "last_attempt", "last_attempt_at", "declined_because", "joined_to",
    "ended_at",
)  # fmt: skip


def state() -> list[dict[str, object]]:
    return list(ConsultationRequest.objects.order_by("pk").values(*DESK_FIELDS))


def test_steps_are_undone_one_after_another() -> None:
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


def test_undoing_is_recorded() -> None:
    request = make_request()
    schedule(request, VISIT, "dana", NOW)
    undo(request, "kim", NOW)
    assert str(request.audit_events.last()) == "kim undid a step (status changed); status New"
    assert request.audit_events.count() == 3


def test_undoing_a_join_is_recorded_in_both_trails() -> None:
    older, newer = make_request(), make_request()
    join(newer, older, "dana", NOW)
    undo(newer, "dana", NOW)
    assert (newer.status, newer.joined_to) == (Status.NEW, None)
    assert [str(request.audit_events.last()) for request in (older, newer)] == [
        "dana undid a step (joined to another request); status New"
    ] * 2
    assert last_step(older) is None


def test_without_a_step_undoing_is_refused() -> None:
    request = make_request()
    note(request, "Prefers Kim", "dana", NOW)
    change_times(request, ["morning"], NOW)
    with pytest.raises(RefusedStep, match="no step of the desk"):
        undo(request, "dana", NOW)


def test_a_withdrawal_by_the_patient_cannot_be_undone() -> None:
    request = make_request()
    record_attempt(request, Attempt.REACHED, "dana", NOW)
    transition(request, Status.WITHDRAWN, "", NOW)
    with pytest.raises(RefusedStep):
        undo(request, "dana", NOW)
    assert ConsultationRequest.objects.get().status == Status.WITHDRAWN


def test_an_erased_request_stays_erased() -> None:
    request = make_request()
    transition(request, Status.CLOSED, "dana", NOW)
    erase(request, "dana", NOW)
    with pytest.raises(RefusedStep):
        undo(request, "dana", NOW)


def test_of_two_simultaneous_undos_one_is_refused() -> None:
    request = make_request()
    assign(request, "dana", "dana", NOW)
    schedule(request, VISIT, "dana", NOW)
    stale = ConsultationRequest.objects.get()
    undo(request, "dana", NOW)
    with pytest.raises(ChangedMeanwhile):
        undo(stale, "kim", NOW)
    assert ConsultationRequest.objects.get().assigned_to == "dana"
