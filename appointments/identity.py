"""Who may change a request on the patient's page: whoever knows the end of its phone number.

The e-mail address counts where there is no number. Beside a number it would prove nothing: the mail with the link went
to that address, and to a stranger where it was mistyped.

A right answer earns a signed proof, which the page's forms send along: no cookie, nothing stored.
"""

import datetime as dt
import re

from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.utils.crypto import constant_time_compare

from appointments.choices import Action
from appointments.models import ConsultationRequest
from appointments.workflow import record
from clinic_site.folding import fold

DIGITS = 4
WRONG_TRIES = 5
WITHIN = dt.timedelta(hours=1)
PROOF_LIFE = dt.timedelta(minutes=30)
SALT = "appointments.identity"


class TooManyTries(Exception):  # noqa: N818 (reads as what happened)
    """WRONG_TRIES answers were wrong WITHIN the time: not even a right one is taken now."""


def last_digits(text: str) -> str:
    """The last four digits in `text`, or fewer where it has fewer."""
    return re.sub(r"[^0-9]", "", text)[-DIGITS:]


def confirm(request: ConsultationRequest, typed: str, now: dt.datetime) -> bool:
    """Whether `typed` is what the patient knows. A wrong answer is written down. Raises TooManyTries.

    The row is locked, so that guesses at the same moment are counted one after the other.
    """
    with transaction.atomic():
        stored = ConsultationRequest.objects.select_for_update().get(pk=request.pk)
        if stored.audit_events.unconfirmed().since(now - WITHIN).count() >= WRONG_TRIES:
            raise TooManyTries
        is_right = _matches(stored, typed)
        if not is_right:
            record(stored, Action.UNCONFIRMED, "", now)
    return is_right


def _matches(request: ConsultationRequest, typed: str) -> bool:
    if request.phone:
        return constant_time_compare(last_digits(request.phone), last_digits(typed))
    return constant_time_compare(request.email_key, fold(typed))


def new_proof(request: ConsultationRequest) -> str:
    """For whoever has confirmed it: allows changes to this request for PROOF_LIFE."""
    return TimestampSigner(salt=SALT).sign(request.token)


def proves(proof: str, request: ConsultationRequest) -> bool:
    try:
        return TimestampSigner(salt=SALT).unsign(proof, max_age=PROOF_LIFE) == request.token
    except BadSignature:  # SignatureExpired is one, too
        return False
