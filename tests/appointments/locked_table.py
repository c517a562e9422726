"""A site on PostgreSQL with a table locked by another program: run by test_locked_table.py in a subprocess."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from appointments.models import ConsultationRequest
from appointments.workflow import submit
from clinic_site.database import sqlite_queue
from tests.appointments.builders import make_answers
from tests.appointments.locked_file import FORMS_WAIT, post_form, timed
from tests.sessions import start_session


@contextmanager
def locked() -> Iterator[None]:
    """Lock the table of requests against reads and writes."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {ConsultationRequest._meta.db_table} IN ACCESS EXCLUSIVE MODE")
    yield
    other.rollback()
    other.close()


def limit() -> str:
    """Return the lock timeout of this thread outside requests, as in a command or the mail worker."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


def main() -> None:
    stored = submit(make_answers(), timezone.now())
    desk = Client(raise_request_exception=False, HTTP_HOST="127.0.0.1")
    start_session(desk, User.objects.create_superuser("desk"))
    note = f"/admin/appointments/consultationrequest/{stored.pk}/step/note/"
    results: dict[str, Any] = {}
    sqlite_queue.FORMS_WAIT = FORMS_WAIT
    connection.close()
    with locked():
        results["form"] = post_form()
        results["note"] = timed(note, {"text": "Asked for Ana", "password": "secret"}, desk)
        results["desk"] = timed(note, client=desk)
        results["patient"] = timed(f"/consultation/status/{stored.token}/")
        results["readyz"] = timed("/readyz")
    results["limit"] = limit()
    connection.close()
    results["afterwards"] = post_form()
    results["stored"] = ConsultationRequest.objects.count()
    json.dump(results, sys.stdout)
