"""What somebody who may change users and groups, and is no owner, cannot do to accounts.

And what nobody can do at the desk of an owner who left it open.
"""

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tests.appointments.builders import NOW
from tests.clinic_site.accounts.builders import PASSWORD, confirmed, confirmed_owner, make_colleague

pytestmark = pytest.mark.django_db
USERS = "/admin/auth/user/"


@pytest.fixture
def manager() -> Client:
    client = confirmed("front-desk")
    may = Permission.objects.filter(codename__regex="^(add|change|view|delete)_(user|group)$").exclude(
        codename="add_user"
    )
    user = User.objects.get(username="front-desk")
    user.user_permissions.set(may)
    user.groups.set(Group.objects.filter(name="Front desk"))
    return client


def test_they_give_nobody_rights(manager: Client) -> None:
    user = User.objects.get(username="front-desk")
    permission = Permission.objects.get(codename="add_user")
    form = {"is_active": "on", "is_superuser": "on", "groups": Group.objects.get(name="Staff editors").pk}
    form |= {"user_permissions": permission.pk, "first_name": "Dana"}
    assert manager.post(f"{USERS}{user.pk}/change/", form).status_code == 302
    user.refresh_from_db()
    assert (user.first_name, user.is_staff, user.is_superuser) == ("Dana", True, False)
    assert [group.name for group in user.groups.all()] == ["Front desk"]
    assert permission not in user.user_permissions.all()


@pytest.mark.parametrize("page", ["change", "password", "delete"])
def test_they_do_nothing_to_an_owner(manager: Client, page: str) -> None:
    owner = make_colleague("olga", is_superuser=True)
    form = {"post": "yes", "password1": "another four plain words", "password2": "another four plain words"}
    assert manager.post(f"{USERS}{owner.pk}/{page}/", form).status_code == 403
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_they_set_no_password_of_a_colleague(manager: Client) -> None:
    colleague = make_colleague()
    form = {"password1": "another four plain words", "password2": "another four plain words"}
    assert manager.get(f"{USERS}{colleague.pk}/password/").status_code == 403
    assert manager.post(f"{USERS}{colleague.pk}/password/", form).status_code == 403
    colleague.refresh_from_db()
    assert colleague.check_password(PASSWORD)


def test_they_do_delete_colleagues(manager: Client) -> None:
    colleague = make_colleague()
    manager.post(f"{USERS}{colleague.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(username="ana").exists()


@pytest.mark.parametrize("page", ["{}/change/", "{}/delete/", "add/"])
def test_they_widen_no_group(manager: Client, page: str) -> None:
    group = Group.objects.get(name="Front desk")
    before = set(group.permissions.all())
    form = {
        "name": "Front desk",
        "permissions": [permission.pk for permission in Permission.objects.all()],
        "post": "yes",
    }
    assert manager.post(f"/admin/auth/group/{page.format(group.pk)}", form).status_code == 403
    assert set(Group.objects.get(name="Front desk").permissions.all()) == before
    assert Group.objects.count() == len(["Front desk", "Staff editors", "Clinical reviewers"])


def test_they_see_groups(manager: Client) -> None:
    assert manager.get("/admin/auth/group/").status_code == 200


OTHERS = ["user/add/", "user/{}/change/", "user/{}/password/", "user/{}/delete/", "user/", "group/add/"]


@pytest.mark.parametrize("address", OTHERS)
def test_nobody_gives_rights_at_the_open_desk_of_an_owner(address: str) -> None:
    ana, owner = make_colleague(), Client()
    make_colleague("owner", is_superuser=True)
    owner.post("/admin/login/", {"login": "owner", "password": PASSWORD})
    path = f"/admin/auth/{address.format(ana.pk)}"
    form = {"username": "eve", "password1": "another four plain words", "password2": "another four plain words"}
    form |= {
        "usable_password": "true",
        "is_superuser": "on",
        "post": "yes",
        "name": "Mine",
        "_selected_action": str(ana.pk),
    }
    refused = owner.post(path, form | {"action": "end_access"})
    assert (refused.status_code, refused["Location"]) == (303, path)
    assert owner.get(path)["Location"].startswith("/admin/account/confirm/?next=")
    assert "another four plain words" not in str(dict(owner.session))
    assert set(User.objects.values_list("username", flat=True)) == {"ana", "owner"}
    assert not Group.objects.filter(name="Mine").exists()
    assert User.objects.get(username="ana").check_password(PASSWORD)
    assert User.objects.get(username="ana").is_staff


def test_who_says_that_it_is_them_goes_on_for_five_minutes() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        owner = confirmed_owner()
        assert owner.get(f"{USERS}add/").status_code == 200
        clock.shift(6 * 60)
        assert owner.get(f"{USERS}add/").status_code == 302


def test_an_owner_ticks_groups_and_changes_no_recorded_date() -> None:
    owner, colleague = confirmed_owner(), make_colleague()
    group = Group.objects.get(name="Front desk")
    page = f"{USERS}{colleague.pk}/change/"
    assert f'<input type="checkbox" name="groups" value="{group.pk}"' in owner.get(page).content.decode()
    form = {"is_active": "on", "groups": group.pk, "date_joined_0": "2001-01-01", "date_joined_1": "10:00:00"}
    owner.post(page, form)
    assert [found.name for found in colleague.groups.all()] == ["Front desk"]
    assert User.objects.get(pk=colleague.pk).date_joined == colleague.date_joined


def test_an_owner_sets_a_password() -> None:
    owner, colleague = confirmed_owner(), make_colleague()
    page = f"{USERS}{colleague.pk}/password/"
    wrong = owner.post(
        page, {"password1": "short", "password2": "short", "usable_password": "true", "set-password": ""}
    )
    assert "at least 12 characters" in wrong.content.decode()
    new = "another four plain words"
    owner.post(page, {"password1": new, "password2": new, "usable_password": "true", "set-password": ""})
    colleague.refresh_from_db()
    assert colleague.check_password(new)
    owner.post(page, {"usable_password": "false", "unset-password": ""})
    colleague.refresh_from_db()
    assert not colleague.has_usable_password()
    assert "Enable password-based authentication" in owner.get(page).content.decode()
