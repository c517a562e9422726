"""Who may change a request on the patient's page: whoever knows the end of its phone number.

The e-mail address counts where there is no number. Beside a number it would prove nothing: the mail with the link went
to that address, and to a stranger where it was mistyped.

A right answer earns a signed proof, which the page's forms send along: no cookie, nothing stored.
"""

import datetime as dt

from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.db import transaction
from django.utils.crypto import constant_time_compare

from appointments.choices import Action
from appointments.models import ConsultationRequest
from appointments.workflow import record
from clinic_site.folding import fold
from clinic_site.phones import digits_without_extension

DIGITS = 4
WRONG_TRIES = 5
WITHIN = dt.timedelta(hours=1)
WRONG_EVER = 20  # for as long as the link works: who guesses patiently gets no further
PROOF_LIFE = dt.timedelta(minutes=30)
SALT = "appointments.identity"


class TooManyTries(Exception):  # noqa: N818 (reads as what happened)
    """WRONG_TRIES answers were wrong WITHIN the time, or WRONG_EVER in all: not even a right one is taken now."""


def last_digits(text: str) -> str:
    """The last four digits of the number in `text`, its extension left out; fewer where there are fewer."""
    return digits_without_extension(text)[-DIGITS:]


def confirm(request: ConsultationRequest, typed: str, now: dt.datetime) -> bool:
    """Whether `typed` is what the patient knows. A wrong answer is written down. Raises TooManyTries.

    An address where a number counts can never be right, so it teaches nobody anything and is not written down.
    The row is locked, so that guesses at the same moment are counted one after the other.
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
    """For whoever has confirmed it: allows changes to this request for PROOF_LIFE."""
    return TimestampSigner(salt=SALT).sign(request.token)


def proves(proof: str, request: ConsultationRequest) -> bool:
    """Whether new_proof() made it for this request within PROOF_LIFE; a proof from the future proves nothing."""
    signer = TimestampSigner(salt=SALT)
    try:
        return signer.unsign(proof, max_age=PROOF_LIFE) == request.token and not _is_from_the_future(proof, signer)
    except BadSignature:  # SignatureExpired is one, too
        return False


def _is_from_the_future(proof: str, signer: TimestampSigner) -> bool:
    """Django compares the age with a maximum alone: with a clock that was set back, a proof would hold for longer."""
    _, made, _ = proof.rsplit(signer.sep, 2)
    return b62_decode(made) > b62_decode(signer.timestamp())
