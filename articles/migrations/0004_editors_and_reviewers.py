"""Staff editors edit articles and work through what readers say; clinical reviewers see them and sign."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from clinic_site.database.group_permissions import CLINICAL_REVIEWERS, STAFF_EDITORS, grant, revoke

RIGHTS = {
    STAFF_EDITORS: ["view_contentfile", "change_contentfile", "view_readerfeedback", "change_readerfeedback"],
    CLINICAL_REVIEWERS: ["view_contentfile", "sign_contentfile"],
}


def give(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for group, rights in RIGHTS.items():
        grant(apps, schema_editor, group, "articles", rights)


def take_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What 0002 gave stays."""
    for group in RIGHTS:
        revoke(apps, schema_editor, group, "articles")
    grant(apps, schema_editor, STAFF_EDITORS, "articles", ["view_contentfile"])


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_editing")]

    operations = [migrations.RunPython(give, take_back)]
