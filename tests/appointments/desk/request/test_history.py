import pytest

from appointments.choices import Action, Attempt, Status
from appointments.desk.request.history import Read, history
from appointments.patient_page.corrections import change_times
from appointments.workflow import record, record_attempt, transition, undo
from tests.appointments.builders import LATER, NOW, make_request

pytestmark = pytest.mark.django_db


def test_reads_are_grouped_by_person_and_kind_latest_first() -> None:
    request = make_request()
    record(request, Action.OPENED, "dana", NOW)
    record(request, Action.OPENED, "dana", LATER)
    record(request, Action.PRINTED, "dana", NOW)
    record(request, Action.OPENED, "kim", NOW)
    assert history(request).reads == [
        Read("dana", Action.OPENED, 2, LATER),
        Read("dana", Action.PRINTED, 1, NOW),
        Read("kim", Action.OPENED, 1, NOW),
    ]


def test_happenings_are_in_order_and_leave_out_reads() -> None:
    request = make_request()
    record(request, Action.OPENED, "dana", NOW)
    transition(request, Status.CLOSED, "dana", NOW)
    assert [event.action for event in history(request).happenings] == [Action.SUBMITTED, Action.TRANSITION]


def test_undone_steps_are_marked() -> None:
    request = make_request()
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    undo(request, "dana", NOW)
    past = history(request)
    assert [event.pk in past.undone for event in past.happenings] == [False, True, False]


def test_attempts_corrections_and_transitions_are_separated() -> None:
    request = make_request()
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    change_times(request, ["morning"], NOW)
    transition(request, Status.CLOSED, "dana", NOW)
    past = history(request)
    assert [[event.action for event in kind] for kind in (past.attempts, past.corrections, past.transitions)] == [
        [Action.ATTEMPT],
        [Action.CORRECTED],
        [Action.TRANSITION],
    ]
