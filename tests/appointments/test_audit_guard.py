"""The audit trail survives the ORM, the superuser and raw SQL, on both engines."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from appointments import audit_guard
from appointments.choices import Status
from appointments.models import AuditEvent
from appointments.querysets import AppendOnlyError
from appointments.workflow import transition, undo
from tests.appointments.builders import NOW, make_request

pytestmark = pytest.mark.django_db


def by_hand(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE appointments_auditevent SET actor = 'nobody'",
        "DELETE FROM appointments_auditevent",
        "DELETE FROM appointments_auditevent WHERE id > 0",
    ],
)
def test_the_database_refuses(sql: str) -> None:
    event = make_request().audit_events.get()
    with pytest.raises(IntegrityError, match="The audit trail is written once"):
        by_hand(sql)
    assert AuditEvent.objects.get() == event


REPLACE = """
REPLACE INTO appointments_auditevent (id, at, actor, action, "before", "after", detail, was, request_id, undoes_id)
SELECT {key}, at, 'nobody', action, "before", "after", detail, was, request_id, undoes_id FROM appointments_auditevent
"""


@pytest.mark.parametrize("key", ["id", "id + 1000"], ids=["the same row", "the same step undone"])
def test_no_row_is_replaced(key: str) -> None:
    """SQLite's word for it; PostgreSQL does not know it."""
    request = make_request()
    transition(request, Status.CLOSED, "dana", NOW)
    undo(request, "dana", NOW)
    with pytest.raises(DatabaseError):
        by_hand(REPLACE.format(key=key))
    assert not AuditEvent.objects.filter(actor="nobody").exists()


def test_it_cannot_be_emptied_either() -> None:
    """PostgreSQL has a statement of its own for that; SQLite does not know it."""
    make_request()
    with pytest.raises(DatabaseError):
        by_hand("TRUNCATE appointments_auditevent CASCADE")
    assert AuditEvent.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda event: AuditEvent.objects.update(actor="nobody"),
        lambda event: AuditEvent.objects.all().delete(),
    ],
    ids=["save", "delete", "update", "delete all"],
)
def test_the_code_refuses_before_the_database_has_to(change: Callable[[AuditEvent], object]) -> None:
    event = make_request().audit_events.get()
    with pytest.raises(AppendOnlyError, match="written once"):
        change(event)
    assert AuditEvent.objects.get().actor == ""


def test_it_may_be_installed_again_and_again() -> None:
    make_request()
    audit_guard.install(using="default")
    with pytest.raises(IntegrityError):
        by_hand("DELETE FROM appointments_auditevent")


def test_a_database_without_the_trail_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections["default"].introspection, "table_names", lambda cursor: [])
    monkeypatch.setattr(audit_guard, "STATEMENTS", {})
    audit_guard.install(using="default")
