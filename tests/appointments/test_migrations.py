import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection


def rights(group: str) -> set[str]:
    mine = Permission.objects.filter(group__name=group, content_type__app_label="appointments")
    return set(mine.values_list("codename", flat=True))


@pytest.mark.django_db
def test_the_front_desk_may_view_and_change_requests() -> None:
    assert rights("Front desk") == {"view_consultationrequest", "change_consultationrequest", "view_auditevent"}


@pytest.mark.django_db
def test_staff_editors_exist_and_have_no_permissions_on_requests() -> None:
    assert Group.objects.filter(name="Staff editors").exists()
    assert rights("Staff editors") == set()


@pytest.mark.django_db
def test_permissions_to_add_or_delete_do_not_exist() -> None:
    rights_there_are = Permission.objects.filter(content_type__app_label="appointments")
    assert set(rights_there_are.values_list("codename", flat=True)) == {
        "view_consultationrequest",
        "change_consultationrequest",
        "view_auditevent",
        "view_outboxmessage",
    }


@pytest.mark.django_db
def test_permissions_can_be_revoked_and_granted_again() -> None:
    desk_groups = importlib.import_module("appointments.migrations.0002_desk_groups")
    desk_groups.take_back(apps, connection.schema_editor())
    assert rights("Front desk") == set()
    desk_groups.give(apps, connection.schema_editor())
    assert "change_consultationrequest" in rights("Front desk")
