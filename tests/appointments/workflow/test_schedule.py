"""A visit has a time and an office; a patient who left an e-mail address is told of news by mail."""

import datetime as dt
from collections.abc import Callable

import pytest

from appointments.choices import NEWS_KINDS, Action, Attempt, DeclineReason, MailKind, Status
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.policies.refusals import ChangedMeanwhile, IllegalTransition, RefusedStep
from appointments.visit_time import VisitTime
from appointments.workflow import erase, join, record_attempt, transition, undo
from tests.appointments.builders import LATER, NOW, VISIT, VISIT_WORDS, make_request, schedule

pytestmark = pytest.mark.django_db
OTHER = VisitTime(VISIT.at + dt.timedelta(days=2), "lake-wren")
MAIL = "ana@example.com"


def visit(request: ConsultationRequest) -> tuple[str, dt.datetime | None, str]:
    """Return status, time and office as stored; check that `request` agrees."""
    stored = ConsultationRequest.objects.get(pk=request.pk)
    found = stored.status, stored.visit_at, stored.visit_office
    assert found == (request.status, request.visit_at, request.visit_office)
    return found


def news(request: ConsultationRequest) -> int:
    return request.messages.filter(kind__in=NEWS_KINDS).count()


def last_event(request: ConsultationRequest) -> str:
    return str(request.audit_events.last()).replace("\u00a0", " ")


@pytest.mark.parametrize("status", [Status.NEW, Status.CONTACTING])
def test_time_and_office_are_stored_and_recorded(status: Status) -> None:
    request = make_request(status=status)
    schedule(request, VISIT, "dana", NOW)
    assert visit(request) == (Status.SCHEDULED, *VISIT)
    assert (request.ended_at, request.try_from) == (NOW, None)
    assert last_event(request) == f"dana changed the status from {status.label} to Scheduled (visit: {VISIT_WORDS})"


def test_scheduling_by_status_alone_is_refused() -> None:
    request = make_request()
    with pytest.raises(RefusedStep, match="needs a date, a time and an office"):
        transition(request, Status.SCHEDULED, "dana", NOW)
    assert visit(request) == (Status.NEW, None, "")


@pytest.mark.parametrize("wrong", [VISIT._replace(at=NOW), VISIT._replace(office="gone"), VISIT._replace(office="")])
def test_an_invalid_visit_is_refused(wrong: VisitTime) -> None:
    request = make_request(email=MAIL)
    with pytest.raises(RefusedStep):
        schedule(request, wrong, "dana", NOW)
    assert visit(request) == (Status.NEW, None, "")
    assert news(request) == 0


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN, Status.CLOSED, Status.SPAM])
def test_a_request_that_ended_otherwise_must_be_reopened_first(status: Status) -> None:
    request = make_request(status=status)
    with pytest.raises(IllegalTransition):
        schedule(request, VISIT, "dana", NOW)


def test_an_erased_request_gets_no_visit() -> None:
    request = make_request()
    erase(request, "dana", NOW)
    with pytest.raises(RefusedStep, match="was erased"):
        schedule(request, VISIT, "dana", NOW)


def test_a_visit_can_be_changed_and_the_change_is_not_undone() -> None:
    request = make_request(email=MAIL)
    schedule(request, VISIT, "dana", NOW)
    schedule(request, OTHER, "kim", LATER)
    assert visit(request) == (Status.SCHEDULED, *OTHER)
    assert request.ended_at == NOW
    assert last_event(request) == "kim set the visit to Thursday, December 3, 2026, 3 p.m. EST, Lake Wren office"
    with pytest.raises(RefusedStep, match="no step of the desk"):
        undo(request, "kim", LATER)
    assert visit(request) == (Status.SCHEDULED, *OTHER)
    assert news(request) == len(["booked", "changed"])


def test_scheduling_the_same_visit_again_is_refused() -> None:
    request = make_request(email=MAIL)
    schedule(request, VISIT, "dana", NOW)
    with pytest.raises(RefusedStep, match="has this visit already"):
        schedule(request, VISIT, "dana", NOW)
    assert news(request) == 1


def test_a_request_scheduled_without_a_time_can_be_given_one() -> None:
    request = make_request(status=Status.SCHEDULED)
    schedule(request, VISIT, "dana", NOW)
    assert visit(request) == (Status.SCHEDULED, *VISIT)
    undo(request, "dana", NOW)
    assert visit(request) == (Status.SCHEDULED, None, "")
    assert not request.visits.open().exists()


def test_of_two_simultaneous_visits_one_is_refused_and_sends_no_mail() -> None:
    request = make_request(email=MAIL)
    stale = ConsultationRequest.objects.get()
    schedule(request, VISIT, "dana", NOW)
    with pytest.raises(ChangedMeanwhile):
        schedule(stale, OTHER, "kim", NOW)
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
def test_each_change_of_an_outcome_sends_one_mail(outcome: str, after: Callable[[ConsultationRequest], None]) -> None:
    request = make_request(email=MAIL)
    act = NEWS[outcome]
    act(request)
    message = request.messages.get(kind__in=NEWS_KINDS)
    assert (message.recipient, message.created_at, message.next_try_at, message.status) == (MAIL, NOW, NOW, "waiting")
    after(request)
    assert (news(request), visit(request)[1:]) == (2, (None, ""))


@pytest.mark.parametrize("step", NO_NEWS)
def test_other_steps_send_no_news(step: str) -> None:
    request = make_request(email=MAIL)
    NO_NEWS[step](request)
    assert not OutboxMessage.objects.filter(kind__in=NEWS_KINDS).exists()


@pytest.mark.parametrize("outcome", NEWS)
def test_without_an_address_no_mail_is_sent(outcome: str) -> None:
    request = make_request()
    NEWS[outcome](request)
    assert news(request) == 0


@pytest.mark.parametrize("outcome", NEWS)
def test_erasing_deletes_the_mails_and_sends_none(outcome: str) -> None:
    request = make_request(email=MAIL)
    NEWS[outcome](request)
    erase(request, "dana", NOW)
    assert not request.messages.exclude(kind=MailKind.NOTICE).exists()
    assert (request.visit_at, request.visit_office) == (None, "")


@pytest.mark.parametrize("model", [AuditEvent, OutboxMessage])
def test_state_audit_event_and_mail_are_stored_together(model: type, monkeypatch: pytest.MonkeyPatch) -> None:
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
