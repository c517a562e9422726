"""Builders of test data, with overrides."""

import datetime as dt
import itertools
from typing import Any

from appointments.booking import book
from appointments.choices import Status
from appointments.intake import Answers
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.request_form import tokens
from appointments.visit_time import VisitTime
from appointments.visits.free_times import dated_slot
from appointments.workflow import submit, transition
from clinic_site.clinic import open_stretches
from clinic_site.clinic_yaml import get_clinic

# Monday, November 23, 10 a.m. at the clinic: both offices are open.
NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
SHOWN = NOW - dt.timedelta(minutes=5)  # when the form was shown
LATER = NOW + dt.timedelta(hours=1)
VISIT = VisitTime(dt.datetime(2026, 12, 1, 20, 0, tzinfo=dt.UTC), "port-alder")
VISIT_WORDS = "Tuesday, December 1, 2026, 3 p.m. EST, Port Alder office"
_numbers = itertools.count(1)


def make_answers(**overrides: Any) -> Answers:
    """Return answers of a patient with a phone number; every call has a new form token."""
    answers = {"nonce": f"nonce-{next(_numbers)}", "name": "Ana Torres"}
    phone = {"phone_typed": "(727) 555-0111", "phone": "+17275550111"}
    return Answers(**(answers | phone | overrides))


def make_request(now: dt.datetime = NOW, status: Status = Status.NEW, **overrides: Any) -> ConsultationRequest:
    """Create a request sent at `now`, with its audit event and mails."""
    request = submit(make_answers(**overrides), now)
    if status != request.status:
        ConsultationRequest.objects.filter(pk=request.pk).update(status=status)
        request.status = status
    return request


def next_visit(now: dt.datetime) -> VisitTime:
    """Return the next opening of an office on a day after `now`, for tests with the real clock."""
    clinic = get_clinic()
    tomorrow = clinic.local(now).date() + dt.timedelta(days=1)
    opens, _ = next(open_stretches(clinic, clinic.offices[0], tomorrow))
    return VisitTime(opens, clinic.offices[0].slug)


def schedule(request: ConsultationRequest, visit: VisitTime, actor: str, now: dt.datetime) -> None:
    """Book a visit with a date alone."""
    book(request, dated_slot(visit.office, visit.at), actor, now)


def move(request: ConsultationRequest, to: Status, actor: str, now: dt.datetime) -> None:
    """Move the request to the status, with a visit if the status needs one."""
    if to == Status.SCHEDULED:
        schedule(request, next_visit(now), actor, now)
    else:
        transition(request, to, actor, now)


def make_message(**overrides: Any) -> OutboxMessage:
    """Create a request and return the only mail in the outbox: the notice to the desk."""
    message = make_request().messages.get()
    for name, value in overrides.items():
        setattr(message, name, value)
    message.save()
    return message


def make_form_data(**overrides: Any) -> dict[str, Any]:
    """Return the POST data of the shortest valid form. An override of None removes a field."""
    boxes = {"adult": "on", "call": "on", "mail": "on"}
    answers = {"name": "Ana Torres", "phone": "(727) 555-0111", "office": ""}
    data = boxes | answers | {"token": tokens.issue(SHOWN)} | overrides
    return {name: value for name, value in data.items() if value is not None}


def stored(request: ConsultationRequest) -> ConsultationRequest:
    """Return the request as the database holds it now."""
    return ConsultationRequest.objects.get(pk=request.pk)
