"""The groups of people who sign in, and how the apps' migrations give them permissions."""

from collections.abc import Iterable

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FRONT_DESK = "Front desk"
STAFF_EDITORS = "Staff editors"
CLINICAL_REVIEWERS = "Clinical reviewers"


def grant(apps: Apps, editor: BaseDatabaseSchemaEditor, group: str, app_label: str, codenames: Iterable[str]) -> None:
    """Give the group, created if need be, the app's permissions with these codenames. For migrations."""
    database = editor.connection.alias
    # Django creates permissions only after the last migration.
    create_permissions(installed.get_app_config(app_label), verbosity=0, using=database, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    holder, _ = apps.get_model("auth", "Group").objects.using(database).get_or_create(name=group)
    holder.permissions.add(*permissions.filter(content_type__app_label=app_label, codename__in=codenames))


def revoke(apps: Apps, editor: BaseDatabaseSchemaEditor, group: str, app_label: str) -> None:
    """Take all the app's permissions from the group; the group stays. For migrations."""
    holders = apps.get_model("auth", "Group").objects.using(editor.connection.alias)
    for holder in holders.filter(name=group):
        holder.permissions.remove(*holder.permissions.filter(content_type__app_label=app_label))
