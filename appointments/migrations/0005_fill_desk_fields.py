"""Gives the requests that are there what the desk now sorts, searches and counts by."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from clinic_site.text.folding import fold

WAITING = ("new", "contacting")
FILLED = ["due_at", "name_key", "email_key", "ended_at", "erased_at"]


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection.alias
    requests = apps.get_model("appointments", "ConsultationRequest").objects.using(database)
    events = apps.get_model("appointments", "AuditEvent").objects.using(database)
    for request in requests.iterator():
        last = events.filter(request=request).latest("pk")  # there is always one: it was sent
        request.due_at = request.reply_by
        request.name_key, request.email_key = fold(request.name), fold(request.email)
        request.ended_at = None if request.status in WAITING else last.at
        request.erased_at = None if request.name else last.at
        request.save(update_fields=FILLED)


class Migration(migrations.Migration):
    dependencies = [("appointments", "0004_worked_at_the_desk")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
