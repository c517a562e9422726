"""Append-only rows survive the ORM, the superuser and raw SQL, on both engines."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.models import Model, UniqueConstraint

from appointments.choices import Status
from appointments.models import AuditEvent
from appointments.workflow import transition, undo
from articles.models import ReviewEvent, Revision
from clinic_site.accounts.audit import record as record_account_event
from clinic_site.accounts.models import AccountAction, AccountEvent
from clinic_site.database import append_only
from clinic_site.database.append_only import AppendOnly, AppendOnlyError
from tests.appointments.builders import NOW, make_request
from tests.articles.editing.review.review_events import make_event

pytestmark = pytest.mark.django_db
MODELS: tuple[type[AppendOnly], ...] = (AccountEvent, AuditEvent, ReviewEvent, Revision)
every_model = pytest.mark.parametrize("model", MODELS)


def table(model: type[Model]) -> str:
    return model._meta.db_table


@pytest.fixture(autouse=True)
def _rows() -> None:
    """Make two rows of each model; the second audit event is a step, and the third undoes it."""
    request = make_request()
    transition(request, Status.CLOSED, "dana", NOW)
    undo(request, "dana", NOW)
    for number in (1, 2):
        make_event()
        record_account_event(AccountAction.SIGNED_IN, "dana")
        Revision.objects.create(path="articles/walk.md", number=number, text="A walk.", live=True, at=NOW, by="dana")


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def rows(model: type[Model]) -> list[dict[str, object]]:
    return list(model._default_manager.order_by("pk").values())


def test_every_append_only_model_is_tested_here() -> None:
    assert {model for model in apps.get_models() if issubclass(model, AppendOnly)} == set(MODELS)


@every_model
@pytest.mark.parametrize("sql", ["UPDATE {} SET at = NULL", "DELETE FROM {}", "DELETE FROM {} WHERE id > 0"])
def test_the_database_refuses_changes(model: type[Model], sql: str) -> None:
    before = rows(model)
    with pytest.raises(IntegrityError, match="This is written once"):
        execute(sql.format(table(model)))
    assert rows(model) == before


@pytest.mark.parametrize(
    ("model", "new"),
    [
        (AuditEvent, {}),
        (AuditEvent, {"id": "id + 1000"}),
        (ReviewEvent, {}),
        (Revision, {}),
        (Revision, {"id": "id + 1000"}),
    ],
    ids=["event", "the same step undone", "step of a review", "revision", "the same number of a path"],
)
def test_no_row_is_replaced(model: type[Model], new: dict[str, str]) -> None:
    """REPLACE is SQLite's; PostgreSQL does not know it."""
    before = rows(model)
    names = [str(field.column) for field in model._meta.concrete_fields]
    columns, values = (
        ", ".join(f'"{name}"' for name in names),
        ", ".join(new.get(name, f'"{name}"') for name in names),
    )
    with pytest.raises(DatabaseError):
        execute(f"REPLACE INTO {table(model)} ({columns}) SELECT {values} FROM {table(model)}")  # noqa: S608
    assert rows(model) == before


@every_model
def test_a_table_cannot_be_truncated(model: type[Model]) -> None:
    """TRUNCATE is PostgreSQL's; SQLite does not know it."""
    with pytest.raises(DatabaseError):
        execute(f"TRUNCATE {table(model)} CASCADE")
    assert rows(model)


@every_model
@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: type(row).objects.update(at=NOW),
        lambda row: type(row).objects.bulk_update([row], ["at"]),
        lambda row: type(row).objects.all().delete(),
    ],
    ids=["save", "delete", "update", "bulk update", "delete all"],
)
def test_the_orm_refuses_changes_first(model: type[Model], change: Callable[[Model | None], object]) -> None:
    before = rows(model)
    with pytest.raises(AppendOnlyError, match="Add a row that says what changed"), transaction.atomic():
        change(model._default_manager.first())
    assert rows(model) == before


@every_model
def test_a_new_row_never_replaces_an_old_one(model: type[Model]) -> None:
    before = rows(model)
    with pytest.raises(IntegrityError), transaction.atomic():
        model(**before[0]).save()
    assert rows(model) == before


@every_model
def test_every_unique_constraint_is_unconditional(model: type[Model]) -> None:
    """The guard against SQLite's REPLACE sees unconditional constraints alone."""
    unique = [constraint for constraint in model._meta.constraints if isinstance(constraint, UniqueConstraint)]
    assert unique == model._meta.total_unique_constraints


@every_model
def test_triggers_can_be_installed_repeatedly(model: type[Model]) -> None:
    append_only.install(apps.get_app_config(model._meta.app_label), using="default")
    with pytest.raises(IntegrityError):
        execute(f"DELETE FROM {table(model)}")  # noqa: S608


def test_a_database_without_the_tables_is_left_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections["default"].introspection, "table_names", lambda cursor: [])
    monkeypatch.setattr(append_only, "TEMPLATES", {})
    append_only.install(apps.get_app_config("articles"), using="default")
