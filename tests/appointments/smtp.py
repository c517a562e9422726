"""A real SMTP server on loopback in its own thread, with faults that tests switch on."""

import asyncio
import email
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.serving import free_port

logging.getLogger("mail.log").setLevel(logging.WARNING)  # the log of aiosmtpd: tests check only our own


class MailServer:
    """The mailbox and the faults of the server. aiosmtpd calls the handle_* methods at the commands of those names."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.contents: list[bytes] = []  # the raw bytes of the same mails
        self.refusals: dict[str, str] = {}  # address -> reply
        self.refused_at: dict[str, str] = {}  # command -> reply
        self.silent = False  # no replies after MAIL
        self.hangs_up = False  # stores the mail, but closes the connection without a reply
        self.checks_for = 0.0  # delay of the reply after a mail, in seconds
        self.holds_until: dict[str, str] = {}  # recipient -> recipient whose mail must arrive first
        self.goodbye = "221 Bye"

    def recipients(self) -> list[str]:
        return sorted(mail["To"] for mail in self.mails)

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        offered = [line for line in responses if "8BITMIME" not in line and "SMTPUTF8" not in line]
        return [refusal] if (refusal := self.refused_at.get("EHLO")) else offered

    async def handle_HELO(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str
    ) -> str:
        return self.refused_at.get("EHLO", "250 OK")

    async def handle_MAIL(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.silent:
            await asyncio.Event().wait()
        envelope.mail_from = address
        return self.refused_at.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.refusals.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content: Any = envelope.content
        if refusal := self.refused_at.get("DATA"):
            return refusal
        self.contents.append(content)
        self.mails.append(email.message_from_bytes(content))
        await asyncio.sleep(self.checks_for)
        while self.holds_until.get(envelope.rcpt_tos[0], self.recipients()[0]) not in self.recipients():
            await asyncio.sleep(0.01)
        if self.hangs_up and server.transport:
            server.transport.close()
        return "250 OK"

    async def handle_QUIT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        return self.goodbye


@contextmanager
def listening(server: MailServer) -> Iterator[int]:
    """Run the server during the block; yield its port."""
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
