"""How every mail of this site is written, and which refusal of a mail server is final."""

from email.charset import QP, Charset
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage

REFUSED_FOR_GOOD = range(500, 600)  # RFC 5321, 4.2.1
TRIES_WHEN_REFUSED = 2  # a refusal for good may be a mistake of the moment; a second one is final

_SEVEN_BITS = Charset("utf-8")
_SEVEN_BITS.body_encoding = QP


class SevenBitMessage(EmailMessage):
    """A mail in 7 bits, which every mail server takes and passes on as it is: with 8, some refuse it and others write
    it anew, which breaks its signature."""

    encoding = _SEVEN_BITS


def is_refused_for_good(error: BaseException) -> bool:
    """Whether a mail server said, at any point, that another try would be in vain: 5xx."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code in REFUSED_FOR_GOOD for code, _ in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code in REFUSED_FOR_GOOD
