"""The front desk works through the requests. Nobody else has rights on them."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from clinic_site.database.group_permissions import FRONT_DESK, grant, revoke

RIGHTS = ["view_consultationrequest", "change_consultationrequest", "view_auditevent"]


def give(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    grant(apps, schema_editor, FRONT_DESK, "appointments", RIGHTS)


def take_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    revoke(apps, schema_editor, FRONT_DESK, "appointments")


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, take_back)]
