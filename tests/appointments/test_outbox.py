import datetime as dt
import logging
import threading
import time
from collections import Counter
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.db import InterfaceError, OperationalError

from appointments import outbox
from appointments.models import OutboxMessage
from appointments.models.outbox import OutboxQuerySet
from appointments.outbox import (
    MAX_ATTEMPTS,
    DeliveryOutcome,
    deliver_due,
    deliver_until,
    lease,
    pause,
)
from clinic_site.mail.messages import LEASE, send
from tests.appointments.builders import NOW, make_message, make_request

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


class BrokenBackend(locmem.EmailBackend):
    """A mail server that is down; its error contains an address."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("ana@example.com refused")


STOPPING = threading.Event()


class StoppingBackend(locmem.EmailBackend):
    """A mail server that answers only after the worker is stopped."""

    def send_messages(self, messages: Any) -> int:
        STOPPING.set()
        time.sleep(0.1)
        return super().send_messages(messages)


@pytest.fixture
def broken(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"


def deliver(now: dt.datetime = NOW) -> Counter[DeliveryOutcome]:
    return deliver_due(clock=lambda: now, jitter=lambda: 1.0)


class TestSending:
    def test_due_mails_are_sent_once(self) -> None:
        make_request(email="ana@example.com")
        assert deliver() == {DeliveryOutcome.SENT: 2}
        assert deliver() == {}
        assert sorted(message.to[0] for message in mail.outbox) == ["ana@example.com", "desk@clinic.example"]

    def test_a_sent_mail_is_marked_sent(self) -> None:
        message = make_message()
        deliver()
        message.refresh_from_db()
        assert (message.status, message.sent_at, message.leased_until) == ("sent", NOW, None)

    def test_a_mail_has_the_text_of_its_row_and_the_sender_of_the_site(self) -> None:
        message = make_message()
        deliver()
        sent = mail.outbox[0]
        assert (sent.subject, sent.body, sent.from_email) == (message.subject, message.body, "desk@clinic.example")
        assert sent.extra_headers["Auto-Submitted"] == "auto-generated"

    def test_the_message_id_comes_from_the_row(self) -> None:
        message = make_message()
        deliver()
        assert mail.outbox[0].message()["Message-ID"] == f"<{message.pk}@clinic.example>"

    def test_mails_that_are_not_due_wait(self) -> None:
        make_message(next_try_at=NOW + SECOND)
        assert deliver() == {}
        assert deliver(NOW + SECOND) == {DeliveryOutcome.SENT: 1}


class TestLease:
    def test_two_workers_never_lease_the_same_mail(self) -> None:
        make_message()
        assert lease(NOW) is not None
        assert lease(NOW) is None

    def test_a_worker_that_loses_the_race_takes_the_next_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The other worker leases the first mail after both found it due."""
        first, second = make_message(), make_message(next_try_at=NOW + SECOND)
        due_messages = OutboxMessage.objects.due(NOW + SECOND)
        due = type(due_messages).due
        calls = iter(range(10))

        def due_with_a_rival(self: Any, now: dt.datetime) -> Any:
            if next(calls) == 1:
                OutboxMessage.objects.filter(pk=first.pk).update(leased_until=now + LEASE)
            return due(self, now)

        monkeypatch.setattr(type(due_messages), "due", due_with_a_rival)
        taken = lease(NOW + SECOND)
        assert taken == second

    def test_a_crash_after_sending_resends_with_the_same_message_id(self) -> None:
        message = lease(make_message().next_try_at)
        assert message is not None
        send(message.recipient, message.subject, message.body, str(message.pk))
        assert deliver(NOW + LEASE - SECOND) == {}
        assert deliver(NOW + LEASE) == {DeliveryOutcome.SENT: 1}
        assert len({message.message()["Message-ID"] for message in mail.outbox}) == 1
        assert len(mail.outbox) == len(["before the crash", "after it"])

    def test_a_late_worker_does_not_overwrite_the_outcome_of_another(self) -> None:
        make_message()
        slow = lease(NOW)
        assert slow is not None
        deliver(NOW + LEASE)
        outbox._after_failure(slow, TimeoutError(), NOW + LEASE, 1.0)
        assert OutboxMessage.objects.get().status == "sent"

    def test_a_late_worker_does_not_release_the_lease_of_another(self) -> None:
        make_message()
        slow, quick = lease(NOW), lease(NOW + LEASE)
        assert slow is not None
        assert quick is not None
        outbox._after_failure(slow, TimeoutError(), NOW + LEASE, 1.0)
        assert OutboxMessage.objects.get().leased_until == quick.leased_until


@pytest.mark.usefixtures("broken")
class TestFailing:
    def test_a_failed_mail_is_retried_later(self) -> None:
        message = make_message()
        assert deliver() == {DeliveryOutcome.PUT_OFF: 1}
        message.refresh_from_db()
        assert (message.status, message.attempts, message.leased_until) == ("waiting", 1, None)
        assert message.next_try_at == NOW + pause(1, 1.0)

    def test_only_the_kind_of_error_is_stored_and_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        message = make_message()
        deliver()
        message.refresh_from_db()
        assert message.last_error == "ConnectionRefusedError"
        line = f"Outbox message {message.pk} failed at try 1 and is tried again: ConnectionRefusedError."
        assert caplog.messages == [f"{line} Others that fail so are not logged."]

    def test_the_last_failure_is_logged_as_an_error_without_personal_data(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        message = make_message(attempts=MAX_ATTEMPTS - 1)
        with caplog.at_level(logging.ERROR):
            assert deliver() == {DeliveryOutcome.GIVEN_UP: 1}
        message.refresh_from_db()
        assert message.status == "failed"
        assert caplog.messages == [
            f"Outbox message {message.pk} was given up at try {MAX_ATTEMPTS}: ConnectionRefusedError."
        ]

    def test_an_outage_is_logged_once_for_any_number_of_mails(self, caplog: pytest.LogCaptureFixture) -> None:
        for _ in range(5):
            make_message()
        for hour in range(3):
            deliver(NOW + dt.timedelta(hours=hour))
        assert len(caplog.messages) == 1

    def test_the_end_of_an_outage_is_logged(self, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
        make_message()
        now = NOW
        with outbox.delivery(lambda: now, lambda: 1.0) as mails:
            assert mails.begin() == 1
            assert list(mails.finish()) == [DeliveryOutcome.PUT_OFF]
            now = NOW + dt.timedelta(hours=1)
            settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
            assert mails.begin() == 1
            assert list(mails.finish()) == [DeliveryOutcome.SENT]
        assert caplog.messages[1:] == ["The sending of mail works again."]

    def test_after_a_restart_an_outage_is_logged_once_more(self, caplog: pytest.LogCaptureFixture) -> None:
        make_message()
        deliver()
        make_message()
        deliver(NOW + dt.timedelta(hours=1))
        assert len(caplog.messages) == len(["the first", "the second, in a new round"])

    def test_a_mail_that_was_given_up_is_stored_and_not_retried(self) -> None:
        make_message(attempts=MAX_ATTEMPTS - 1)
        deliver()
        assert deliver(NOW + dt.timedelta(days=30)) == {}
        assert OutboxMessage.objects.count() == 1

    def test_one_bad_mail_does_not_delay_the_others(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        make_message(subject="a\nline break is refused")
        make_message()
        assert deliver() == {DeliveryOutcome.PUT_OFF: 1, DeliveryOutcome.SENT: 1}


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (113, 3600)])
def test_the_pause_doubles_up_to_an_hour(attempts: int, seconds: int) -> None:
    assert pause(attempts, 1.0) == dt.timedelta(seconds=seconds)
    assert pause(attempts, 0.0) == dt.timedelta(seconds=seconds * 0.9)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_a_mail_is_retried_for_about_96_hours(jitter: float) -> None:
    tried_for = sum((pause(attempts, jitter) for attempts in range(1, MAX_ATTEMPTS)), dt.timedelta())
    assert dt.timedelta(hours=96) <= tried_for <= dt.timedelta(hours=108)


class StopAfter(threading.Event):
    """An event that is set after some waits, without sleeping."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.rounds = rounds

    def wait(self, timeout: float | None = None) -> bool:
        self.rounds -= 1
        if not self.rounds:
            self.set()
        return self.is_set()


class TestLoop:
    def test_the_loop_sends_until_it_is_stopped(self) -> None:
        make_request(email="ana@example.com", now=NOW - dt.timedelta(days=400))
        deliver_until(StopAfter(rounds=2))
        assert len(mail.outbox) == len(["notice", "confirmation"])

    def test_a_stopped_loop_sends_nothing_more(self) -> None:
        make_request(now=NOW - dt.timedelta(days=400))
        stopped = threading.Event()
        stopped.set()
        deliver_until(stopped)
        assert mail.outbox == []

    @pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
    def test_the_loop_survives_an_unavailable_database(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kind: type[Exception]
    ) -> None:
        answers = iter([kind("the text may hold data"), kind("again"), None])

        def lease_from_a_shaky_database(now: dt.datetime) -> None:
            error = next(answers)
            if error:
                raise error

        monkeypatch.setattr(outbox, "lease", lease_from_a_shaky_database)
        deliver_until(StopAfter(rounds=3))
        trouble = f"The outbox cannot be read ({kind.__name__}). Trying again."
        assert caplog.messages == [trouble, "The outbox works again."]
        assert next(answers, "all rounds ran") == "all rounds ran"

    def test_a_mail_sent_while_the_database_fails_is_not_sent_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            outbox, "close_old_connections", lambda: None
        )  # the connection of the test is in a transaction
        make_message(next_try_at=NOW - dt.timedelta(days=400))
        fails = iter([True, True])
        update = OutboxQuerySet.update

        def update_while_locked(self: OutboxQuerySet, **changes: Any) -> int:
            if "sent_at" in changes and next(fails, False):
                raise OperationalError("database is locked")
            return update(self, **changes)

        monkeypatch.setattr(OutboxQuerySet, "update", update_while_locked)
        deliver_until(StopAfter(rounds=3))
        assert (len(mail.outbox), OutboxMessage.objects.get().status) == (1, "sent")

    def test_the_outcome_of_a_mail_in_progress_is_recorded_when_stopped(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbox, "EVERY", 0.01)
        settings.EMAIL_BACKEND = f"{__name__}.StoppingBackend"
        make_message(next_try_at=NOW - dt.timedelta(days=400))
        deliver_until(STOPPING)
        assert (len(mail.outbox), OutboxMessage.objects.get().status) == (1, "sent")


def test_a_mail_erased_during_the_lease_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_message(), make_request().messages.get()
    OutboxMessage.objects.filter(pk=first.pk).update(next_try_at=NOW - dt.timedelta(hours=1))
    update = OutboxQuerySet.update

    def and_erased(self: OutboxQuerySet, **changes: Any) -> int:
        taken = update(self, **changes)
        OutboxMessage.objects.filter(pk=first.pk).delete()
        return taken

    monkeypatch.setattr(OutboxQuerySet, "update", and_erased)
    assert lease(NOW) == second


def test_concurrent_retries_of_one_mail_are_recorded_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = make_message(status="failed")
    update = OutboxQuerySet.update

    def update_after_a_colleague(self: OutboxQuerySet, **changes: Any) -> int:
        update(OutboxMessage.objects.filter(pk=message.pk), status="waiting")
        return update(self, **changes)

    monkeypatch.setattr(OutboxQuerySet, "update", update_after_a_colleague)
    assert outbox.send_again(OutboxMessage.objects.all(), "dana", NOW) == 0
    assert not message.request.audit_events.filter(action="mailed_again").exists()
