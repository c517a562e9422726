"""Erasure of personal data from request, outbox and desk."""

from io import StringIO
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from appointments.booking import want_earlier
from appointments.choices import Status
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.workflow import answer, erase
from tests.appointments.builders import NOW, VISIT, make_request, schedule

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


def test_no_text_of_the_patient_is_left() -> None:
    request = make_request(**PERSONAL, best_times=("morning",), access=("asl",), voicemail=True, texts=True)
    before = everything_stored()
    assert all(value in before for value in PERSONAL.values())
    erase(request, "owner", NOW)
    after = everything_stored()
    assert [value for value in PERSONAL.values() if value in after] == []


def test_every_field_is_reset_to_its_default_except_those_for_statistics() -> None:
    """A new field must be erased or listed in KEPT."""
    request = make_request(**EVERY_ANSWER)
    schedule(request, VISIT, "dana", NOW)
    want_earlier(request, wanted=True, now=NOW)
    answer(request, "We can see you.", "dana", NOW)
    ConsultationRequest.objects.update(by_phone=True)
    request.refresh_from_db()
    fields = [field for field in ConsultationRequest._meta.concrete_fields if field.name not in KEPT]
    assert [field.name for field in fields if getattr(request, field.name) == field.get_default()] == []
    erase(request, "owner", NOW)
    assert [field.name for field in fields if getattr(request, field.name) != field.get_default()] == []


@pytest.mark.parametrize(("before", "after"), [(Status.NEW, Status.WITHDRAWN), (Status.CLOSED, Status.CLOSED)])
def test_a_waiting_request_is_withdrawn_and_the_audit_trail_names_the_user(before: Status, after: Status) -> None:
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


def test_the_command_accepts_a_reference_in_any_spelling() -> None:
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


def test_an_unknown_reference_is_an_error() -> None:
    with pytest.raises(CommandError, match="No request has the reference K7M-3QX"):
        call_command("erase_request", "K7M-3QX")


def test_an_erased_request_is_an_error() -> None:
    request = make_request()
    erase(request, "owner", NOW)
    with pytest.raises(CommandError, match="was erased: nothing is written to it any more"):
        call_command("erase_request", request.reference)
