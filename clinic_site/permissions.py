"""Gives the groups their permissions, from migrations, so that a fresh database has them."""

from collections.abc import Iterable

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def grant(apps: Apps, editor: BaseDatabaseSchemaEditor, group: str, app_label: str, codenames: Iterable[str]) -> None:
    """Gives the group, made if need be, the app's permissions of these names. For use in a migration."""
    database = editor.connection.alias
    # Django makes permissions after the last migration, which is too late for this one.
    create_permissions(installed.get_app_config(app_label), verbosity=0, using=database, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    holder, _ = apps.get_model("auth", "Group").objects.using(database).get_or_create(name=group)
    holder.permissions.add(*permissions.filter(content_type__app_label=app_label, codename__in=codenames))


def revoke(apps: Apps, editor: BaseDatabaseSchemaEditor, group: str, app_label: str) -> None:
    """Takes the app's permissions from the group again; the group stays."""
    holders = apps.get_model("auth", "Group").objects.using(editor.connection.alias)
    for holder in holders.filter(name=group):
        holder.permissions.remove(*holder.permissions.filter(content_type__app_label=app_label))
