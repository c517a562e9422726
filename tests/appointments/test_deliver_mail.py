import datetime as dt
import os
import signal
import threading
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from appointments import alarms
from appointments.outbox import MAX_ATTEMPTS
from clinic_site import background
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_message, make_request

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - dt.timedelta(days=400)


@pytest.fixture
def no_chores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disable housekeeping: its thread has its own connection and cannot see uncommitted test data."""
    monkeypatch.setattr(background, "CHORES", [])


@pytest.mark.usefixtures("clock")
def test_one_round_prints_its_outcome() -> None:
    make_request(email="ana@example.com")
    out = StringIO()
    call_command("deliver_mail", stdout=out)
    assert out.getvalue() == "2 sent, 0 to be tried again, 0 given up\n"


@pytest.mark.usefixtures("clock")
def test_a_round_raises_alarms_first_and_sends_them() -> None:
    make_request(now=LONG_AGO)
    call_command("deliver_mail", stdout=StringIO())
    assert [get_clinic().fallback_email] in [message.to for message in mail.outbox]


def test_a_round_sends_the_weekly_reminder_about_articles() -> None:
    call_command("deliver_mail", stdout=StringIO())
    assert [message.to for message in mail.outbox] == [[get_clinic().articles_email]]


def test_failing_alarms_do_not_stop_the_mail(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def breaks(now: dt.datetime) -> None:
        raise DatabaseError("with a name in it")

    make_request(now=LONG_AGO)
    monkeypatch.setattr(alarms, "without_alarm", breaks)
    call_command("deliver_mail", stdout=StringIO())
    assert [get_clinic().notices_email] in [message.to for message in mail.outbox]
    assert "Housekeeping failed at raise_alarms (DatabaseError)." in caplog.text


def test_giving_up_a_mail_makes_the_command_fail() -> None:
    make_message(attempts=MAX_ATTEMPTS - 1, subject="a\nline break is refused", next_try_at=LONG_AGO)
    with pytest.raises(CommandError, match="given up"):
        call_command("deliver_mail", stdout=StringIO())


@pytest.mark.usefixtures("no_chores")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_loop_sends_until_it_is_stopped(number: signal.Signals) -> None:
    make_request(now=LONG_AGO)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
    timer.start()
    try:
        call_command("deliver_mail", loop=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        timer.join()
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("no_chores")
def test_the_loop_ends_with_its_parent_process() -> None:
    """Even if the parent process ended before the loop started."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("deliver_mail", loop=True, parent=1)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert mail.outbox == []
