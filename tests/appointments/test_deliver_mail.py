import datetime as dt
import os
import signal
import threading
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from appointments.outbox import MAX_ATTEMPTS
from tests.appointments.builders import NOW, make_message, make_request

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - dt.timedelta(days=400)


def test_one_round_says_what_it_did() -> None:
    make_request(now=LONG_AGO, email="ana@example.com")
    out = StringIO()
    call_command("deliver_mail", stdout=out)
    assert out.getvalue() == "2 sent, 0 to be tried again, 0 given up\n"


def test_a_mail_that_is_given_up_makes_the_command_fail() -> None:
    make_message(attempts=MAX_ATTEMPTS - 1, subject="a\nline break is refused", next_try_at=LONG_AGO)
    with pytest.raises(CommandError, match="given up"):
        call_command("deliver_mail", stdout=StringIO())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_loop_sends_and_ends_when_it_is_told_to(number: signal.Signals) -> None:
    make_request(now=LONG_AGO)
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
    timer.start()
    try:
        call_command("deliver_mail", loop=True)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        timer.join()
    assert len(mail.outbox) == 1
