"""Concurrent users and workers on a separate database: run by test_race.py in a subprocess.

The SQLite database of the tests is in memory, where writers do not queue as for a file; and tests do not commit.
"""

import datetime as dt
import json
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial

from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection

from appointments.booking import book, want_earlier
from appointments.choices import MailKind, Status, VisitStatus
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.outbox import deliver_due
from appointments.policies.refusals import ChangedMeanwhile
from appointments.reminders import write_reminders
from appointments.visits.holds import find_bookables, find_free_slots
from appointments.waiting_list import lapse_expired, offer_earlier_times
from appointments.workflow import submit
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, VISIT, make_answers, make_request, move, schedule

THREADS = 8
VISITS = 6
ENDS = (Status.SCHEDULED, Status.DECLINED, Status.CLOSED, Status.SPAM) * 2


def all_at_once(jobs: Sequence[Callable[[], object]]) -> list[object]:
    """Run each job in its own thread, all started together. Return their results."""
    gate = threading.Barrier(len(jobs))
    results: list[object] = []

    def run(job: Callable[[], object]) -> None:
        connection.ensure_connection()  # connect first, so that slow connections do not delay a thread
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
    """Post one form from many threads."""
    answers = make_answers(email="ana@example.com")
    references = all_at_once([lambda: submit(answers, NOW).reference] * THREADS)
    stored = ConsultationRequest.objects.count()
    return {"answers": len(references), "references": len(set(references)), "stored": stored}


def workers() -> dict[str, int]:
    """Deliver one outbox by many workers."""
    for _ in range(20):
        make_request()
    waiting = OutboxMessage.objects.due(NOW).count()
    all_at_once([lambda: deliver_due(clock=lambda: NOW)] * THREADS)
    message_ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    return {"waiting": waiting, "sent": len(message_ids), "different": len(set(message_ids))}


def people() -> dict[str, int]:
    """Move one request by many users at once, to different statuses."""
    pk = make_request().pk
    jobs = [partial(_move, ConsultationRequest.objects.get(pk=pk), status) for status in ENDS]
    outcomes = all_at_once(jobs)
    events = AuditEvent.objects.filter(request=pk, action="transition").count()
    return {"won": outcomes.count("won"), "refused": outcomes.count("refused"), "events": events}


def _move(request: ConsultationRequest, status: Status) -> str:
    try:
        move(request, status, "desk", NOW)
    except ChangedMeanwhile:
        return "refused"
    return "won"


def reminders() -> dict[str, int]:
    """Write the reminders of some visits by many workers."""
    for _ in range(VISITS):
        schedule(make_request(email="ana@example.com"), VISIT, "desk", NOW)
    day_before = VISIT.at - dt.timedelta(days=1)
    written = all_at_once([lambda: write_reminders(day_before)] * THREADS)
    stored = OutboxMessage.objects.filter(kind=MailKind.REMINDER).count()
    return {"written": sum(count for count in written if isinstance(count, int)), "stored": stored}


def waiting_list() -> dict[str, list[int]]:
    """Offer earlier times to some people by many workers; then let the offers lapse. Return the offers of each."""
    clinic = get_clinic()
    bookables = find_bookables(clinic, clinic.offices, clinic.visit_kinds[1])
    waiting = []
    for slot in find_free_slots(bookables, NOW)[::-7][:VISITS]:
        request = make_request(email="ana@example.com")
        book(request, slot, "desk", NOW)
        want_earlier(request, True, NOW)
        waiting.append(request)
    for _ in range(2):  # who met another worker is served in the next round
        all_at_once([lambda: offer_earlier_times(NOW)] * THREADS)
    offered = [request.visits.filter(status=VisitStatus.PROPOSED).count() for request in waiting]
    later = NOW + dt.timedelta(days=1)
    all_at_once([lambda: lapse_expired(later)] * THREADS)
    lapsed = [request.audit_events.filter(action="lapsed").count() for request in waiting]
    return {"offered": offered, "lapsed": lapsed}


def main() -> None:
    call_command("migrate", verbosity=0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    figures = [presses, workers, people, reminders, waiting_list]
    json.dump({figure.__name__: figure() for figure in figures}, sys.stdout)
