"""Whoever asks to be erased is erased: from the request, the outbox and the desk."""

from io import StringIO
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from appointments.choices import Status
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.workflow import erase, schedule
from tests.appointments.builders import NOW, VISIT, make_request

pytestmark = pytest.mark.django_db
PERSONAL: dict[str, Any] = {
    "name": "Marked Name",
    "phone_typed": "(727) 555-0199 marked",
    "phone": "+17275550199",
    "phone_extension": "4711",
    "email": "marked@example.com",
    "interpreter": "Marked language",
    "others_may": "take_message",
    "access_note": "Marked access",
    "note": "Marked note",
    "article": "marked-article",
}
KEPT = {
    "id", "reference", "token", "idempotency_key", "created_at", "reply_by", "office",
    "status", "version", "due_at", "try_from", "assigned_to", "last_attempt", "last_attempt_at", "declined_because",
    "joined_to", "ended_at", "erased_at",
}  # fmt: skip
EVERY_ANSWER = PERSONAL | {
    "contact_way": "text", "best_times": ("morning",), "access": ("asl",), "voicemail": True, "texts": True,
    "reason": "visit", "for_whom": "someone_else", "note": "I want to die",
}  # fmt: skip


def everything_stored() -> str:
    rows = [*ConsultationRequest.objects.all(), *OutboxMessage.objects.all(), *AuditEvent.objects.all()]
    return str(serializers.serialize("json", rows))


def test_nothing_the_patient_typed_is_left_anywhere() -> None:
    request = make_request(**PERSONAL, best_times=("morning",), access=("asl",), voicemail=True, texts=True)
    before = everything_stored()
    assert all(value in before for value in PERSONAL.values())
    erase(request, "owner", NOW)
    after = everything_stored()
    assert [value for value in PERSONAL.values() if value in after] == []


def test_every_field_is_as_if_nothing_had_been_answered_but_those_that_count_requests() -> None:
    """A field that somebody adds is erased, too, or has to be named here."""
    request = make_request(**EVERY_ANSWER)
    schedule(request, VISIT, "dana", NOW)
    fields = [each for each in ConsultationRequest._meta.concrete_fields if each.name not in KEPT]
    assert [each.name for each in fields if getattr(request, each.name) == each.get_default()] == []
    erase(request, "owner", NOW)
    assert [each.name for each in fields if getattr(request, each.name) != each.get_default()] == []


@pytest.mark.parametrize(("before", "after"), [(Status.NEW, Status.WITHDRAWN), (Status.CLOSED, Status.CLOSED)])
def test_a_request_that_waits_is_withdrawn_and_the_trail_says_who_did_it(before: Status, after: Status) -> None:
    request = make_request(status=before)
    erase(request, "owner", NOW)
    event = request.audit_events.last()
    assert request.status == after
    assert str(event) == f"owner erased what the patient sent; status {after.label}"


def test_the_old_link_stops_working(client: Client) -> None:
    request = make_request()
    token = request.token
    erase(request, "owner", NOW)
    assert client.get(f"/consultation/received/{token}/").status_code == 404


def test_the_command_takes_a_reference_however_it_is_typed() -> None:
    request = make_request()
    out = StringIO()
    call_command("erase_request", request.reference.replace("-", "").lower(), stdout=out)
    request.refresh_from_db()
    assert (request.name, out.getvalue()) == ("", f"{request.reference} was erased.\n")


def test_a_dry_run_changes_nothing() -> None:
    request = make_request()
    out = StringIO()
    call_command("erase_request", request.reference, "--dry-run", stdout=out)
    request.refresh_from_db()
    assert request.name == "Ana Torres"
    assert "Nothing was changed." in out.getvalue()


def test_an_unknown_reference_is_told() -> None:
    with pytest.raises(CommandError, match="No request has the reference K7M-3QX"):
        call_command("erase_request", "K7M-3QX")


def test_what_is_erased_already_is_told() -> None:
    request = make_request()
    erase(request, "owner", NOW)
    with pytest.raises(CommandError, match="was erased: nothing is written to it any more"):
        call_command("erase_request", request.reference)
