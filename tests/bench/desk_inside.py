"""Fill a database up to a number of requests and time the desk: `python -m tests.bench.desk_inside STORED ROUNDS`.

Prints milliseconds of server time and the number of queries for each view, as JSON.
"""

import datetime as dt
import itertools
import json
import statistics
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402 (needs Django set up)
from django.core.management import call_command  # noqa: E402 (the same)
from django.db import connection, models, transaction  # noqa: E402 (the same)
from django.test import Client  # noqa: E402 (the same)
from django.test.utils import CaptureQueriesContext  # noqa: E402 (the same)
from django.utils import timezone  # noqa: E402 (the same)

from appointments.choices import Action, MailKind, MailStatus, Status, VisitStatus  # noqa: E402 (the same)
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage, Visit  # noqa: E402 (the same)
from appointments.references import ALPHABET, HALF  # noqa: E402 (the same)
from clinic_site.database.group_permissions import FRONT_DESK  # noqa: E402 (the same)
from clinic_site.delivery.static_files import collect_static  # noqa: E402 (the same)
from clinic_site.text.folding import fold_name  # noqa: E402 (the same)
from tests.sessions import start_session  # noqa: E402

QUEUE = "/admin/appointments/consultationrequest/"
BATCH = 5_000
ONE_IN = 100  # requests is waiting, the others have ended
FIRST = (
    "Ana Bo Chidi Dolores Eli Fatima Greta Hugo Ines Jo Kaito Lena Mateo Nadia Omar Priya Quinn Rosa Sam Tala".split()
)
LAST = (
    "Torres Li Okafor Marsh Noor Lind Brandt Duarte Park Mori Fischer Ruiz Haddad Rao Doyle Vidal Reyes Clarke".split()
)
ENDED = (Status.SCHEDULED, Status.CLOSED, Status.DECLINED, Status.WITHDRAWN)
APART = dt.timedelta(minutes=7)  # between two requests
PROMISE = dt.timedelta(hours=1)  # so short that among few requests, too, some are overdue
ONE_TWICE = (
    10  # waiting requests comes from a person who also sent the one before: look-alikes have a query of their own
)


def reference(number: int) -> str:
    """Return the unique reference of the request of that number."""
    code = ""
    for _ in range(2 * HALF):
        number, digit = divmod(number, len(ALPHABET))
        code += ALPHABET[digit]
    return f"{code[:HALF]}-{code[HALF:]}"


def name(number: int) -> str:
    """Return the name of the patient of that number; equal names in one office and period are rare."""
    spread = number * 2_654_435_761 % 2**32  # otherwise the waiting requests, one in a hundred, would share few names
    first, rest = spread % len(FIRST), spread // len(FIRST)
    return f"{FIRST[first]} {ALPHABET[rest % len(ALPHABET)]} {LAST[rest // len(ALPHABET) % len(LAST)]}"


def phone(number: int) -> str:
    return f"+1727{number % 10_000_000:07}"


def stored_request(number: int, now: dt.datetime) -> dict[str, Any]:
    """Return the fields that differ between requests."""
    waits = number % ONE_IN == 0
    at = now - APART * (number // ONE_IN if waits else number)
    status = (Status.NEW, Status.CONTACTING)[number // ONE_IN % 2] if waits else ENDED[number % len(ENDED)]
    sender = number - ONE_IN if waits and number // ONE_IN % ONE_TWICE == 0 else number
    email = f"person{number}@example.com"
    return {
        "id": number, "reference": reference(number), "token": f"token-{number}", "idempotency_key": f"key-{number}",
        "status": status.value, "created_at": at, "reply_by": at + PROMISE, "due_at": at + PROMISE,
        "ended_at": None if waits else at, "name": name(number), "name_key": fold_name(name(number)),
        "phone": phone(sender), "phone_typed": phone(sender), "email": email, "email_key": email,
        "office": ("port-alder", "lake-wren", "")[number % 3],
        "visit_at": at + PROMISE if status == Status.SCHEDULED else None,
        "visit_office": "port-alder" if status == Status.SCHEDULED else "",
    }  # fmt: skip


def event(row: dict[str, Any], action: Action) -> dict[str, Any]:
    return {"request_id": row["id"], "at": row["created_at"], "action": action.value, "after": row["status"]}


def notice(row: dict[str, Any]) -> dict[str, Any]:
    at = row["created_at"]
    fields = {"kind": MailKind.NOTICE.value, "status": MailStatus.SENT.value, "recipient": "desk@clinic.example"}
    return {"id": uuid.uuid4(), "request_id": row["id"], "created_at": at, "next_try_at": at, "sent_at": at, **fields}


def visits(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the visits of a scheduled request: one that was cancelled, and the one that took place."""
    if row["visit_at"]:
        same = {"request_id": row["id"], "starts_at": row["visit_at"], "changed_at": row["created_at"]}
        for status in (VisitStatus.CANCELLED, VisitStatus.FULFILLED):
            yield same | {"status": status.value, "uid": uuid.uuid4()}


def fill(stored: int, now: dt.datetime) -> None:
    """Add the missing requests, each with its events and mail; two visits for each fourth one."""
    have = ConsultationRequest.objects.count()
    for start in range(have, stored, BATCH):
        rows = [stored_request(number, now) for number in range(start + 1, min(start + BATCH, stored) + 1)]
        with transaction.atomic():
            insert(ConsultationRequest(best_times=["morning"], note="Ask for me by name."), rows)
            insert(AuditEvent(), [event(row, action) for row in rows for action in (Action.SUBMITTED, Action.OPENED)])
            insert(Visit(office="port-alder"), [visit for row in rows for visit in visits(row)])
            insert(OutboxMessage(subject="New request", body="New request. Sign in to view."), map(notice, rows))
    if connection.vendor == "postgresql":  # PostgreSQL does so by itself after a while; SQLite never does
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def insert(like: models.Model, rows: Iterable[dict[str, Any]]) -> None:
    """Insert `rows` by raw SQL, with defaults from `like`, in a fifth of the time of model objects."""
    rows = list(rows)
    fields = [field for field in like._meta.concrete_fields if field.attname in rows[0] or not field.primary_key]
    same = {field: field.get_db_prep_save(getattr(like, field.attname), connection) for field in fields}
    columns = ", ".join(connection.ops.quote_name(field.attname) for field in fields)
    statement = f"INSERT INTO {like._meta.db_table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[_value(field, row, same) for field in fields] for row in rows])


def _value(field: Any, row: dict[str, Any], same: dict[Any, Any]) -> Any:
    return field.get_db_prep_save(row[field.attname], connection) if field.attname in row else same[field]


def looks(stored: int) -> dict[str, str]:
    """Return the views to time; the searches are for a request in the middle."""
    middle = stored // 2 + 1
    return {
        "list": QUEUE,
        "overdue": f"{QUEUE}?queue=overdue",
        "ended": f"{QUEUE}?queue=ended",
        "search by name": f"{QUEUE}?q={name(middle).replace(' ', '+')}",
        "search by phone": f"{QUEUE}?q=727+{phone(middle)[5:8]}+{phone(middle)[8:]}",
        "search by reference": f"{QUEUE}?q={reference(middle)}",
        "search for nobody": f"{QUEUE}?q=nobody+of+that+name",
    }


def look(client: Client, path: str, rounds: int) -> dict[str, float]:
    """Return the median of `rounds` after a warm-up; queries are counted separately, because counting takes time."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    counted = len(queries)  # before the next request empties the list
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - started) * 1000)
    return {"milliseconds": statistics.median(times), "queries": counted}


def signed_in() -> Client:
    user, _ = User.objects.get_or_create(username="measurer", is_staff=True)
    user.groups.set([Group.objects.get(name=FRONT_DESK)])
    client = Client(headers={"host": "127.0.0.1"})
    start_session(client, user)
    return client


def main(stored: int, rounds: int) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    collect_static()
    fill(stored, timezone.now())
    client = signed_in()
    client.get(QUEUE)
    found = {what: look(client, path, rounds) for what, path in looks(stored).items()}
    return {"stored": stored, "looks": found}


if __name__ == "__main__":
    json.dump(main(*itertools.islice(map(int, sys.argv[1:]), 2)), sys.stdout)
