"""Identity of the patient on their page: the last digits of the request's phone number.

Without a number the e-mail address counts. With a number it would prove nothing: the mail with the link went to that
address, possibly mistyped and a stranger's.

A right answer gives a signed proof, which the forms of the page send: no cookie, nothing stored.
"""

import datetime as dt

from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.db import transaction
from django.utils.crypto import constant_time_compare

from appointments.choices import Action
from appointments.models import ConsultationRequest
from appointments.workflow import record
from clinic_site.text.folding import fold
from clinic_site.text.phones import digits_without_extension

DIGITS = 4
WRONG_TRIES = 5
WITHIN = dt.timedelta(hours=1)
WRONG_EVER = 20  # over the life of the link, against slow guessing
PROOF_LIFE = dt.timedelta(minutes=30)
SALT = "appointments.identity"


class TooManyTries(Exception):  # noqa: N818 (reads as what happened)
    """WRONG_TRIES answers were wrong WITHIN the time, or WRONG_EVER in all: now even a right one is refused."""


def last_digits(text: str) -> str:
    """Return the last four digits of the number in `text`, without its extension; fewer if there are fewer."""
    return digits_without_extension(text)[-DIGITS:]


def confirm(request: ConsultationRequest, typed: str, now: dt.datetime) -> bool:
    """Return whether `typed` is right. A wrong answer is recorded. Raises TooManyTries.

    An address can never be right if the request has a number, so it is not recorded. The row is locked, so that
    simultaneous guesses are counted one after the other.
    """
    with transaction.atomic():
        stored = ConsultationRequest.objects.select_for_update().get(pk=request.pk)
        wrong = stored.audit_events.unconfirmed()
        if wrong.since(now - WITHIN).count() >= WRONG_TRIES or wrong.count() >= WRONG_EVER:
            raise TooManyTries
        is_right = _matches(stored, typed)
        if not is_right and not (stored.phone and "@" in typed):
            record(stored, Action.UNCONFIRMED, "", now)
    return is_right


def _matches(request: ConsultationRequest, typed: str) -> bool:
    if request.phone:
        return "@" not in typed and constant_time_compare(last_digits(request.phone), last_digits(typed))
    return constant_time_compare(request.email_key, fold(typed))


def new_proof(request: ConsultationRequest) -> str:
    """Return a signed proof that allows changes to this request for PROOF_LIFE."""
    return TimestampSigner(salt=SALT).sign(request.token)


def proves(proof: str, request: ConsultationRequest) -> bool:
    """Return whether new_proof() made `proof` for this request within PROOF_LIFE; a proof from the future is none."""
    signer = TimestampSigner(salt=SALT)
    try:
        return signer.unsign(proof, max_age=PROOF_LIFE) == request.token and not _is_from_the_future(proof, signer)
    except BadSignature:  # includes SignatureExpired
        return False


def _is_from_the_future(proof: str, signer: TimestampSigner) -> bool:
    """Return whether the proof is from the future.

    Django checks the maximal age alone, which a clock set back would extend.
    """
    _, made, _ = proof.rsplit(signer.sep, 2)
    return b62_decode(made) > b62_decode(signer.timestamp())
