import datetime as dt

import pytest

from appointments.request_form import tokens
from tests.appointments.builders import NOW


def age(**kwargs: float) -> dt.datetime:
    """Return the moment at which a token issued at NOW has that age."""
    return NOW + dt.timedelta(**kwargs)


def test_the_nonce_is_returned() -> None:
    token = tokens.issue(NOW)
    nonce = tokens.read(token, age(minutes=5))
    assert nonce
    assert nonce == tokens.read(token, age(minutes=6))


def test_every_token_has_its_own_nonce() -> None:
    first, second = (tokens.read(tokens.issue(NOW), age(minutes=5)) for _ in range(2))
    assert first != second


@pytest.mark.parametrize(("seconds", "fast"), [(0, True), (2.9, True), (3, False), (60, False)])
def test_a_form_sent_within_three_seconds_is_fast_and_valid(seconds: float, fast: bool) -> None:
    token = tokens.issue(NOW)
    assert tokens.read(token, age(seconds=seconds))
    assert tokens.is_fast(token, age(seconds=seconds)) is fast


@pytest.mark.parametrize("ahead", [1, 60, 3600, 86_400, 10_000_000])
def test_a_token_from_the_future_is_renewed(ahead: float) -> None:
    """The clock was set back: waiting for the token would take too long."""
    with pytest.raises(tokens.FromTheFuture):
        tokens.read(tokens.issue(age(seconds=ahead)), NOW)


def test_a_token_from_the_future_fixes_no_promise() -> None:
    assert tokens.promised_from(tokens.issue(age(hours=3)), NOW) == NOW


@pytest.mark.parametrize("hours", [0.01, 1, 24])
def test_a_token_is_valid_for_a_day(hours: float) -> None:
    assert tokens.read(tokens.issue(NOW), age(hours=hours))


def test_a_token_older_than_a_day_is_too_old() -> None:
    with pytest.raises(tokens.TokenExpired):
        tokens.read(tokens.issue(NOW), age(hours=24, seconds=1))


@pytest.mark.parametrize("token", ["", "nonsense", "nonce.1795000000:signature", "\u2603"])
def test_a_forged_token_is_invalid(token: str) -> None:
    with pytest.raises(tokens.Forged):
        tokens.read(token, NOW)


def test_a_changed_token_is_invalid() -> None:
    token = tokens.issue(NOW)
    with pytest.raises(tokens.Forged):
        tokens.read(f"x{token}", age(minutes=5))


@pytest.mark.parametrize(("minutes", "fixed"), [(0, True), (60, True), (61, False)])
def test_a_token_fixes_the_promise_for_an_hour(minutes: float, fixed: bool) -> None:
    sent = age(minutes=minutes)
    assert tokens.promised_from(tokens.issue(NOW), sent) == (NOW if fixed else sent)


def test_a_forged_token_fixes_no_promise() -> None:
    assert tokens.promised_from("forged", NOW) == NOW
