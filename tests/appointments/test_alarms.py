"""Alarms to the fallback address about requests that seem lost."""

import datetime as dt
import logging

import pytest

from appointments import workflow
from appointments.alarms import raise_alarms
from appointments.choices import Action, Attempt, MailKind, MailStatus, Status
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.models.requests import LEFT_LYING
from appointments.outbox import deliver_due
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_message, make_request

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = dt.timedelta(minutes=30)
AFTER_THE_PROMISE = NOW + dt.timedelta(days=3)


def alarms() -> list[str]:
    """Return the references in alarms to the fallback address."""
    found = OutboxMessage.objects.filter(kind=MailKind.ALARM).order_by("request")
    assert {message.recipient for message in found} <= {get_clinic().fallback_email}
    return [message.request.reference for message in found]


class TestWhatIsLost:
    def test_a_request_not_opened_in_time_is_lost(self) -> None:
        request = make_request()
        assert raise_alarms(request.reply_by) == 0
        assert raise_alarms(request.reply_by + dt.timedelta(seconds=1)) == 1
        assert alarms() == [request.reference]

    def test_a_request_whose_notice_was_given_up_is_lost(self) -> None:
        message = make_message(status=MailStatus.FAILED)
        assert raise_alarms(NOW) == 1
        assert alarms() == [message.request.reference]

    def test_an_opened_request_is_lost_only_after_a_day_without_action(self) -> None:
        request = make_request()
        workflow.record(request, Action.OPENED, "dana", NOW)
        assert raise_alarms(request.reply_by + LEFT_LYING) == 0
        assert raise_alarms(request.reply_by + LEFT_LYING + dt.timedelta(seconds=1)) == 1

    def test_a_request_with_an_attempt_is_not_lost(self) -> None:
        request = make_request()
        workflow.record(request, Action.OPENED, "dana", NOW)
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        assert raise_alarms(AFTER_THE_PROMISE) == 0

    def test_an_ended_request_is_not_lost(self) -> None:
        workflow.transition(make_request(), Status.WITHDRAWN, "", NOW)
        assert raise_alarms(AFTER_THE_PROMISE) == 0


class TestCrisis:
    """Monday, 10 a.m., both offices open; they close at 5 p.m., and the alarm comes after 30 minutes of open time."""

    @pytest.mark.parametrize(
        ("sent", "alarmed"),
        [
            (NOW, NOW + HALF_AN_HOUR),
            (NOW + dt.timedelta(hours=6, minutes=50), NOW + dt.timedelta(hours=22, minutes=20)),
        ],
    )
    def test_the_alarm_comes_after_half_an_hour_in_which_an_office_was_open(
        self, sent: dt.datetime, alarmed: dt.datetime
    ) -> None:
        make_request(now=sent)
        crisis = make_request(now=sent, note="I want to die")
        workflow.record(crisis, Action.OPENED, "dana", sent)
        assert raise_alarms(alarmed - dt.timedelta(seconds=1)) == 0
        assert raise_alarms(alarmed) == 1
        assert alarms() == [crisis.reference]

    def test_an_attempt_in_time_prevents_the_alarm(self) -> None:
        crisis = make_request(note="I want to die")
        workflow.record_attempt(crisis, Attempt.NO_ANSWER, "dana", NOW)
        assert raise_alarms(NOW + HALF_AN_HOUR) == 0


class TestAlarm:
    def test_each_alarm_is_sent_once(self) -> None:
        requests = [make_request(), make_request()]
        assert [raise_alarms(AFTER_THE_PROMISE), raise_alarms(AFTER_THE_PROMISE)] == [2, 0]
        assert alarms() == [request.reference for request in requests]

    def test_the_alarm_is_sent_through_the_outbox(self) -> None:
        make_request()
        raise_alarms(AFTER_THE_PROMISE)
        deliver_due(clock=lambda: AFTER_THE_PROMISE)
        assert OutboxMessage.objects.get(kind=MailKind.ALARM).status == MailStatus.SENT

    def test_the_log_names_the_reference_and_no_personal_data(self, caplog: pytest.LogCaptureFixture) -> None:
        reference = make_request(email="ana@example.com").reference
        raise_alarms(AFTER_THE_PROMISE)
        raise_alarms(AFTER_THE_PROMISE)
        logged = [
            (record.levelno, record.getMessage()) for record in caplog.records if record.name == "appointments.alarms"
        ]
        assert logged == [(logging.ERROR, f"Request {reference} seems lost: the fallback address is told.")]

    def test_only_one_of_two_workers_raises_the_alarm(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Both workers find the request; the other one is faster."""
        request = make_request()
        raise_alarm = workflow.raise_alarm

        def late(request: ConsultationRequest, now: dt.datetime) -> bool:
            assert raise_alarm(request, now)
            return raise_alarm(request, now)

        monkeypatch.setattr(workflow, "raise_alarm", late)
        assert raise_alarms(AFTER_THE_PROMISE) == 0
        assert alarms() == [request.reference]
        assert "seems lost" not in caplog.text
