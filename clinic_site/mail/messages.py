"""Send all mail of this site, and tell which failures are permanent.

Each mail has a row in a table. A worker leases the row, sends the mail, then marks the row as sent. If a worker dies
while sending, its lease runs out, and the mail is sent once more with the same Message-ID.
"""

import datetime as dt
from email.charset import QP, Charset
from email.utils import parseaddr
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from icalendar import Calendar

LEASE = dt.timedelta(minutes=25)  # longer than sending one mail may take: see smtp_backend.longest_sending()
PERMANENT_FAILURES = range(500, 600)  # RFC 5321, 4.2.1
TRIES_WHEN_REFUSED = 2  # a permanent failure may be a mistake of the moment; the second one is final

_SEVEN_BITS = Charset("utf-8")
_SEVEN_BITS.body_encoding = QP


class SevenBitMessage(EmailMultiAlternatives):
    """A mail in 7 bits, which every mail server accepts and forwards unchanged.

    Some servers refuse 8-bit mail, and others re-encode it, which breaks its signature.
    """

    encoding = _SEVEN_BITS


def send(to: str, subject: str, body: str, key: str, calendar_file: str = "") -> None:
    """Send a mail that nobody can answer. All tries with the same `key` have the same Message-ID.

    `calendar_file`: iCalendar text with a METHOD, sent as an alternative of the text (RFC 6047). Raises what the mail
    backend raises.
    """
    # Auto-Submitted (RFC 3834) prevents out-of-office replies to a mailbox that nobody reads.
    headers = {"Message-ID": message_id(key), "Auto-Submitted": "auto-generated"}
    message = SevenBitMessage(subject, body, to=[to], headers=headers)
    if calendar_file:
        method = Calendar.from_ical(calendar_file)["METHOD"]
        message.attach_alternative(calendar_file, f"text/calendar; method={method}")
    message.send()


def message_id(key: str) -> str:
    """Return the Message-ID for `key`, by which a second copy is recognized."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{key}@{domain}>"


def is_permanent_failure(error: BaseException) -> bool:
    """Return True if the mail server answered with a permanent failure (5xx) at any point."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code in PERMANENT_FAILURES for code, _ in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code in PERMANENT_FAILURES
