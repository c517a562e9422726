"""Many people and workers at once, on a database of its own: run by test_race.py in a process of its own.

The tests' SQLite lives in memory, where it does not queue writers as it does for a file; and no test of theirs commits.
"""

import json
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial

from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection

from appointments.choices import Status
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.outbox import deliver_due
from appointments.workflow import ChangedMeanwhile, submit
from tests.appointments.builders import NOW, make_answers, make_request, move

THREADS = 8
ENDS = (Status.SCHEDULED, Status.DECLINED, Status.CLOSED, Status.SPAM) * 2


def all_at_once(jobs: Sequence[Callable[[], object]]) -> list[object]:
    """Runs each job in a thread of its own, started together, and gives what they returned."""
    gate = threading.Barrier(len(jobs))
    results: list[object] = []

    def run(job: Callable[[], object]) -> None:
        connection.ensure_connection()  # or the slowest to connect would come alone
        gate.wait()
        try:
            results.append(job())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def presses() -> dict[str, int]:
    """One form, whose button is pressed in many tabs at once."""
    answers = make_answers(email="ana@example.com")
    references = all_at_once([lambda: submit(answers, NOW).reference] * THREADS)
    stored = ConsultationRequest.objects.count()
    return {"answers": len(references), "references": len(set(references)), "stored": stored}


def workers() -> dict[str, int]:
    """One outbox, emptied by many workers at once."""
    for _ in range(20):
        make_request()
    waiting = OutboxMessage.objects.due(NOW).count()
    all_at_once([lambda: deliver_due(clock=lambda: NOW)] * THREADS)
    message_ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    return {"waiting": waiting, "sent": len(message_ids), "different": len(set(message_ids))}


def people() -> dict[str, int]:
    """One request, which many people at the desk have before them and move at once, each to what they think right."""
    pk = make_request().pk
    jobs = [partial(_move, ConsultationRequest.objects.get(pk=pk), status) for status in ENDS]
    outcomes = all_at_once(jobs)
    events = AuditEvent.objects.filter(request=pk, action="transition").count()
    return {"won": outcomes.count("won"), "told": outcomes.count("told"), "events": events}


def _move(seen: ConsultationRequest, status: Status) -> str:
    try:
        move(seen, status, "desk", NOW)
    except ChangedMeanwhile:
        return "told"
    return "won"


def main() -> None:
    call_command("migrate", verbosity=0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    json.dump({"presses": presses(), "workers": workers(), "people": people()}, sys.stdout)
