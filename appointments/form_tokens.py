"""The signed token that each form carries: which showing it was, and when. No cookie, nothing stored."""

import datetime as dt
import secrets

from django.core.signing import BadSignature, Signer

LIFE = dt.timedelta(hours=24)
FASTEST = dt.timedelta(seconds=3)
PROMISE_KEPT = dt.timedelta(hours=1)  # filling the form may take that long before the promise on it moves
NONCE_BYTES = 16
SALT = "appointments.form_tokens"


class Refused(Exception):  # noqa: N818 (reads as what happened)
    """The form may not be stored as it came. `sentence` says why, to the patient."""

    sentence: str
    needs_new_token: bool


class Forged(Refused):
    """The token is missing, or is not one of ours."""

    sentence = "We could not tell when this form was opened. Check your answers and press the button again."
    needs_new_token = True


class Expired(Refused):
    """The token is ours, and older than LIFE."""

    sentence = "This form was open for more than a day. Check your answers and press the button again."
    needs_new_token = True


class FromTheFuture(Refused):
    """The token is ours, and was issued later than now: the clock was set back meanwhile."""

    sentence = Forged.sentence
    needs_new_token = True


class TooFast(Refused):
    """Nobody reads and fills the form in less than FASTEST; the token stays good."""

    sentence = "We could not take this yet. Wait a moment, and press the button again."
    needs_new_token = False


def issue(now: dt.datetime) -> str:
    return Signer(salt=SALT).sign(f"{secrets.token_urlsafe(NONCE_BYTES)}.{int(now.timestamp())}")


def read(token: str, now: dt.datetime) -> str:
    """The nonce: one for each showing of the form, so two presses of its button share it. Raises Refused."""
    try:
        nonce, _, issued = Signer(salt=SALT).unsign(token).partition(".")
    except BadSignature as error:
        raise Forged from error
    age = now - dt.datetime.fromtimestamp(int(issued), tz=dt.UTC)
    if age < dt.timedelta(0):
        raise FromTheFuture
    if age > LIFE:
        raise Expired
    if age < FASTEST:
        raise TooFast
    return nonce


def promised_from(token: str, now: dt.datetime) -> dt.datetime:
    """The moment that the promise on the form was counted from: of its showing, or `now` when that was too long ago,
    or has yet to come by a clock that was set back."""
    try:
        _, _, issued = Signer(salt=SALT).unsign(token).partition(".")
    except BadSignature:
        return now
    shown = dt.datetime.fromtimestamp(int(issued), tz=dt.UTC)
    return shown if dt.timedelta(0) <= now - shown <= PROMISE_KEPT else now
