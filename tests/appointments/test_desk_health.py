"""Monitoring hears of what would otherwise be forgotten."""

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
from tests.appointments.builders import NOW, VISIT, make_message, make_request

pytestmark = pytest.mark.django_db
READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET LOCAL transaction_read_only = ON"}
AS_BEFORE = {"sqlite": "PRAGMA query_only = OFF", "postgresql": "SELECT"}  # which forgets with the transaction
LOST = "Lost requests, which nobody opened in time or whose notice did not leave: 1"


def health(at: dt.datetime) -> list[str]:
    """What is wrong, a line each."""
    out = StringIO()
    with time_machine.travel(at, tick=False):
        try:
            call_command("desk_health", stdout=out)
        except CommandError as error:  # which ends the process with status 1
            return str(error).splitlines()
    assert out.getvalue() == "The desk is well.\n"
    return []


def told() -> ConsultationRequest:
    """A request whose notice has left."""
    return make_message(status=MailStatus.SENT).request


def test_a_desk_with_nothing_undone_is_well() -> None:
    told()
    assert health(NOW) == []


def test_a_request_that_was_opened_and_not_acted_on_in_time_is_overdue() -> None:
    request = told()
    workflow.record(request, Action.OPENED, "dana", NOW)
    assert health(request.due_at) == []
    assert health(request.due_at + dt.timedelta(minutes=1)) == ["Overdue requests: 1"]


def test_one_that_nobody_opened_is_lost_as_well() -> None:
    request = told()
    assert health(request.reply_by + dt.timedelta(minutes=1)) == ["Overdue requests: 1", LOST]


def test_one_that_was_dealt_with_is_neither() -> None:
    request = told()
    workflow.schedule(request, VISIT, "dana", NOW)
    assert health(request.reply_by + dt.timedelta(days=100)) == []


def test_one_that_waits_for_more_than_90_days_is_told_though_its_next_try_is_due_later() -> None:
    request = told()
    workflow.record(request, Action.OPENED, "dana", NOW)
    ConsultationRequest.objects.update(due_at=NOW + dt.timedelta(days=200))
    assert health(NOW + dt.timedelta(days=90)) == []
    assert health(NOW + dt.timedelta(days=90, minutes=1)) == ["Requests that have waited for more than 90 days: 1"]


def test_mails_that_did_not_leave_are_told() -> None:
    make_message(status=MailStatus.FAILED)
    make_request()
    assert health(NOW + dt.timedelta(minutes=10)) == [
        LOST,
        "Mails that were given up: 1",
        "Mails that should have left by now: 1",
    ]


def test_a_database_that_takes_no_changes_is_told() -> None:
    """As after a restore that left the file to root."""
    told()
    with connection.cursor() as cursor:
        with transaction.atomic():
            cursor.execute(READ_ONLY[connection.vendor])
            (line,) = health(NOW)
        cursor.execute(AS_BEFORE[connection.vendor])
    assert line.startswith("The database can be read, and takes no changes: no request can be sent.")


def test_no_patient_is_named() -> None:
    make_request(email="ana@example.com")
    lines = " ".join(health(NOW + dt.timedelta(days=100)))
    assert not [word for word in ("Ana", "Torres", "example.com", "555") if word in lines]
