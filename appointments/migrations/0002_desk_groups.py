"""The front desk works through the requests; staff editors have no rights on them."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from clinic_site.groups import FRONT_DESK, STAFF_EDITORS
from clinic_site.permissions import grant, revoke

RIGHTS: dict[str, list[str]] = {
    FRONT_DESK: ["view_consultationrequest", "change_consultationrequest", "view_auditevent"],
    STAFF_EDITORS: [],
}


def give(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for group, codenames in RIGHTS.items():
        grant(apps, schema_editor, group, "appointments", codenames)


def take_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for group in RIGHTS:
        revoke(apps, schema_editor, group, "appointments")


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, take_back)]
