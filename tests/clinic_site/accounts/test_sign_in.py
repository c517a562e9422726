"""Signing in: who may, how guesses are limited, and what a refusal tells."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.admin import site
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client, RequestFactory
from pytest_django import Settings

from clinic_site.accounts.adapter import NOT_SIGNED_IN
from tests.clinic_site.accounts.builders import PASSWORD, make_colleague
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LOGIN = "/admin/login/"
NIGHT = dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the passwords that reach the hasher from now on."""
    passwords = []
    encode = MD5PasswordHasher.encode

    def recorded(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        passwords.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", recorded)
    return passwords


def post(name: str, password: str, address: str = "192.0.2.1", **headers: Any) -> Any:
    """Return the answer to a sign-in. `headers`: as in the environment of WSGI."""
    return Client(REMOTE_ADDR=address, **headers).post(LOGIN, {"login": name, "password": password})


def is_signed_in(response: Any) -> bool:
    return bool(response.status_code == 302)


def text(response: Any, name: str) -> str:
    """Return the page without what differs by itself: the token and the name that was typed."""
    assert response.status_code == 200
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode().replace(name, "…"))


def addresses() -> Iterator[str]:
    yield from (f"198.51.{number // 250}.{number % 250 + 1}" for number in range(1000))


def test_a_colleague_signs_in_and_comes_back_to_the_page() -> None:
    make_colleague()
    form = {"login": "ana", "password": PASSWORD, "next": "/admin/articles/"}
    response = Client().post(LOGIN, form)
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/articles/")


def test_a_page_of_the_desk_sends_to_the_sign_in_page() -> None:
    response = Client().get("/admin/appointments/")
    assert response.headers["Location"] == "/admin/login/?next=/admin/appointments/"


def test_the_sign_in_of_django_admin_is_no_second_door() -> None:
    request = RequestFactory().post("/elsewhere/", {"username": "ana", "password": PASSWORD})
    request.user = AnonymousUser()
    assert site.login(request).headers["Location"] == "/admin/login/?next=%2Felsewhere%2F"


@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_active": False}])
def test_who_is_not_staff_gets_the_answer_of_a_wrong_password(fields: dict[str, Any]) -> None:
    make_colleague(**fields)
    make_colleague("ben")
    assert text(post("ana", PASSWORD), "ana") == text(post("ben", "wrong"), "ben")


def test_a_session_ends_when_its_user_is_no_staff_any_more(sign_in: Cast) -> None:
    desk = sign_in("front desk")
    User.objects.update(is_staff=False)
    assert desk.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
    assert desk.get("/admin/login/").status_code == 200


def test_a_sign_in_changes_the_session_key() -> None:
    make_colleague()
    planted = SessionStore()
    planted["known"] = "to the attacker"
    planted.save()
    client = Client()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = str(planted.session_key)
    assert is_signed_in(client.post(LOGIN, {"login": "ana", "password": PASSWORD}))
    assert client.cookies[django_settings.SESSION_COOKIE_NAME].value != planted.session_key


def test_five_wrong_passwords_in_a_quarter_of_an_hour_reach_the_hasher(hashed: list[str]) -> None:
    make_colleague()
    hashed.clear()
    for number, address in zip(range(20), addresses(), strict=False):
        post("ana", f"guess {number}", address)
    assert hashed == [f"guess {number}" for number in range(5)]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost", "localhost:443"])
def test_guesses_count_together_whichever_host_name_they_are_sent_to(hashed: list[str], host: str) -> None:
    make_colleague()
    for address in list(addresses())[:5]:
        post("ana", "guess", address)
    hashed.clear()
    assert not is_signed_in(post("ana", PASSWORD, HTTP_HOST=host))
    assert hashed == []


@pytest.mark.parametrize("name", ["ANA", " ana ", "Ana"])
def test_guesses_count_together_however_the_name_is_written(hashed: list[str], name: str) -> None:
    make_colleague()
    for address in list(addresses())[:5]:
        post(name, "guess", address)
    hashed.clear()
    post("ana", "guess")
    assert hashed == []


def test_a_quarter_of_an_hour_after_the_guesses_the_right_password_is_accepted() -> None:
    make_colleague()
    with time_machine.travel(NIGHT, tick=False) as clock:
        for address in list(addresses())[:5]:
            post("ana", "guess", address)
        clock.shift(899)
        assert not is_signed_in(post("ana", PASSWORD))
        clock.shift(2)
        assert is_signed_in(post("ana", PASSWORD))


def test_a_colleague_signs_in_while_another_name_is_guessed_at() -> None:
    make_colleague()
    make_colleague("ben")
    for address in list(addresses())[:8]:
        post("ana", "guess", address)
    assert is_signed_in(post("ben", PASSWORD))


def test_signing_in_often_is_no_guess() -> None:
    make_colleague()
    assert all(is_signed_in(post("ana", PASSWORD)) for _ in range(12))


def test_one_address_has_ten_wrong_tries_a_minute_at_all_names(hashed: list[str]) -> None:
    for number in range(15):
        post(f"name-{number}", "guess")
    assert len(hashed) == 10


def test_addresses_of_one_ipv6_network_count_as_one(hashed: list[str]) -> None:
    for number in range(15):
        post(f"name-{number}", "guess", f"2001:db8::{number:x}")
    assert len(hashed) == 10
    post("somebody", "guess", "2001:db8:0:1::1")
    assert len(hashed) == 11


@pytest.mark.parametrize(("proxies", "reached"), [(0, 10), (1, 15)])
def test_forwarded_addresses_count_behind_a_proxy_alone(
    hashed: list[str], settings: Settings, proxies: int, reached: int
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    for number in range(15):
        post(f"name-{number}", "guess", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert len(hashed) == reached


def test_what_the_sender_writes_before_the_proxy_does_not_count(hashed: list[str], settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(15):
        post(f"name-{number}", "guess", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 192.0.2.9")
    assert len(hashed) == 10


def test_a_refusal_tells_neither_names_nor_limits(hashed: list[str]) -> None:
    make_colleague()
    hashed.clear()
    known, unknown = post("ana", "guess"), post("nobody", "guess")
    assert hashed == ["guess", "guess"]  # the same work for both, and so the same time
    for address in list(addresses())[:5]:
        post("ana", "guess", address)
    limited = post("ana", "guess")
    assert text(known, "ana") == text(unknown, "nobody") == text(limited, "ana")
    assert NOT_SIGNED_IN in known.content.decode()


def test_the_table_of_limits_holds_neither_names_nor_addresses() -> None:
    post("ana-torres", "guess", "203.0.113.77")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM sign_in_limits")
        keys = [key for (key,) in cursor.fetchall()]
    assert len(keys) > 1
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)


@pytest.mark.parametrize(
    "path", ["/admin/signup/", "/admin/password/reset/", "/admin/email/", "/admin/login/code/request/"]
)
def test_there_is_no_sign_up_and_no_way_in_by_mail(path: str) -> None:
    response = Client().get(f"/admin/{path}/")
    assert response.status_code in (302, 404)
    assert response.headers.get("Location", "/admin/login/").startswith("/admin/login/")


def test_the_old_password_is_guessed_five_times_at_a_desk_that_was_left(sign_in: Cast, hashed: list[str]) -> None:
    desk = sign_in("front desk")
    form = {"old_password": "guess", "new_password1": PASSWORD, "new_password2": PASSWORD}
    answers = [desk.post("/admin/password_change/", form).status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2


def test_logging_out_asks_first_and_leads_to_the_sign_in_page(sign_in: Cast) -> None:
    desk = sign_in("front desk")
    assert "What you typed and did not save is lost." in desk.get("/admin/logout/").content.decode()
    assert desk.get("/admin/").status_code == 200
    response = desk.post("/admin/logout/", follow=True)
    assert response.redirect_chain == [("/admin/login/", 302)]
    assert "You are logged out." in response.content.decode()
