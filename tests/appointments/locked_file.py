"""A site on an SQLite file locked by another program: run by test_locked_file.py in a subprocess.

The SQLite database of the tests is in memory, where no other program can lock it.
"""

import datetime as dt
import gc
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from appointments.choices import Action
from appointments.models import ConsultationRequest
from appointments.request_form import tokens
from appointments.workflow import submit
from articles.library import get_library
from clinic_site.database import sqlite_queue
from tests.appointments.builders import make_answers, make_form_data
from tests.sessions import start_session

FORMS_WAIT = 1.0  # seconds, in place of ten
PASSWORDS = dict.fromkeys(("password", "old_password", "new_password1", "password2"), "secret")
CONFIRM = "0111"  # the last digits of the number of make_answers()


@contextmanager
def locked(how: str) -> Iterator[None]:
    """Lock the file: `immediate` like a writer, `exclusive` to also block readers."""
    gc.collect()  # errors keep references to connections
    with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None, timeout=30)) as other:
        other.execute(f"PRAGMA locking_mode = {'EXCLUSIVE' if how == 'exclusive' else 'NORMAL'}")
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE other_program (number)")
        yield
        other.execute("ROLLBACK")


def timed(path: str, data: dict[str, Any] | None = None, client: Client | None = None) -> dict[str, Any]:
    started = time.monotonic()
    client = client or Client(raise_request_exception=False, HTTP_HOST="127.0.0.1")
    response = client.get(path) if data is None else client.post(path, data, headers={"Sec-Fetch-Site": "same-origin"})
    connection.close()  # as Django does after each request
    return {"status": response.status_code, "seconds": time.monotonic() - started, "text": response.content.decode()}


def post_form(name: str = "Ana Torres") -> dict[str, Any]:
    token = tokens.issue(timezone.now() - dt.timedelta(minutes=5))
    return timed("/consultation/", make_form_data(name=name, token=token))


def main() -> None:
    call_command("migrate", verbosity=0)
    stored = submit(make_answers(), timezone.now())
    article = next(iter(get_library().articles))
    patient, words = f"/consultation/status/{stored.token}/", f"/articles/{article}/feedback/"
    desk = Client(raise_request_exception=False, HTTP_HOST="127.0.0.1")
    start_session(desk, User.objects.create_superuser("desk"))
    note = f"/admin/appointments/consultationrequest/{stored.pk}/step/note/"
    results: dict[str, Any] = {}
    sqlite_queue.FORMS_WAIT = settings.DATABASES["default"]["OPTIONS"]["timeout"] = FORMS_WAIT
    connection.close()
    for how in ("immediate", "exclusive"):
        with locked(how):
            results[how] = {path: timed(path) for path in ("/readyz", "/", "/consultation/", "/search/?q=pain")}
            results[how]["form"] = post_form()
            results[how]["note"] = timed(note, {"text": 'Asked for "Ana"', **PASSWORDS}, desk)
            results[how]["desk"] = timed(note, client=desk)
    with locked("immediate"):
        results["patient"] = timed(patient, {"known": CONFIRM})
        results["words"] = timed(words, {"section": "", "text": "The second part"})
    results["afterwards"] = post_form()
    results["notes"] = timed(note, {"text": 'Asked for "Ana"'}, desk)["status"]
    results["stored"] = ConsultationRequest.objects.count()
    results["tried"] = stored.audit_events.filter(action=Action.UNCONFIRMED).count()
    json.dump(results, sys.stdout)
