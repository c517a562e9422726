"""Health checks of the desk for monitoring."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from appointments import workflow
from appointments.choices import Action, MailStatus
from appointments.models import ConsultationRequest
from tests.appointments.builders import NOW, VISIT, make_message, make_request, schedule

pytestmark = pytest.mark.django_db
READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET LOCAL transaction_read_only = ON"}
AS_BEFORE = {"sqlite": "PRAGMA query_only = OFF", "postgresql": "SELECT"}  # which forgets with the transaction
LOST = "Lost requests, which nobody opened in time or whose notice did not leave: 1"


def health(at: dt.datetime) -> list[str]:
    """Return the reported faults, one per line."""
    out = StringIO()
    with time_machine.travel(at, tick=False):
        try:
            call_command("desk_health", stdout=out)
        except CommandError as error:  # the command exits with status 1
            return str(error).splitlines()
    assert out.getvalue() == "The desk is well.\n"
    return []


def request_with_sent_notice() -> ConsultationRequest:
    """Create a request whose notice was sent."""
    return make_message(status=MailStatus.SENT).request


def test_a_desk_without_open_work_is_healthy() -> None:
    request_with_sent_notice()
    assert health(NOW) == []


def test_an_opened_request_without_action_in_time_is_overdue() -> None:
    request = request_with_sent_notice()
    workflow.record(request, Action.OPENED, "dana", NOW)
    assert health(request.due_at) == []
    assert health(request.due_at + dt.timedelta(minutes=1)) == ["Overdue requests: 1"]


def test_an_unopened_overdue_request_is_also_lost() -> None:
    request = request_with_sent_notice()
    assert health(request.reply_by + dt.timedelta(minutes=1)) == ["Overdue requests: 1", LOST]


def test_a_handled_request_is_neither_overdue_nor_lost() -> None:
    request = request_with_sent_notice()
    schedule(request, VISIT, "dana", NOW)
    assert health(request.reply_by + dt.timedelta(days=100)) == []


def test_a_request_waiting_over_90_days_is_reported_even_if_its_next_try_is_later() -> None:
    request = request_with_sent_notice()
    workflow.record(request, Action.OPENED, "dana", NOW)
    ConsultationRequest.objects.update(due_at=NOW + dt.timedelta(days=200))
    assert health(NOW + dt.timedelta(days=90)) == []
    assert health(NOW + dt.timedelta(days=90, minutes=1)) == ["Requests that have waited for more than 90 days: 1"]


def test_unsent_mails_are_reported() -> None:
    make_message(status=MailStatus.FAILED)
    make_request()
    assert health(NOW + dt.timedelta(minutes=10)) == [
        LOST,
        "Mails that were given up: 1",
        "Mails that should have left by now: 1",
    ]


def test_a_read_only_database_is_reported() -> None:
    """For example, after a restore that left the file owned by root."""
    request_with_sent_notice()
    with connection.cursor() as cursor:
        with transaction.atomic():
            cursor.execute(READ_ONLY[connection.vendor])
            (line,) = health(NOW)
        cursor.execute(AS_BEFORE[connection.vendor])
    assert line.startswith("The database can be read, and takes no changes: no request can be sent.")


def test_reports_contain_no_personal_data() -> None:
    make_request(email="ana@example.com")
    lines = " ".join(health(NOW + dt.timedelta(days=100)))
    assert not [word for word in ("Ana", "Torres", "example.com", "555") if word in lines]
