"""Give each scheduled request with a time its visit. Its calendar and kind stay empty: nobody recorded them."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AT_ONCE = 500  # rows


def add_visits(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    requests: Any = apps.get_model("appointments", "ConsultationRequest")
    visits: Any = apps.get_model("appointments", "Visit")
    scheduled = requests.objects.filter(status="scheduled", visits=None).exclude(visit_at=None)
    rows = scheduled.values_list("pk", "visit_at", "visit_office", "ended_at", "created_at")
    visits.objects.bulk_create(
        (
            visits(request_id=pk, status="booked", office=office, starts_at=at, changed_at=ended_at or created_at)
            for pk, at, office, ended_at, created_at in rows
        ),
        batch_size=AT_ONCE,
    )


class Migration(migrations.Migration):
    dependencies = [("appointments", "0012_visits")]

    operations = [migrations.RunPython(add_visits, migrations.RunPython.noop)]
