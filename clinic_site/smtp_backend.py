"""Sends mail over SMTP, with a wait of its own for each answer of the mail server (RFC 5321, 4.5.3.2).

A server may check a mail for minutes after it has the whole of it. Who gives up before it answers and tries again sends
a second copy, so that answer is awaited for as long as the standard asks. Before, nothing can be doubled, and
settings.EMAIL_TIMEOUT is enough for the connection and for each other answer.
"""

import smtplib
import socket
from contextlib import suppress
from typing import Any, cast

from django.core.mail.backends import smtp

ANSWER_TO_DATA = 120  # seconds until the server wants the mail, and for each part of it to be taken
ANSWER_TO_MAIL = 600  # seconds until the server says that it has the whole mail
EARLIER_ANSWERS = 11  # connection, greeting, EHLO, STARTTLS, handshake, EHLO, up to 3 of AUTH, MAIL, RCPT


def longest_sending(timeout: int) -> int:
    """Return how many seconds the sending of one mail may take with `timeout` seconds for each earlier answer."""
    return EARLIER_ANSWERS * timeout + ANSWER_TO_DATA + ANSWER_TO_DATA + ANSWER_TO_MAIL


class WaitingSMTP(smtplib.SMTP):
    def putcmd(self, cmd: str, args: str = "") -> None:
        super().putcmd(cmd, args)
        self._wait_for(ANSWER_TO_DATA if cmd.lower() == "data" else self.timeout)

    def send(self, s: Any) -> None:
        """Send a command (text) or the whole mail (bytes)."""
        super().send(s)
        if isinstance(s, bytes):
            self._wait_for(ANSWER_TO_MAIL)

    def _wait_for(self, seconds: float) -> None:
        cast("socket.socket", self.sock).settimeout(seconds)


class WaitingSMTPOverTLS(WaitingSMTP, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return WaitingSMTPOverTLS if self.use_ssl else WaitingSMTP

    def close(self) -> None:
        """Say goodbye. A server that answers it badly has taken the mail all the same, so that is no failure."""
        with suppress(smtplib.SMTPException, OSError):
            super().close()
