"""A site of before visits, migrated: run by test_migration.py in a process of its own, with a separate database."""

import datetime as dt
import json
import sys
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.forms.models import model_to_dict

from appointments.booking import book, cancel
from appointments.models import ConsultationRequest, OutboxMessage, TakenTime
from appointments.visits.stranded import stranded_visits
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import LATER, NOW, VISIT
from tests.appointments.visits.slots import free_slots

BEFORE = [("appointments", "0011_mailed_again_action")]
PAST = NOW - dt.timedelta(days=20)


def add_request(models: Any, name: str, **fields: Any) -> Any:
    """Store a request with an event and a mail, as a site of then did."""
    unique = {"reference": name[:7], "token": f"token-{name}", "idempotency_key": f"key-{name}"}
    moments = {"created_at": PAST, "reply_by": PAST, "due_at": PAST}
    request = models("ConsultationRequest").objects.create(
        name=name, email=f"{name}@example.com", **(unique | moments | fields)
    )
    models("AuditEvent").objects.create(request=request, at=PAST, action="submitted", after=request.status)
    if request.status == "scheduled":
        models("AuditEvent").objects.create(
            request=request, at=PAST, action="transition", actor="dana", after="scheduled", was={"status": "new"}
        )
    models("OutboxMessage").objects.create(
        request=request, kind="news", recipient=request.email, created_at=PAST, next_try_at=PAST, status="sent"
    )
    return request


def add_requests(models: Any) -> None:
    scheduled = {"status": "scheduled", "ended_at": PAST}
    with_time = {"visit_at": VISIT.at, "visit_office": VISIT.office}
    add_request(models, "open")
    older = add_request(models, "timed", **scheduled, **with_time)
    add_request(models, "gone-by", **scheduled, visit_at=PAST, visit_office="lake-wren")
    add_request(models, "no-end", status="scheduled", **with_time)
    add_request(models, "untimed", **scheduled)
    add_request(models, "joined", status="closed", ended_at=PAST, joined_to=older)
    add_request(models, "erased", **scheduled, erased_at=PAST)


def rows_of_others() -> str:
    """Return the audit trail and the outbox as text, with the columns that there were before."""
    found = []
    with connection.cursor() as cursor:
        for table, columns in {
            "auditevent": "id, request_id, at, action, actor, after, was",
            "outboxmessage": "id, request_id, kind, recipient, status",
        }.items():
            cursor.execute(f"SELECT {columns} FROM appointments_{table} ORDER BY id")  # noqa: S608 (our own names)
            found.append(cursor.fetchall())
    return json.dumps(found, default=str)


def requests() -> dict[str, Any]:
    """Return the requests with their visits, as the models of now read them."""
    new = ("answer", "answered_at", "by_phone", "earlier_wanted_at")
    fields = ("status", "office", "calendar", "kind", "ends_at", "sequence")
    return {
        request.name: {
            "status": request.status,
            "new fields": [getattr(request, name) for name in new],
            "visits": [model_to_dict(visit, fields) for visit in request.visits.all()],
            "times": [
                visit.starts_at == request.visit_at and visit.changed_at == PAST for visit in request.visits.all()
            ],
            "uids": [str(visit.uid) for visit in request.visits.all()],
        }
        for request in ConsultationRequest.objects.order_by("pk")
    }


def changes_of_the_trail() -> list[str]:
    """Try to change the audit trail past the models. Return what the database said."""
    answers = []
    for statement in ("UPDATE appointments_auditevent SET actor = 'x'", "DELETE FROM appointments_auditevent"):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except DatabaseError as error:
            answers.append(str(error))
    return answers


def steps() -> list[str]:
    """Book and cancel a visit of each request that may have one. Return their statuses."""
    found = []
    for name in ("open", "timed", "untimed"):
        request = ConsultationRequest.objects.get(name=name)
        book(request, free_slots()[0], "dana", LATER)
        cancel(request, "dana", LATER)
        found.append(request.status)
    return found


def main() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    then = executor.loader.project_state(BEFORE).apps
    add_requests(lambda name: then.get_model("appointments", name))
    rows_before = rows_of_others()
    call_command("migrate", verbosity=0)
    result = {
        "requests": requests(),
        "other rows stay": rows_of_others() == rows_before,
        "calendar files": sorted(set(OutboxMessage.objects.values_list("calendar_file", flat=True))),
        "times taken": TakenTime.objects.count(),
        "stranded": len(stranded_visits(get_clinic(), NOW)),
        "trail": changes_of_the_trail(),
        "steps": steps(),
    }
    json.dump(result, sys.stdout)
