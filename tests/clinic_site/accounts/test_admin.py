"""What somebody who may change users and groups, and is no owner, cannot do to accounts."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tests.clinic_site.accounts.builders import PASSWORD, make_colleague
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
USERS = "/admin/auth/user/"


@pytest.fixture
def manager(sign_in: Cast) -> Client:
    client = sign_in("front desk")
    may = Permission.objects.filter(codename__regex="^(add|change|view|delete)_(user|group)$").exclude(
        codename="add_user"
    )
    User.objects.get(username="front-desk").user_permissions.set(may)
    return client


def test_they_give_nobody_rights(manager: Client) -> None:
    user = User.objects.get(username="front-desk")
    permission = Permission.objects.get(codename="add_user")
    form = {"is_active": "on", "is_superuser": "on", "groups": Group.objects.get(name="Staff editors").pk}
    form |= {"user_permissions": permission.pk, "date_joined_0": "2026-11-23", "date_joined_1": "10:00:00"}
    form |= {"first_name": "Dana"}
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
