"""Signed tokens in forms: a nonce and the time at which the form was shown. No cookie, nothing stored."""

import datetime as dt
import secrets

from django.core.signing import BadSignature, Signer

LIFE = dt.timedelta(hours=24)
FASTEST = dt.timedelta(seconds=3)  # a person takes longer, unless the browser fills in the form
PROMISE_LIFE = dt.timedelta(hours=1)  # the promise shown on the form is valid that long
NONCE_BYTES = 16
SALT = "appointments.form_tokens"


class TokenRefused(Exception):  # noqa: N818 (reads as what happened)
    """The form is shown again with a new token and all answers. `sentence` tells the patient why."""

    sentence: str


class Forged(TokenRefused):
    """The token is missing, or its signature is wrong."""

    sentence = "We could not tell when this form was opened. Check your answers and press the button again."


class TokenExpired(TokenRefused):
    """The token is older than LIFE."""

    sentence = "This form was open for more than a day. Check your answers and press the button again."


class FromTheFuture(TokenRefused):
    """The token was issued later than now: the clock was set back meanwhile."""

    sentence = Forged.sentence


def issue(now: dt.datetime) -> str:
    return Signer(salt=SALT).sign(f"{secrets.token_urlsafe(NONCE_BYTES)}.{int(now.timestamp())}")


def read(token: str, now: dt.datetime) -> str:
    """Return the nonce, which two presses of the button of one form share. Raises TokenRefused."""
    try:
        age = now - _issued(token)
    except BadSignature as error:
        raise Forged from error
    if age < dt.timedelta(0):
        raise FromTheFuture
    if age > LIFE:
        raise TokenExpired
    return token.partition(".")[0]


def is_fast(token: str, now: dt.datetime) -> bool:
    """Return whether a form with this valid token was sent within FASTEST: a sign of a robot, never a reason to refuse.

    Browsers that fill in forms by themselves are as fast.
    """
    return now - _issued(token) < FASTEST


def promised_from(token: str, now: dt.datetime) -> dt.datetime:
    """Return the moment from which the promise on the form counts: when the form was shown.

    Return `now` if that was more than PROMISE_LIFE ago, if it lies in the future, and for a forged token.
    """
    try:
        shown = _issued(token)
    except BadSignature:
        return now
    return shown if dt.timedelta(0) <= now - shown <= PROMISE_LIFE else now


def _issued(token: str) -> dt.datetime:
    """Return when the token was issued. Raises BadSignature."""
    _, _, issued = Signer(salt=SALT).unsign(token).partition(".")
    return dt.datetime.fromtimestamp(int(issued), tz=dt.UTC)
