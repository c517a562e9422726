"""Writes the keys by which names and addresses are found anew, as fold_name() and fold() make them now.

The functions are the site's own and not a copy of what they are today: a key is of use only if it is what the running
code makes of a search. Whoever changes them adds a migration like this one.
"""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from clinic_site.text.folding import fold, fold_name

AT_ONCE = 1000  # rows: a batch is a transaction of its own, so that nobody waits for long
KEYS = ["name_key", "email_key"]


def renew(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Changes only the rows whose keys differ, so that it can be cut short and run again."""
    database = schema_editor.connection.alias
    requests = apps.get_model("appointments", "ConsultationRequest").objects.using(database)
    rows = requests.order_by("pk").only("name", "email", *KEYS)
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        requests.bulk_update([request for request in batch if _is_renewed(request)], KEYS)
        last = batch[-1].pk


def _is_renewed(request: Any) -> bool:
    """Gives the request its keys; whether they changed."""
    before = request.name_key, request.email_key
    request.name_key, request.email_key = fold_name(request.name), fold(request.email)
    return before != (request.name_key, request.email_key)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("appointments", "0008_form_place")]

    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
