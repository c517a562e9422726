"""A request that seems lost is told of by another way, once."""

import datetime as dt
import logging

import pytest

from appointments import workflow
from appointments.alarms import raise_alarms
from appointments.choices import Action, Attempt, MailKind, MailStatus, Status
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.outbox import deliver_due
from appointments.querysets import LEFT_LYING
from clinic_site.clinic_file import get_clinic
from tests.appointments.builders import NOW, make_message, make_request

pytestmark = pytest.mark.django_db
AFTER_THE_PROMISE = NOW + dt.timedelta(days=3)


def alarms() -> list[str]:
    """The references that the fallback address is told of."""
    found = OutboxMessage.objects.filter(kind=MailKind.ALARM).order_by("request")
    assert {each.recipient for each in found} <= {get_clinic().fallback_email}
    return [each.request.reference for each in found]


class TestWhatIsLost:
    def test_a_request_that_nobody_opened_in_time(self) -> None:
        request = make_request()
        assert raise_alarms(request.reply_by) == 0
        assert raise_alarms(request.reply_by + dt.timedelta(seconds=1)) == 1
        assert alarms() == [request.reference]

    def test_one_whose_notice_was_given_up(self) -> None:
        message = make_message(status=MailStatus.FAILED)
        assert raise_alarms(NOW) == 1
        assert alarms() == [message.request.reference]

    def test_not_one_that_somebody_opened_until_it_was_left_lying_for_a_day(self) -> None:
        request = make_request()
        workflow.record(request, Action.OPENED, "dana", NOW)
        assert raise_alarms(request.reply_by + LEFT_LYING) == 0
        assert raise_alarms(request.reply_by + LEFT_LYING + dt.timedelta(seconds=1)) == 1

    def test_not_one_that_somebody_tried_to_reach(self) -> None:
        request = make_request()
        workflow.record(request, Action.OPENED, "dana", NOW)
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        assert raise_alarms(AFTER_THE_PROMISE) == 0

    def test_not_one_that_ended(self) -> None:
        workflow.transition(make_request(), Status.WITHDRAWN, "", NOW)
        assert raise_alarms(AFTER_THE_PROMISE) == 0


class TestAlarm:
    def test_each_is_told_once(self) -> None:
        requests = [make_request(), make_request()]
        assert [raise_alarms(AFTER_THE_PROMISE), raise_alarms(AFTER_THE_PROMISE)] == [2, 0]
        assert alarms() == [each.reference for each in requests]

    def test_it_leaves_with_the_other_mail(self) -> None:
        make_request()
        raise_alarms(AFTER_THE_PROMISE)
        deliver_due(clock=lambda: AFTER_THE_PROMISE)
        assert OutboxMessage.objects.get(kind=MailKind.ALARM).status == MailStatus.SENT

    def test_the_log_names_the_reference_and_no_person(self, caplog: pytest.LogCaptureFixture) -> None:
        reference = make_request(email="ana@example.com").reference
        raise_alarms(AFTER_THE_PROMISE)
        raise_alarms(AFTER_THE_PROMISE)
        told = [(each.levelno, each.getMessage()) for each in caplog.records if each.name == "appointments.alarms"]
        assert told == [(logging.ERROR, f"Request {reference} seems lost: the fallback address is told.")]

    def test_of_two_workers_one_tells_it(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Both found the request; the other one was faster."""
        request = make_request()
        raise_alarm = workflow.raise_alarm

        def late(request: ConsultationRequest, now: dt.datetime) -> bool:
            assert raise_alarm(request, now)
            return raise_alarm(request, now)

        monkeypatch.setattr(workflow, "raise_alarm", late)
        assert raise_alarms(AFTER_THE_PROMISE) == 0
        assert alarms() == [request.reference]
        assert "seems lost" not in caplog.text
