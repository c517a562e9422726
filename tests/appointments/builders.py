"""What the tests build their data with: one plain function for each thing, and overrides."""

import datetime as dt
import itertools
from typing import Any

from appointments import form_tokens
from appointments.answers import Answers
from appointments.choices import Status
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.visit_time import Visit
from appointments.workflow import schedule, submit, transition
from clinic_site.clinic import open_stretches
from clinic_site.clinic_file import get_clinic

# Monday, November 23, 10 a.m. at the clinic: both offices are open.
NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
SHOWN = NOW - dt.timedelta(minutes=5)  # when the form was opened
LATER = NOW + dt.timedelta(hours=1)
VISIT = Visit(dt.datetime(2026, 12, 1, 20, 0, tzinfo=dt.UTC), "port-alder")
VISIT_WORDS = "Tuesday, December 1, 2026, 3 p.m. EST, Port Alder office"
_numbers = itertools.count(1)


def make_answers(**overrides: Any) -> Answers:
    """Answers of a patient who left a phone number; each call is another showing of the form."""
    answers = {"nonce": f"nonce-{next(_numbers)}", "name": "Ana Torres"}
    phone = {"phone_typed": "(727) 555-0111", "phone": "+17275550111"}
    return Answers(**(answers | phone | overrides))


def make_request(now: dt.datetime = NOW, status: Status = Status.NEW, **overrides: Any) -> ConsultationRequest:
    """A stored request, sent at `now`, with its audit event and its mails."""
    request = submit(make_answers(**overrides), now)
    if status != request.status:
        ConsultationRequest.objects.filter(pk=request.pk).update(status=status)
        request.status = status
    return request


def next_visit(now: dt.datetime) -> Visit:
    """The opening of an office on a day after `now`, for what runs by the real clock."""
    clinic = get_clinic()
    tomorrow = clinic.local(now).date() + dt.timedelta(days=1)
    opens, _ = next(open_stretches(clinic, clinic.offices[0], tomorrow))
    return Visit(opens, clinic.offices[0].slug)


def move(request: ConsultationRequest, to: Status, actor: str, now: dt.datetime) -> None:
    """Moves the request to the status, with a visit where it takes one."""
    if to == Status.SCHEDULED:
        schedule(request, next_visit(now), actor, now)
    else:
        transition(request, to, actor, now)


def make_message(**overrides: Any) -> OutboxMessage:
    """The only mail in the outbox: the notice of a new request."""
    message = make_request().messages.get()
    for name, value in overrides.items():
        setattr(message, name, value)
    message.save()
    return message


def make_form_data(**overrides: Any) -> dict[str, Any]:
    """What a browser posts for the shortest form that is accepted. None takes a field out."""
    boxes = {"adult": "on", "not_emergency": "on", "privacy": "on"}
    answers = {"name": "Ana Torres", "phone": "(727) 555-0111", "voicemail": "no", "contact_way": "", "office": ""}
    data = boxes | answers | {"token": form_tokens.issue(SHOWN)} | overrides
    return {name: value for name, value in data.items() if value is not None}
