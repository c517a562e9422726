import datetime as dt

import pytest

from appointments import form_tokens
from tests.appointments.builders import NOW


def age(**kwargs: float) -> dt.datetime:
    """The moment at which a token issued at NOW is that old."""
    return NOW + dt.timedelta(**kwargs)


def test_the_nonce_comes_back() -> None:
    token = form_tokens.issue(NOW)
    nonce = form_tokens.read(token, age(minutes=5))
    assert nonce
    assert nonce == form_tokens.read(token, age(minutes=6))


def test_each_showing_of_the_form_has_its_own_nonce() -> None:
    first, second = (form_tokens.read(form_tokens.issue(NOW), age(minutes=5)) for _ in range(2))
    assert first != second


@pytest.mark.parametrize("seconds", [0, 1, 2.9])
def test_nobody_fills_the_form_in_less_than_three_seconds(seconds: float) -> None:
    with pytest.raises(form_tokens.TooFast):
        form_tokens.read(form_tokens.issue(NOW), age(seconds=seconds))


@pytest.mark.parametrize("ahead", [1, 60, 3600, 86_400, 10_000_000])
def test_a_token_from_the_future_is_renewed(ahead: float) -> None:
    """The clock was set back: to wait would help nobody for as long as that."""
    with pytest.raises(form_tokens.FromTheFuture) as caught:
        form_tokens.read(form_tokens.issue(age(seconds=ahead)), NOW)
    assert caught.value.needs_new_token


def test_a_token_from_the_future_promises_nothing() -> None:
    assert form_tokens.promised_from(form_tokens.issue(age(hours=3)), NOW) == NOW


@pytest.mark.parametrize("hours", [0.01, 1, 24])
def test_there_is_a_day_to_fill_it(hours: float) -> None:
    assert form_tokens.read(form_tokens.issue(NOW), age(hours=hours))


def test_after_a_day_the_token_is_too_old() -> None:
    with pytest.raises(form_tokens.Expired):
        form_tokens.read(form_tokens.issue(NOW), age(hours=24, seconds=1))


@pytest.mark.parametrize("token", ["", "nonsense", "nonce.1795000000:signature", "\u2603"])
def test_a_token_that_is_not_ours_is_told_apart(token: str) -> None:
    with pytest.raises(form_tokens.Forged):
        form_tokens.read(token, NOW)


def test_a_changed_token_is_not_ours() -> None:
    token = form_tokens.issue(NOW)
    with pytest.raises(form_tokens.Forged):
        form_tokens.read(f"x{token}", age(minutes=5))


@pytest.mark.parametrize(("minutes", "kept"), [(0, True), (60, True), (61, False)])
def test_the_promise_on_the_form_holds_for_an_hour(minutes: float, kept: bool) -> None:
    sent = age(minutes=minutes)
    assert form_tokens.promised_from(form_tokens.issue(NOW), sent) == (NOW if kept else sent)


def test_a_forged_token_promises_nothing() -> None:
    assert form_tokens.promised_from("forged", NOW) == NOW
