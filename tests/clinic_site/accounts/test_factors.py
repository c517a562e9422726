"""Second factors: who needs one, setting one up, signing in with it, and losing it."""

import re
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from clinic_site.accounts.middleware import ENROL
from clinic_site.accounts.models import AccountEvent
from clinic_site.mail import messages as mail_messages
from tests.appointments.pages import Page
from tests.clinic_site.accounts.builders import PASSWORD, confirmed, confirmed_owner, make_colleague
from tests.clinic_site.accounts.codes import app_code
from tests.conftest import Cast
from tests.sessions import start_session

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LOGIN, FACTOR, ACCOUNT = "/admin/login/", "/admin/login/factor/", "/admin/account/"
APP, CODES = f"{ACCOUNT}app/", f"{ACCOUNT}codes/"


def log_in(name: str = "ana", path: str = "/admin/") -> Client:
    client = Client()
    client.post(LOGIN, {"login": name, "password": PASSWORD, "next": path})
    return client


def confirm(client: Client, path: str) -> Any:
    """Type the password that the page asks for, and return the answer after it."""
    asked = client.get(path)
    assert asked.headers["Location"].startswith(f"{ACCOUNT}confirm/?next=")
    return client.post(asked.headers["Location"], {"password": PASSWORD, "next": path}, follow=True)


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """Set up an authenticator app. Return its key and the recovery codes."""
    page = confirm(client, APP).content.decode()
    key = re.findall(r'class="account-key">(\w+)<', page)[0]
    shown = client.post(APP, {"code": app_code(key)}, follow=True)
    assert shown.redirect_chain == [(CODES, 302)]
    return key, re.findall(r"<li>(\d{8})</li>", shown.content.decode())


def colleague_with_app() -> tuple[str, list[str]]:
    """Make a colleague with an authenticator app, whose codes of this half minute are not used up."""
    make_colleague()
    key, codes = set_up_app(log_in())
    return key, codes


class TestWhoNeedsOne:
    @pytest.fixture(autouse=True)
    def _required(self, settings: Settings) -> None:
        settings.SECOND_FACTOR_REQUIRED = True

    @pytest.mark.parametrize("path", ["/admin/", "/admin/articles/", "/admin/password_change/", "/admin/auth/user/"])
    def test_without_one_every_page_of_the_desk_leads_to_setting_one_up(self, path: str) -> None:
        make_colleague(is_superuser=True)
        response = log_in().get(path, follow=True)
        assert response.redirect_chain == [(ACCOUNT, 302)]
        assert ENROL in response.content.decode()

    def test_posts_are_not_taken_either(self) -> None:
        make_colleague(is_superuser=True)
        client = log_in()
        client.post("/admin/auth/group/add/", {"name": "Mine"})
        assert client.get("/admin/auth/group/").headers["Location"] == ACCOUNT

    def test_with_one_the_desk_opens(self) -> None:
        make_colleague()
        client = log_in()
        set_up_app(client)
        assert client.get("/admin/").status_code == 200

    def test_recovery_codes_alone_are_none(self) -> None:
        user = make_colleague()
        Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
        assert log_in().get("/admin/").headers["Location"] == ACCOUNT

    def test_a_session_with_the_password_alone_ends_when_the_owner_sets_one_up(self) -> None:
        make_colleague()
        thief, owner = log_in(), log_in()
        set_up_app(owner)
        assert thief.get(ACCOUNT).status_code == 302
        assert owner.get("/admin/").status_code == 200

    @pytest.mark.parametrize("path", ["/admin/", ACCOUNT])
    def test_a_session_that_has_not_proved_the_factor_ends(self, path: str) -> None:
        user = make_colleague()
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
        client = Client()
        start_session(client, user)
        assert client.get(path).headers["Location"] == LOGIN
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("recovery", [False, True])
    def test_a_factor_or_a_recovery_code_at_sign_in_opens_the_desk(self, recovery: bool) -> None:
        key, codes = colleague_with_app()
        cache.clear()  # each code of an app opens once
        client = log_in()
        client.post(FACTOR, {"code": codes[0] if recovery else app_code(key)})
        assert client.get("/admin/").status_code == 200

    def test_one_can_log_out(self) -> None:
        make_colleague()
        assert log_in().post("/admin/logout/").headers["Location"] == LOGIN


def test_in_the_demo_nobody_needs_one() -> None:
    make_colleague()
    assert log_in().get("/admin/").status_code == 200


@pytest.mark.parametrize("path", [APP, f"{ACCOUNT}passkeys/add/", f"{CODES}new/"])
def test_changes_ask_for_the_password_also_right_after_signing_in(path: str) -> None:
    make_colleague()
    assert confirm(log_in(), path).status_code == 200


@pytest.mark.parametrize("path", [ACCOUNT, APP, f"{ACCOUNT}passkeys/add/", CODES, f"{CODES}new/", FACTOR])
def test_strangers_are_sent_to_the_sign_in_page(path: str) -> None:
    assert Client().get(path, follow=True).request["PATH_INFO"] == LOGIN


def test_a_wrong_password_does_not_confirm() -> None:
    make_colleague()
    client = log_in()
    response = client.post(f"{ACCOUNT}confirm/", {"password": "guess", "next": APP})
    assert "That is not your password." in response.content.decode()
    assert client.get(APP).status_code == 302


def test_the_app_is_asked_for_at_the_next_sign_in() -> None:
    key, _ = colleague_with_app()
    Authenticator.objects.get(type="totp")
    client = log_in(path="/admin/articles/")
    assert client.get("/admin/").headers["Location"].startswith(LOGIN)
    page = client.get(FACTOR).content.decode()
    assert "the code that your authenticator app shows" in page
    assert "Use a passkey" not in page
    wrong = client.post(FACTOR, {"code": "000000"})
    assert "That code was not accepted." in wrong.content.decode()
    response = client.post(FACTOR, {"code": app_code(key)})
    assert response.headers["Location"] == "/admin/articles/"
    assert client.get("/admin/").status_code == 200


def test_five_wrong_codes_then_none_is_accepted() -> None:
    key, _ = colleague_with_app()
    for _attempt in range(5):
        log_in().post(FACTOR, {"code": "000000"})
    client = log_in()
    client.post(FACTOR, {"code": app_code(key)})
    assert client.get("/admin/").status_code == 302


def test_a_recovery_code_opens_the_desk_once() -> None:
    _, codes = colleague_with_app()
    assert len(codes) == 10
    client = log_in()
    client.post(FACTOR, {"code": codes[0]})
    assert client.get("/admin/").status_code == 200
    second = log_in()
    second.post(FACTOR, {"code": codes[0]})
    assert second.get("/admin/").status_code == 302


def test_recovery_codes_are_shown_once_and_made_anew() -> None:
    make_colleague()
    client = log_in()
    _, codes = set_up_app(client)
    assert "You have 10 left." in client.get(CODES).content.decode()
    assert "The old ones open nothing" in client.get(f"{CODES}new/").content.decode()
    again = client.post(f"{CODES}new/", follow=True).content.decode()
    assert not set(re.findall(r"<li>(\d{8})</li>", again)) & set(codes)


def test_the_page_says_what_one_has_and_removes_it() -> None:
    make_colleague()
    client = log_in()
    assert "Set up an app" in Page(client.get(ACCOUNT)).links
    set_up_app(client)
    page = Page(client.get(ACCOUNT))
    assert page.links["Remove the app"] == f"{APP}remove/"
    assert client.get(APP).headers["Location"] == f"{APP}remove/"
    assert "only second factor" in client.get(f"{APP}remove/").content.decode()
    client.post(f"{APP}remove/")
    assert not Authenticator.objects.exists()


def test_the_key_and_the_codes_are_encrypted_in_the_database() -> None:
    key, _ = colleague_with_app()
    stored = [str(data) for data in Authenticator.objects.values_list("data", flat=True)]
    assert len(stored) == 2
    assert key not in "".join(stored)
    assert all("gAAAA" in data for data in stored)


@pytest.mark.parametrize("kept", [True, False])
def test_after_a_new_secret_key_codes_are_right_only_with_the_old_one(settings: Settings, kept: bool) -> None:
    key, codes = colleague_with_app()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if kept else []
    settings.SECRET_KEY = "another key of this site, with random characters in it"
    for code in (app_code(key), codes[0]):
        cache.clear()  # each code of an app opens once
        client = log_in()
        assert client.post(FACTOR, {"code": code}).status_code == (302 if kept else 200)
        assert client.get("/admin/").status_code == (200 if kept else 302)


def test_pages_have_no_inline_script_or_style() -> None:
    make_colleague()
    client = log_in()
    confirm(client, APP)
    for path in (ACCOUNT, APP, f"{ACCOUNT}passkeys/add/"):
        page = Page(client.get(path))
        scripts = list(page.all("script"))
        assert all(script.get("src") or script.get("type") == "application/json" for script in scripts)
        assert not [element for element in page.tree.iter() if element.get("style") or element.get("onclick")]


def test_pages_name_the_person_as_at_sign_in() -> None:
    make_colleague(email="ana@clinic.example")
    client = log_in()
    page = confirm(client, f"{ACCOUNT}passkeys/add/").content.decode()
    assert '"name": "ana"' in page
    assert '"name": "Clinic desk"' in page
    assert "ana@clinic.example" not in page


class TestReset:
    USERS = "/admin/auth/user/"

    def reset(self, client: Client, user: User) -> Any:
        form = {"action": "reset_second_factor", "_selected_action": [user.pk]}
        return client.post(self.USERS, form, follow=True)

    def test_an_owner_resets_the_factor_of_a_colleague_who_is_signed_in(self) -> None:
        colleague = make_colleague(email="ana@clinic.example")
        desk = log_in()
        set_up_app(desk)
        owner = confirmed_owner()
        User.objects.filter(username="owner").update(email="owner@clinic.example")
        assert "The second factor is reset." in self.reset(owner, colleague).content.decode()
        assert not Authenticator.objects.exists()
        assert desk.get("/admin/").status_code == 302
        assert [message.to for message in mail.outbox] == [["ana@clinic.example"], ["owner@clinic.example"]]
        assert not any("ana" in f"{message.subject}{message.body}" for message in mail.outbox)
        event = AccountEvent.objects.filter(action="factors_reset").get()
        assert (event.actor, event.subject) == ("owner", "ana")

    def test_an_owner_hears_who_has_no_mail(self) -> None:
        page = self.reset(confirmed_owner(), make_colleague()).content.decode()
        assert "No mail reached ana: tell them yourself." in page
        assert "No mail reached owner: tell them yourself." in page

    def test_a_mail_server_that_is_away_keeps_nobody_from_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(*arguments: object, **options: object) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr(mail_messages, "send", away)
        page = self.reset(confirmed_owner(), make_colleague(email="ana@clinic.example")).content.decode()
        assert "No mail reached ana: tell them yourself." in page

    @pytest.mark.parametrize("who", ["front desk", "editor", "reviewer"])
    def test_nobody_else_resets_factors(self, sign_in: Cast, who: str) -> None:
        assert self.reset(sign_in(who), make_colleague()).status_code == 403

    def test_who_may_only_change_users_does_not_reset_factors(self) -> None:
        from django.contrib.auth.models import Permission

        client = confirmed("manager")
        manager = User.objects.get(username="manager")
        manager.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
        self.reset(client, make_colleague())
        assert not AccountEvent.objects.filter(action="factors_reset").exists()

    def test_a_command_resets_it_where_no_owner_can_sign_in(self) -> None:
        colleague_with_app()
        output = StringIO()
        call_command("reset_second_factor", "ana", stdout=output)
        assert not Authenticator.objects.exists()
        assert "No mail reached the person" in output.getvalue()
        User.objects.update(email="ana@clinic.example")
        output = StringIO()
        call_command("reset_second_factor", "ana", stdout=output)
        assert "No mail" not in output.getvalue()
        with pytest.raises(CommandError, match="no user nobody"):
            call_command("reset_second_factor", "nobody")


def test_secrets_of_factors_have_no_page_in_the_admin(sign_in: Cast) -> None:
    owner = sign_in("owner")
    for path in ("mfa/authenticator", "account/emailaddress", "usersessions/usersession"):
        assert owner.get(f"/admin/{path}/").status_code == 404


def test_a_passkey_that_is_none_is_refused() -> None:
    client = Client()
    assert client.get("/admin/login/passkey/", headers={"accept": "application/json"}).json()["request_options"]
    answers = [client.post("/admin/login/passkey/", {"credential": "{}"}).status_code for _ in range(12)]
    assert answers == [302] * 10 + [429] * 2


def test_challenges_for_passkeys_are_limited() -> None:
    answers = [Client().get("/admin/login/passkey/", headers={"accept": "application/json"}) for _ in range(32)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 2
    assert Session.objects.count() == 30
