"""The audit of sign-ins: what is in it, what is not, and who reads it."""

from typing import Any

import pytest
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory

from clinic_site.accounts.models import AccountEvent
from tests.clinic_site.accounts.builders import PASSWORD, confirmed_owner, make_colleague
from tests.clinic_site.accounts.test_factors import APP, FACTOR, log_in, set_up_app
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
AUDIT, USERS = "/admin/accounts/accountevent/", "/admin/auth/user/"
Event = tuple[str, str, str]


def events(*actions: str) -> list[Event]:
    """Return who did what to whom, in order, without the making of the accounts of a test."""
    chosen = AccountEvent.objects.filter(action__in=actions).order_by("pk")
    return list(chosen.values_list("actor", "action", "subject"))


def details() -> list[str]:
    return list(AccountEvent.objects.filter(action="rights").order_by("pk").values_list("detail", flat=True))


def test_signing_in_and_out_and_wrong_passwords_are_in_it() -> None:
    make_colleague()
    client = Client()
    client.post("/admin/login/", {"login": "ana", "password": "guess"})
    client.post("/admin/login/", {"login": "ana", "password": PASSWORD})
    client.post("/admin/logout/")
    assert events("refused", "signed_in", "signed_out") == [
        ("", "refused", "ana"),
        ("ana", "signed_in", "ana"),
        ("ana", "signed_out", "ana"),
    ]


def test_logging_out_without_a_sign_in_is_no_event(rf: RequestFactory) -> None:
    request = rf.post("/admin/logout/")
    request.session, request.user = SessionStore(), AnonymousUser()
    logout(request)
    assert events("signed_out") == []


def test_second_factors_are_in_it() -> None:
    make_colleague()
    client = log_in()
    _, codes = set_up_app(client)
    assert events("factor_added") == [("ana", "factor_added", "ana")] * 2
    second = log_in()
    second.post(FACTOR, {"code": "000000"})
    second.post(FACTOR, {"code": codes[0]})
    client.post(f"{APP}remove/")
    assert events("code_refused", "code_used") == [("", "code_refused", "ana"), ("ana", "code_used", "ana")]
    removed = AccountEvent.objects.filter(action="factor_removed", actor="ana").values_list("detail", flat=True)
    assert sorted(removed) == ["Recovery codes", "TOTP Authenticator"]


def test_factors_of_a_deleted_account_are_in_it() -> None:
    user = make_colleague()
    set_up_app(log_in())
    confirmed_owner().post(f"{USERS}{user.pk}/delete/", {"post": "yes"})
    assert events("factor_removed", "deleted")[-1] == ("owner", "deleted", "ana")
    assert len(events("factor_removed")) == 2


def test_a_name_that_nobody_has_is_not_stored() -> None:
    Client().post("/admin/login/", {"login": "my pass phrase by mistake", "password": "guess"})
    assert not AccountEvent.objects.exists()


def test_what_an_owner_does_to_accounts_is_in_it() -> None:
    owner = confirmed_owner()
    new = {"username": "ben", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    owner.post(f"{USERS}add/", new)
    ben = User.objects.get(username="ben")
    group = Group.objects.get(name="Front desk")
    form: dict[str, Any] = {"username": "ben", "is_active": "on", "is_staff": "on", "groups": [group.pk]}
    owner.post(f"{USERS}{ben.pk}/change/", form)
    owner.post(f"{USERS}{ben.pk}/password/", {"password1": f"{PASSWORD}!", "password2": f"{PASSWORD}!"})
    owner.post(f"{USERS}{ben.pk}/delete/", {"post": "yes"})
    assert [event for event in events("created", "rights", "password", "deleted") if event[2] == "ben"] == [
        ("owner", "created", "ben"),
        ("owner", "rights", "ben"),
        ("owner", "rights", "ben"),
        ("owner", "password", "ben"),
        ("owner", "deleted", "ben"),
    ]
    assert details()[-2:] == ["from active to active, staff", "groups added Front desk"]


def test_a_user_name_stays_and_another_mail_address_is_in_it() -> None:
    ana, owner = make_colleague(), confirmed_owner()
    form = {"username": "ben", "email": "ana@clinic.example", "is_active": "on", "is_staff": "on"}
    assert owner.post(f"{USERS}{ana.pk}/change/", form).status_code == 302
    ana.refresh_from_db()
    assert (ana.username, ana.email) == ("ana", "ana@clinic.example")
    assert events("named") == [("owner", "named", "ana")]
    assert AccountEvent.objects.get(action="named").detail == "e-mail address"


def test_another_full_name_is_in_it() -> None:
    """A clinician signs with it, and readers see it."""
    ana, owner = make_colleague(), confirmed_owner()
    form = {"username": "ana", "first_name": "Mary", "last_name": "Lake", "is_active": "on", "is_staff": "on"}
    form |= {"date_joined_0": "2026-11-23", "date_joined_1": "10:00:00"}
    assert owner.post(f"{USERS}{ana.pk}/change/", form).status_code == 302
    assert events("named") == [("owner", "named", "ana")]
    assert AccountEvent.objects.get(action="named").detail == "first name and last name"


def test_a_user_name_that_a_command_changes_is_in_it() -> None:
    ana = make_colleague()
    ana.username = "ben"
    ana.save(update_fields=["username"])
    event = AccountEvent.objects.get(action="named")
    assert (event.subject, event.detail) == ("ana", "user name; now ben")


def test_permissions_and_groups_of_any_way_are_in_it() -> None:
    user, group = make_colleague(), Group.objects.create(name="Mine")
    permission = Permission.objects.get(codename="view_user")
    group.permissions.add(permission)
    user.user_permissions.add(permission)
    user.user_permissions.remove(permission)
    user.groups.add(group)
    user.groups.clear()
    assert details() == [
        f"permissions added {permission}",
        f"permissions added {permission}",
        f"permissions taken away {permission}",
        "groups added Mine",
        "groups all taken away Mine",
    ]


def test_a_group_that_is_renamed_or_deleted_is_in_it() -> None:
    group = Group.objects.create(name="Mine")
    group.save()
    group.name = "Ours"
    group.save()
    group.delete()
    assert events("named", "group_deleted") == [("", "named", "Mine"), ("", "group_deleted", "Ours")]
    assert AccountEvent.objects.get(action="named").detail == "group; now Ours"


def test_a_guess_at_a_name_in_other_letters_is_in_it() -> None:
    make_colleague()
    Client().post("/admin/login/", {"login": "ANA", "password": "guess"})
    assert events("refused") == [("", "refused", "ana")]


def test_an_account_without_rights_says_so() -> None:
    make_colleague(is_staff=False, is_active=False)
    assert AccountEvent.objects.get(action="created").detail == "none"


def test_what_changes_no_right_is_not_in_it() -> None:
    user = make_colleague()
    user.first_name = "Ana"
    user.save()
    user.save(update_fields=["first_name"])
    assert events("rights", "password") == []


def test_the_owner_reads_it_and_changes_nothing(sign_in: Cast) -> None:
    colleague = make_colleague()
    owner = sign_in("owner")
    page = owner.get(AUDIT).content.decode()
    assert "account made" in page
    assert AUDIT in owner.get("/admin/").content.decode()
    event = AccountEvent.objects.filter(subject=colleague.username).get()
    assert str(event) == "ana: account made"
    assert owner.get(f"{AUDIT}add/").status_code == 403
    assert owner.post(f"{AUDIT}{event.pk}/change/", {"subject": "ben"}).status_code == 403
    assert owner.post(f"{AUDIT}{event.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("who", ["front desk", "editor", "reviewer"])
def test_nobody_else_reads_it(sign_in: Cast, who: str) -> None:
    client = sign_in(who)
    assert client.get(AUDIT).status_code == 403
    assert AUDIT not in client.get("/admin/").content.decode()
