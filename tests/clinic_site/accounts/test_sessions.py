"""How long staff stay signed in, a post that comes too late, and the list of one's sessions."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from clinic_site.settings import idle_minutes
from tests.appointments.pages import Page
from tests.clinic_site.accounts.builders import PASSWORD, make_colleague
from tests.sessions import start_session

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 11, 23, 14, 0, tzinfo=dt.UTC)
ADD, SESSIONS = "/admin/auth/group/add/", "/admin/account/sessions/"
TYPED = {"name": "Night shift", "permissions": ["1", "2"], "csrfmiddlewaretoken": "x", "password": "secret"}


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


def log_in(client: Client) -> Client:
    client.post("/admin/login/", {"login": "ana", "password": PASSWORD})
    assert is_signed_in(client)
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def wait(clock: Any, minutes: float) -> None:
    clock.shift(dt.timedelta(minutes=minutes))


def test_a_session_ends_after_thirty_minutes_without_a_page(clock: Any) -> None:
    make_colleague()
    client = log_in(Client())
    for _ in range(4):
        wait(clock, 29)
        assert is_signed_in(client)
    wait(clock, 31)
    assert not is_signed_in(client)


def test_a_session_ends_after_twelve_hours_however_busy(clock: Any) -> None:
    make_colleague()
    client = log_in(Client())
    for _ in range(12 * 3 - 1):
        wait(clock, 20)
        assert is_signed_in(client)
    wait(clock, 20.1)
    assert not is_signed_in(client)
    assert not Session.objects.exists()


def test_a_session_without_a_beginning_ends() -> None:
    """As one from before the upgrade."""
    client = Client()
    start_session(client, make_colleague())
    session = client.session
    del session["signed_in_at"]
    session.save()
    assert not is_signed_in(client)


def test_a_session_that_is_not_listed_ends() -> None:
    """Nobody could end it otherwise."""
    make_colleague()
    client = log_in(Client())
    UserSession.objects.all().delete()
    assert not is_signed_in(client)
    assert not Session.objects.exists()


def test_a_session_that_is_listed_for_somebody_else_ends() -> None:
    make_colleague()
    client = log_in(Client())
    UserSession.objects.update(user=make_colleague("ben"))
    assert not is_signed_in(client)


def test_pages_within_a_minute_write_no_session(clock: Any) -> None:
    make_colleague()
    client = log_in(Client())
    wait(clock, 0.9)
    expires = Session.objects.get().expire_date
    client.get("/admin/")
    assert Session.objects.get().expire_date == expires


@pytest.mark.parametrize("value", ["0", "4", "481", "soon", "٣٠", ""])
def test_idle_minutes_are_a_number_of_sense(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("IDLE", value)
    with pytest.raises(ImproperlyConfigured, match=r"IDLE is .* Set it to a number from 5 to 480"):
        idle_minutes("IDLE")


def test_idle_minutes_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert idle_minutes("IDLE_NOT_SET") == 30
    monkeypatch.setenv("IDLE", "45")
    assert idle_minutes("IDLE") == 45


def test_what_was_typed_too_late_is_sent_again_after_a_sign_in() -> None:
    make_colleague(is_superuser=True)
    client = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
    page = Page(client.post(ADD, TYPED | form(client, ADD)))
    assert page.title.startswith("You are logged out")
    assert page.links["Log in, in another tab"] == "/admin/login/"
    assert not Group.objects.filter(name="Night shift").exists()

    sign_in = form(client, "/admin/login/") | {"login": "ana", "password": PASSWORD}
    assert client.post("/admin/login/", sign_in).status_code == 302
    stale = client.post(ADD, hidden_fields(page))
    assert stale.status_code == 403
    again = Page(stale)
    client.post("/admin/account/confirm/", form(client, "/admin/account/confirm/") | {"password": PASSWORD})
    assert again.title.startswith("Send it again")
    assert "You are logged in as ana, and the site saves it under that name." in again.text
    assert client.post(ADD, hidden_fields(again)).status_code == 302
    assert [permission.pk for permission in Group.objects.get(name="Night shift").permissions.order_by("pk")] == [1, 2]


def browser() -> Client:
    """Return a browser that was at the site before."""
    client = Client()
    client.get("/admin/login/")
    return client


def form(client: Client, path: str) -> dict[str, Any]:
    """Return the token of the page, as the browser has it, signed in or not."""
    html = client.get(path, follow=True).content.decode()
    return {"csrfmiddlewaretoken": re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)[0]}


def hidden_fields(page: Page) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for field in page.all("input"):
        fields.setdefault(field.get("name", ""), []).append(field.get("value", ""))
    return fields


def test_neither_a_password_nor_the_old_token_is_on_the_page() -> None:
    page = Page(browser().post(ADD, TYPED))
    assert hidden_fields(page).keys() == {"csrfmiddlewaretoken", "name", "permissions"}
    assert hidden_fields(page)["csrfmiddlewaretoken"] != ["x"]


def test_who_never_opened_a_page_is_sent_to_the_sign_in_page() -> None:
    assert Client().post(ADD, TYPED).headers["Location"] == f"/admin/login/?next={ADD}"


def test_files_are_named_as_lost() -> None:
    response = browser().post(ADD, TYPED | {"picture": SimpleUploadedFile("a.png", b"")})
    assert "Files do not go along" in response.content.decode()


def test_what_is_typed_stays_text() -> None:
    response = browser().post(ADD, {"name": '"><script>alert(1)</script>'})
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_a_post_of_another_site_is_not_offered_again(site: str) -> None:
    client = Client(enforce_csrf_checks=True)
    start_session(client, make_colleague(is_superuser=True))
    response = client.post(ADD, TYPED, headers={"sec-fetch-site": site})
    assert response.status_code == 403
    assert "Night shift" not in response.content.decode()


@pytest.mark.parametrize("path", ["/admin/account/app/", "/admin/logout/", "/admin/account/sessions/"])
def test_late_posts_of_the_account_itself_lead_to_the_sign_in_page(path: str) -> None:
    assert browser().post(path, {"code": "123456"}).headers["Location"].startswith("/admin/login/")


class TestList:
    def test_the_list_names_the_browsers_of_a_person(self) -> None:
        make_colleague()
        first = log_in(Client(HTTP_USER_AGENT="Old browser", REMOTE_ADDR="192.0.2.1"))
        second = log_in(Client(HTTP_USER_AGENT="New browser", REMOTE_ADDR="192.0.2.2"))
        page = Page(second.get(SESSIONS))
        assert "from 192.0.2.1: Old browser" in page.text
        assert "New browser (this browser)" in page.text
        response = second.post(SESSIONS, follow=True)
        assert "You are logged out everywhere else." in response.content.decode()
        assert not is_signed_in(first)
        assert is_signed_in(second)

    @pytest.mark.parametrize("own_form", [True, False])
    def test_a_session_that_changed_its_password_is_ended_with_the_others(self, own_form: bool) -> None:
        user = make_colleague(is_superuser=True)
        first = log_in(Client())
        new = "another four plain words"
        if own_form:
            names = ("new_password1", "new_password2")
            changed = first.post("/admin/password_change/", {"old_password": PASSWORD, **dict.fromkeys(names, new)})
        else:
            first.post("/admin/account/confirm/", {"password": PASSWORD})
            changed = first.post(f"/admin/auth/user/{user.pk}/password/", {"password1": new, "password2": new})
        assert changed.status_code == 302
        assert is_signed_in(first)
        second = Client()
        second.post("/admin/login/", {"login": "ana", "password": new})
        second.post(SESSIONS)
        assert not is_signed_in(first)
        assert is_signed_in(second)

    def test_nobody_sees_or_ends_the_sessions_of_others(self) -> None:
        make_colleague()
        ana = log_in(Client(HTTP_USER_AGENT="Anas browser"))
        ben = Client()
        start_session(ben, make_colleague("ben"))
        assert "Anas browser" not in ben.get(SESSIONS).content.decode()
        ben.post(SESSIONS)
        assert is_signed_in(ana)


class TestDatabaseThatIsAway:
    @pytest.fixture(autouse=True)
    def _away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No session can be read; other queries are not reached."""

        def fail(*arguments: object) -> None:
            raise OperationalError

        monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)

    @pytest.mark.parametrize("path", ["/admin/", "/admin/account/"])
    def test_pages_of_the_staff_say_so(self, path: str) -> None:
        client = Client()
        client.cookies["sessionid"] = "x" * 32
        response = client.get(path)
        assert response.status_code == 503
        assert "The database is busy" in response.content.decode()

    def test_what_was_typed_comes_back(self) -> None:
        client = Client(headers={"sec-fetch-site": "same-origin"})
        client.cookies["sessionid"] = "x" * 32
        assert hidden_fields(Page(client.post(ADD, TYPED)))["name"] == ["Night shift"]

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
    def test_what_another_site_posted_does_not(self, site: str) -> None:
        client = Client(enforce_csrf_checks=True)
        client.cookies["sessionid"] = "x" * 32
        response = client.post(ADD, TYPED, headers={"sec-fetch-site": site})
        assert response.status_code == 503
        page = response.content.decode()
        assert "Night shift" not in page
        assert "What you typed" not in page


def test_a_database_that_goes_away_within_a_page_of_the_account_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    make_colleague()
    client = log_in(Client())

    def fail(*arguments: object) -> None:
        raise OperationalError

    monkeypatch.setattr(site, "each_context", fail)
    response = client.get(SESSIONS)
    assert response.status_code == 200


def test_while_the_database_takes_no_changes_pages_are_read(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make_colleague()
    client = log_in(Client())
    wait(clock, 2)

    def fail(*arguments: object, **options: object) -> None:
        raise OperationalError

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", fail)
    assert is_signed_in(client)


def test_a_second_factor_that_cannot_be_looked_up_opens_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    start_session(client, make_colleague())

    def fail(*arguments: object) -> None:
        raise OperationalError

    monkeypatch.setattr("clinic_site.accounts.middleware.is_mfa_enabled", fail)
    assert client.get("/admin/").status_code == 503
