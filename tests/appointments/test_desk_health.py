"""Monitoring hears of what would otherwise be forgotten."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from appointments.choices import Status
from appointments.models import OutboxMessage
from tests.appointments.builders import NOW, make_message, make_request

pytestmark = pytest.mark.django_db


def health(at: dt.datetime) -> str:
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("desk_health", stdout=out)
    return out.getvalue()


def test_a_desk_with_nothing_undone_is_well() -> None:
    make_message(status=OutboxMessage.Status.SENT)
    assert health(NOW) == "The desk is well.\n"


def test_a_request_beyond_its_promise_is_told() -> None:
    request = make_message(status=OutboxMessage.Status.SENT).request
    with pytest.raises(CommandError, match=r"^1 requests wait beyond the time they were promised\.$"):
        health(request.reply_by + dt.timedelta(minutes=1))


def test_one_that_was_dealt_with_is_not() -> None:
    request = make_request(status=Status.SCHEDULED)
    request.messages.update(status=OutboxMessage.Status.SENT)
    assert health(request.reply_by + dt.timedelta(days=1)) == "The desk is well.\n"


def test_mails_that_did_not_leave_are_told() -> None:
    make_message(status=OutboxMessage.Status.FAILED)
    make_request()
    with pytest.raises(CommandError, match=r"^1 mails were given up; 1 mails should have left by now\.$"):
        health(NOW + dt.timedelta(minutes=10))
