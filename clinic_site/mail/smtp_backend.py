"""Send mail over SMTP, with a separate timeout for each answer of the mail server (RFC 5321, 4.5.3.2).

A server may check a mail for minutes after it has received all of it. A client that gives up before that answer and
tries again sends a second copy, so it waits as long as the standard requires. Before that no mail can be sent twice,
and settings.EMAIL_TIMEOUT is enough for the connection and for each other answer.
"""

import smtplib
import socket
from contextlib import suppress
from typing import Any, cast

from django.core.mail.backends import smtp

ANSWER_TO_DATA = 120  # seconds for the answer to DATA, and for sending each block
ANSWER_TO_MAIL = 600  # seconds for the answer after the whole mail
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
        """Send QUIT. An error here is ignored: the server has already accepted the mail."""
        with suppress(smtplib.SMTPException, OSError):
            super().close()
