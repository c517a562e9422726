"""A visit has a time and an office, and whoever left an address is mailed that there is news."""

import datetime as dt
from collections.abc import Callable

import pytest

from appointments.choices import Action, Attempt, DeclineReason, MailKind, Status
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.visit_time import Visit
from appointments.workflow import (
    ChangedMeanwhile,
    IllegalTransition,
    RefusedStep,
    erase,
    join,
    record_attempt,
    schedule,
    transition,
    undo,
)
from tests.appointments.builders import LATER, NOW, VISIT, VISIT_WORDS, make_request

pytestmark = pytest.mark.django_db
OTHER = Visit(VISIT.at + dt.timedelta(days=2), "lake-wren")
MAIL = "ana@example.com"


def visit(request: ConsultationRequest) -> tuple[str, dt.datetime | None, str]:
    """As it is stored, and as the object says."""
    stored = ConsultationRequest.objects.get(pk=request.pk)
    found = stored.status, stored.visit_at, stored.visit_office
    assert found == (request.status, request.visit_at, request.visit_office)
    return found


def news(request: ConsultationRequest) -> int:
    return request.messages.filter(kind=MailKind.NEWS).count()


def last_event(request: ConsultationRequest) -> str:
    return str(request.audit_events.last()).replace("\u00a0", " ")


@pytest.mark.parametrize("status", [Status.NEW, Status.CONTACTING])
def test_time_and_office_are_stored_and_in_the_trail(status: Status) -> None:
    request = make_request(status=status)
    schedule(request, VISIT, "dana", NOW)
    assert visit(request) == (Status.SCHEDULED, *VISIT)
    assert (request.ended_at, request.try_from) == (NOW, None)
    assert last_event(request) == f"dana changed the status from {status.label} to Scheduled (visit: {VISIT_WORDS})"


def test_a_status_alone_does_not_make_a_visit() -> None:
    request = make_request()
    with pytest.raises(RefusedStep, match="needs a date, a time and an office"):
        transition(request, Status.SCHEDULED, "dana", NOW)
    assert visit(request) == (Status.NEW, None, "")


@pytest.mark.parametrize("wrong", [VISIT._replace(at=NOW), VISIT._replace(office="gone"), VISIT._replace(office="")])
def test_a_visit_that_cannot_be_is_refused(wrong: Visit) -> None:
    request = make_request(email=MAIL)
    with pytest.raises(RefusedStep):
        schedule(request, wrong, "dana", NOW)
    assert visit(request) == (Status.NEW, None, "")
    assert news(request) == 0


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN, Status.CLOSED, Status.SPAM])
def test_what_ended_in_another_way_is_reopened_first(status: Status) -> None:
    request = make_request(status=status)
    with pytest.raises(IllegalTransition):
        schedule(request, VISIT, "dana", NOW)


def test_what_was_erased_gets_no_visit() -> None:
    request = make_request()
    erase(request, "dana", NOW)
    with pytest.raises(RefusedStep, match="was erased"):
        schedule(request, VISIT, "dana", NOW)


def test_the_time_is_corrected_later_and_that_can_be_undone() -> None:
    request = make_request(email=MAIL)
    schedule(request, VISIT, "dana", NOW)
    schedule(request, OTHER, "kim", LATER)
    assert visit(request) == (Status.SCHEDULED, *OTHER)
    assert request.ended_at == NOW
    assert last_event(request) == "kim set the visit to Thursday, December 3, 2026, 3 p.m. EST, Lake Wren office"
    undo(request, "kim", LATER)
    assert visit(request) == (Status.SCHEDULED, *VISIT)
    undo(request, "kim", LATER)
    assert visit(request) == (Status.NEW, None, "")
    assert news(request) == 4


def test_the_same_visit_again_is_no_change() -> None:
    request = make_request(email=MAIL)
    schedule(request, VISIT, "dana", NOW)
    with pytest.raises(RefusedStep, match="has this visit already"):
        schedule(request, VISIT, "dana", NOW)
    assert news(request) == 1


def test_one_that_was_scheduled_before_visits_had_a_time_is_given_one() -> None:
    request = make_request(status=Status.SCHEDULED)
    schedule(request, VISIT, "dana", NOW)
    assert visit(request) == (Status.SCHEDULED, *VISIT)
    undo(request, "dana", NOW)
    assert visit(request) == (Status.SCHEDULED, None, "")


def test_of_two_at_once_one_is_told_and_no_second_mail_leaves() -> None:
    request = make_request(email=MAIL)
    as_read = ConsultationRequest.objects.get()
    schedule(request, VISIT, "dana", NOW)
    with pytest.raises(ChangedMeanwhile):
        schedule(as_read, OTHER, "kim", NOW)
    assert (visit(request), news(request)) == ((Status.SCHEDULED, *VISIT), 1)


def reopen(request: ConsultationRequest) -> None:
    transition(request, Status.CONTACTING, "dana", LATER)


NEWS: dict[str, Callable[[ConsultationRequest], None]] = {
    "scheduled": lambda request: schedule(request, VISIT, "dana", NOW),
    "declined": lambda request: transition(request, Status.DECLINED, "dana", NOW, DeclineReason.NO_ROOM),
}
NO_NEWS: dict[str, Callable[[ConsultationRequest], None]] = {
    "closed": lambda request: transition(request, Status.CLOSED, "dana", NOW),
    "spam": lambda request: transition(request, Status.SPAM, "dana", NOW),
    "withdrawn": lambda request: transition(request, Status.WITHDRAWN, "", NOW),
    "contacting": lambda request: transition(request, Status.CONTACTING, "dana", NOW),
    "no answer": lambda request: record_attempt(request, Attempt.NO_ANSWER, "dana", NOW),
    "joined": lambda request: join(request, make_request(email=MAIL), "dana", NOW),
}


@pytest.mark.parametrize("outcome", NEWS)
@pytest.mark.parametrize("after", [reopen, lambda request: undo(request, "dana", LATER)])
def test_each_change_of_an_outcome_is_one_mail(outcome: str, after: Callable[[ConsultationRequest], None]) -> None:
    request = make_request(email=MAIL)
    act = NEWS[outcome]
    act(request)
    message = request.messages.get(kind=MailKind.NEWS)
    assert (message.recipient, message.created_at, message.next_try_at, message.status) == (MAIL, NOW, NOW, "waiting")
    after(request)
    assert (news(request), visit(request)[1:]) == (2, (None, ""))


@pytest.mark.parametrize("step", NO_NEWS)
def test_what_is_no_outcome_is_no_news(step: str) -> None:
    request = make_request(email=MAIL)
    NO_NEWS[step](request)
    assert not OutboxMessage.objects.filter(kind=MailKind.NEWS).exists()


@pytest.mark.parametrize("outcome", NEWS)
def test_who_left_no_address_gets_no_mail(outcome: str) -> None:
    request = make_request()
    NEWS[outcome](request)
    assert news(request) == 0


@pytest.mark.parametrize("outcome", NEWS)
def test_erasing_takes_the_mails_along_and_sends_none(outcome: str) -> None:
    request = make_request(email=MAIL)
    NEWS[outcome](request)
    erase(request, "dana", NOW)
    assert not request.messages.exclude(kind=MailKind.NOTICE).exists()
    assert (request.visit_at, request.visit_office) == (None, "")


@pytest.mark.parametrize("model", [AuditEvent, OutboxMessage])
def test_state_trail_and_mail_are_stored_together_or_not_at_all(model: type, monkeypatch: pytest.MonkeyPatch) -> None:
    request = make_request(email=MAIL)
    field = model._meta.get_field("request")  # type: ignore[attr-defined]

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError

    monkeypatch.setattr(field, "get_db_prep_save", fail)
    with pytest.raises(OSError):  # noqa: PT011 (ours has no text)
        schedule(request, VISIT, "dana", NOW)
    monkeypatch.undo()
    assert visit(request) == (Status.NEW, None, "")
    assert request.audit_events.filter(action=Action.TRANSITION).count() == news(request) == 0
