"""The two groups of people who sign in, with just the rights they need."""

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GROUPS: dict[str, list[str]] = {
    "Front desk": ["view_consultationrequest", "change_consultationrequest", "view_auditevent"],
    "Staff editors": [],
}


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection.alias
    _create_permissions(apps, database)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.using(database).get_or_create(name=name)
        group.permissions.add(
            *permissions.filter(content_type__app_label="appointments", codename__in=codenames)
        )


def _create_permissions(apps: Apps, database: str) -> None:
    """Django makes them after the last migration, which is too late for this one."""
    create_permissions(installed.get_app_config("appointments"), verbosity=0, using=database, apps=apps)


def remove_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
