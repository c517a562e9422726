"""Mail through Django's SMTP backend to a faulty real server: no mail is lost, and faults are logged."""

import datetime as dt
import smtplib
from collections import Counter
from collections.abc import Iterator
from email.header import decode_header, make_header

import pytest
from pytest_django import Settings

from appointments import outbox
from appointments.models import OutboxMessage
from appointments.outbox import MAX_ATTEMPTS, DeliveryOutcome, deliver_due, pause
from clinic_site.mail import smtp_backend
from clinic_site.mail.messages import LEASE, message_id
from tests.appointments.builders import NOW, make_request
from tests.appointments.smtp import MailServer, listening
from tests.serving import free_port

pytestmark = pytest.mark.django_db

NO_MORE = "Others that fail so are not logged."
PATIENT, DESK = "ana@example.com", "desk@clinic.example"
LATER = NOW + pause(1, 1.0)


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """The clinic's mail server, without faults by default."""
    server = MailServer()
    settings.EMAIL_BACKEND = settings.SMTP_BACKEND
    settings.EMAIL_HOST = "127.0.0.1"
    with listening(server) as settings.EMAIL_PORT:
        yield server


@pytest.fixture(autouse=True)
def _request() -> None:
    """Create a request with its two mails, to the desk and to the patient."""
    make_request(email=PATIENT)


def deliver(now: dt.datetime = NOW) -> Counter[DeliveryOutcome]:
    return deliver_due(clock=lambda: now, jitter=lambda: 1.0)


def mail_to(recipient: str) -> OutboxMessage:
    return OutboxMessage.objects.get(recipient=recipient)


def fate(recipient: str) -> tuple[str, int, str]:
    """Return status, failed tries and kind of the last error of that mail."""
    message = mail_to(recipient)
    return message.status, message.attempts, message.last_error


def put_off(recipient: str, kind: str) -> str:
    """Return the log line of a mail that failed once; an outage logs one line for all mails."""
    line = f"Outbox message {mail_to(recipient).pk} failed at try 1 and is tried again: {kind}."
    return line if kind == "SMTPRecipientsRefused" else f"{line} {NO_MORE}"


def is_logged_once(caplog: pytest.LogCaptureFixture, kind: str) -> bool:
    """Return True if the only log line is about one of the two mails."""
    (message,) = caplog.messages
    return message in [put_off(recipient, kind) for recipient in (PATIENT, DESK)]


def test_a_healthy_server_gets_every_mail_once(server: MailServer) -> None:
    assert deliver() == {DeliveryOutcome.SENT: 2}
    assert server.recipients() == [PATIENT, DESK]
    rows = OutboxMessage.objects.all()
    assert {mail["Message-ID"] for mail in server.mails} == {message_id(str(row.pk)) for row in rows}


def test_mails_wait_while_the_server_is_down(
    server: MailServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    well, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert deliver() == {DeliveryOutcome.PUT_OFF: 2}
    assert fate(PATIENT) == fate(DESK) == ("waiting", 1, "ConnectionRefusedError")
    assert is_logged_once(caplog, "ConnectionRefusedError")
    settings.EMAIL_PORT = well
    assert deliver(LATER) == {DeliveryOutcome.SENT: 2}
    assert server.recipients() == [PATIENT, DESK]


def test_a_too_slow_server_is_retried(server: MailServer, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    server.silent = True
    settings.EMAIL_TIMEOUT = 0.2
    assert deliver() == {DeliveryOutcome.PUT_OFF: 2}
    assert fate(PATIENT) == fate(DESK) == ("waiting", 1, "SMTPServerDisconnected")
    assert is_logged_once(caplog, "SMTPServerDisconnected")
    server.silent, settings.EMAIL_TIMEOUT = False, 30
    assert deliver(LATER) == {DeliveryOutcome.SENT: 2}
    assert server.recipients() == [PATIENT, DESK]


def test_every_mail_is_seven_bit_if_the_server_offers_no_more(server: MailServer) -> None:
    deliver()
    confirmation, notice = sorted(server.contents, key=len, reverse=True)
    assert (confirmation.isascii(), notice.isascii()) == (True, True)
    assert {mail["Content-Transfer-Encoding"] for mail in server.mails} == {"quoted-printable"}
    assert max(len(line) for line in confirmation.splitlines()) <= 78
    stored = mail_to(PATIENT).body
    assert "\u00a0" in stored
    [sent] = [mail for mail in server.mails if mail["To"] == PATIENT]
    payload = sent.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n").strip() == stored.strip()


def test_text_in_any_script_arrives_unchanged(server: MailServer) -> None:
    OutboxMessage.objects.filter(recipient=PATIENT).update(
        subject="Señal ✓ " * 20, body="Ω = 5\u00a0µg\n.\n" + "é" * 2000
    )
    deliver()
    assert all(content.isascii() for content in server.contents)
    [sent] = [mail for mail in server.mails if mail["To"] == PATIENT]
    payload = sent.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n").strip() == "Ω = 5\u00a0µg\n.\n" + "é" * 2000
    assert str(make_header(decode_header(sent["Subject"]))).split() == ["Señal", "✓"] * 20


def test_a_permanently_refused_recipient_is_given_up_at_the_second_try(
    server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.refusals[PATIENT] = f"550 5.1.1 {PATIENT}: no such mailbox"
    assert deliver() == {DeliveryOutcome.PUT_OFF: 1, DeliveryOutcome.SENT: 1}
    assert server.recipients() == [DESK]
    assert deliver(LATER) == {DeliveryOutcome.GIVEN_UP: 1}
    assert fate(PATIENT) == ("failed", 2, "SMTPRecipientsRefused")
    given_up = f"Outbox message {mail_to(PATIENT).pk} was given up at try 2: SMTPRecipientsRefused."
    assert caplog.messages == [put_off(PATIENT, "SMTPRecipientsRefused"), given_up]
    assert caplog.records[1].levelname == "ERROR"
    assert deliver(LATER + outbox.LONGEST_PAUSE) == {}


@pytest.mark.parametrize(
    ("at", "answer", "kind"),
    [
        ("EHLO", "550 5.7.1 not from you", "SMTPHeloError"),
        ("MAIL", "553 5.1.8 no such sender", "SMTPSenderRefused"),
        ("DATA", "554 5.7.1 rejected as spam", "SMTPDataError"),
        ("DATA", "552 5.3.4 too large", "SMTPDataError"),
    ],
)
def test_a_permanent_refusal_of_any_command_is_final_at_the_second_try(
    server: MailServer, at: str, answer: str, kind: str
) -> None:
    server.refused_at[at] = answer
    assert deliver() == {DeliveryOutcome.PUT_OFF: 2}
    assert deliver(LATER) == {DeliveryOutcome.GIVEN_UP: 2}
    assert fate(PATIENT) == fate(DESK) == ("failed", 2, kind)


@pytest.mark.parametrize(
    ("at", "answer"), [("EHLO", "421 4.3.2 busy"), ("MAIL", "451 4.3.0 busy"), ("DATA", "451 4.3.0 busy")]
)
def test_a_temporary_refusal_is_not_final(server: MailServer, at: str, answer: str) -> None:
    server.refused_at[at] = answer
    assert deliver() == {DeliveryOutcome.PUT_OFF: 2}
    assert deliver(LATER) == {DeliveryOutcome.PUT_OFF: 2}
    server.refused_at.clear()
    assert deliver(LATER + outbox.LONGEST_PAUSE) == {DeliveryOutcome.SENT: 2}


def test_a_temporarily_refused_recipient_is_retried(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    server.refusals[PATIENT] = f"451 4.2.1 {PATIENT}: come back later"
    assert deliver() == {DeliveryOutcome.PUT_OFF: 1, DeliveryOutcome.SENT: 1}
    assert fate(PATIENT) == ("waiting", 1, "SMTPRecipientsRefused")
    assert caplog.messages == [put_off(PATIENT, "SMTPRecipientsRefused")]
    server.refusals.clear()
    assert deliver(LATER) == {DeliveryOutcome.SENT: 1}
    assert server.recipients() == [PATIENT, DESK]


def test_a_temporarily_refused_recipient_is_given_up_after_the_last_try(server: MailServer) -> None:
    server.refusals[PATIENT] = "451 4.2.1 come back later"
    OutboxMessage.objects.filter(recipient=PATIENT).update(attempts=MAX_ATTEMPTS - 1)
    assert deliver() == {DeliveryOutcome.GIVEN_UP: 1, DeliveryOutcome.SENT: 1}
    assert fate(PATIENT) == ("failed", MAX_ATTEMPTS, "SMTPRecipientsRefused")


def test_a_connection_lost_after_the_mail_causes_one_copy_with_the_same_message_id(
    server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    OutboxMessage.objects.exclude(recipient=PATIENT).update(next_try_at=NOW + outbox.LONGEST_PAUSE)
    server.hangs_up = True
    assert deliver() == {DeliveryOutcome.PUT_OFF: 1}
    assert fate(PATIENT) == ("waiting", 1, "SMTPServerDisconnected")
    assert caplog.messages == [put_off(PATIENT, "SMTPServerDisconnected")]
    server.hangs_up = False
    assert deliver(NOW + outbox.LONGEST_PAUSE) == {DeliveryOutcome.SENT: 2}
    assert server.recipients() == [PATIENT, PATIENT, DESK]
    first, second, _ = sorted(server.mails, key=lambda mail: mail["To"])
    assert first["Message-ID"] == second["Message-ID"] == message_id(str(mail_to(PATIENT).pk))


@pytest.mark.slow
class TestSlowAnswers:
    """Timeouts are shortened, so that a slow server exceeds them within the time of a test."""

    @pytest.fixture(autouse=True)
    def _impatient(self, settings: Settings) -> None:
        settings.EMAIL_TIMEOUT = 0.3

    def test_a_server_that_answers_late_after_the_mail_gets_one_copy(self, server: MailServer) -> None:
        server.checks_for = 1.0
        assert deliver() == {DeliveryOutcome.SENT: 2}
        assert deliver(NOW + outbox.LONGEST_PAUSE) == {}
        assert server.recipients() == [PATIENT, DESK]

    def test_a_server_slow_to_accept_the_mail_is_waited_for(
        self, server: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smtp_backend, "ANSWER_TO_DATA", 0.1)
        server.checks_for = 0.5
        assert deliver() == {DeliveryOutcome.SENT: 2}

    def test_a_server_that_never_answers_after_the_mail_is_retried(
        self, server: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smtp_backend, "ANSWER_TO_MAIL", 0.2)
        server.checks_for = 1.0
        assert deliver() == {DeliveryOutcome.PUT_OFF: 2}

    def test_an_error_after_quit_is_ignored(self, server: MailServer) -> None:
        server.goodbye = "2" * 10_000
        assert deliver() == {DeliveryOutcome.SENT: 2}

    def test_a_slow_mail_does_not_delay_another(self, server: MailServer) -> None:
        """The server delays its reply to the patient's mail until the desk's mail arrives."""
        server.holds_until[PATIENT] = DESK
        assert deliver() == {DeliveryOutcome.SENT: 2}
        assert server.recipients() == [PATIENT, DESK]

    @pytest.mark.parametrize("ssl", [True, False])
    def test_the_timeouts_apply_over_tls(self, settings: Settings, ssl: bool) -> None:
        settings.EMAIL_USE_SSL = ssl
        assert issubclass(smtp_backend.EmailBackend().connection_class, smtp_backend.WaitingSMTP)
        assert issubclass(smtp_backend.EmailBackend().connection_class, smtplib.SMTP_SSL) == ssl

    def test_a_lease_is_longer_than_the_longest_sending(self) -> None:
        settings_of_the_product = 30
        assert LEASE.total_seconds() > smtp_backend.longest_sending(settings_of_the_product)
