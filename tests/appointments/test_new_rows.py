"""Rows that are added by statements of our own hold what Django would have written."""

from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from appointments.choices import Action, MailKind, Status
from appointments.intake import new_request
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.new_rows import add, add_all
from tests.appointments.builders import NOW, SHOWN, make_answers, make_form_data, make_request

pytestmark = pytest.mark.django_db

EVERY_ANSWER: dict[str, Any] = {
    "phone_extension": "12", "email": "ana@example.com", "contact_way": "text", "best_times": ("morning", "midday"),
    "voicemail": True, "texts": True, "interpreter": "Español, “50 %s”", "access": ("asl",), "note": "It's 100 %\n",
}  # fmt: skip


def unsaved_request(key: str, **answers: Any) -> ConsultationRequest:
    return new_request(make_answers(**answers), key, NOW, SHOWN)


def unsaved_event(request: ConsultationRequest) -> AuditEvent:
    return AuditEvent(
        request=request, at=NOW, action=Action.ATTEMPT, after=Status.NEW, was={"due_at": NOW, "crisis": True}
    )


def unsaved_mail(request: ConsultationRequest, kind: MailKind) -> OutboxMessage:
    return OutboxMessage(
        request=request,
        kind=kind,
        recipient="ana@example.com",
        subject="Café",
        body="1\n2",
        created_at=NOW,
        next_try_at=NOW,
    )


def stored(row: Model) -> dict[str, Any]:
    """Each column as the database has it."""
    return type(row)._default_manager.values().get(pk=row.pk)


def without_key(row: Model, *unique: str) -> dict[str, Any]:
    return {name: value for name, value in stored(row).items() if name not in ("id", *unique)}


@pytest.mark.parametrize("answers", [{}, EVERY_ANSWER, {"trapped": True}])
def test_a_request_is_stored_as_django_would(answers: dict[str, Any]) -> None:
    ours, djangos = unsaved_request("a", **answers), unsaved_request("b", **answers)
    add(ours)
    djangos.save()
    its_own = ("reference", "token", "idempotency_key")
    assert without_key(ours, *its_own) == without_key(djangos, *its_own)
    assert [stored(ours)[name] for name in its_own] == [getattr(ours, name) for name in its_own]


def test_an_event_is_stored_as_django_would() -> None:
    request = make_request()
    ours, djangos = unsaved_event(request), unsaved_event(request)
    add(ours)
    djangos.save()
    assert without_key(ours) == without_key(djangos)


def test_mails_are_stored_as_django_would_under_the_keys_they_have() -> None:
    first, second = make_request(phone=""), make_request()
    OutboxMessage.objects.all().delete()
    ours = [unsaved_mail(first, kind) for kind in (MailKind.NOTICE, MailKind.CONFIRMATION)]
    keys = [each.pk for each in ours]
    add_all(ours)
    djangos = [unsaved_mail(second, MailKind(each.kind)) for each in ours]
    OutboxMessage.objects.bulk_create(djangos)
    assert [each.pk for each in ours] == keys
    assert [without_key(each, "request_id") for each in ours] == [without_key(each, "request_id") for each in djangos]


def test_what_was_added_is_known_as_stored() -> None:
    request = unsaved_request("a")
    add(request)
    assert request == ConsultationRequest.objects.get()
    assert not request._state.adding
    request.note = "Another"
    request.save()  # changes the row, and adds none
    assert ConsultationRequest.objects.get().note == "Another"


def test_no_rows_cost_no_question(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        add_all([])


def test_a_key_that_is_taken_is_refused() -> None:
    mail = make_request().messages.get()
    again = unsaved_mail(make_request(phone=""), MailKind.ALARM)
    again.pk = mail.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        add_all([again])


def test_a_form_that_is_accepted_takes_one_question_and_three_inserts(client: Client) -> None:
    with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as queries:
        assert client.post("/consultation/", make_form_data(email="ana@example.com")).status_code == 303
    verbs = [query["sql"].split()[0] for query in queries]
    assert verbs == ["SAVEPOINT", "SELECT", "INSERT", "INSERT", "INSERT", "RELEASE"]  # in the test's own transaction
