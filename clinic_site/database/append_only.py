"""Append-only tables: audit events, revisions, the steps of a review.

The models refuse a change, and so does the database, by triggers on SQLite and PostgreSQL. Triggers are installed after
every `migrate` instead of in a migration, because SQLite rebuilds a table to alter it and drops its triggers.
"""

from collections.abc import Iterator
from typing import Any, NoReturn, TypeVar

from django.apps import AppConfig, apps
from django.db import connection, connections, models, transaction

REFUSAL = "This is written once. Add a row that says what changed."
SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
# REPLACE deletes the conflicting row without firing delete triggers. The condition checks each unique key by itself and
# skips NULL: once SQLite has statistics of a column that is mostly NULL, it would scan the table.
SQLITE_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN {collides}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
SQLITE_DROP = "DROP TRIGGER IF EXISTS {table}_no_{verb}"
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
POSTGRESQL = """
CREATE OR REPLACE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()
"""
TEMPLATES = {
    "sqlite": (
        *(SQLITE_DROP.replace("{verb}", verb) for verb in ("update", "delete", "replace")),
        *(SQLITE.replace("{verb}", verb) for verb in ("update", "delete")),
        SQLITE_REPLACE,
    ),
    "postgresql": (POSTGRESQL_FUNCTION, POSTGRESQL),
}
TRIGGERS = {
    "sqlite": ("{table}_no_update", "{table}_no_delete", "{table}_no_replace"),
    "postgresql": ("{table}_written_once",),
}
ENABLED = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
}
M = TypeVar("M", bound=models.Model)


class AppendOnlyError(Exception):
    """An attempt to change or remove a row of an append-only table."""

    def __init__(self) -> None:
        super().__init__(REFUSAL)


class AppendOnlyQuerySet(models.QuerySet[M]):
    """QuerySet for the manager of an AppendOnly model."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError


class AppendOnly(models.Model):
    """A row that is never changed or deleted. The model raises AppendOnlyError, the database IntegrityError."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        # Without force_insert, a new object with an existing key would be an update.
        super().save(force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError


def install(app_config: AppConfig, using: str, **kwargs: Any) -> None:
    """Install the triggers of each AppendOnly model of an app that has its table. A receiver of post_migrate."""
    connection = connections[using]
    append_only_models = [model for model in app_config.get_models() if issubclass(model, AppendOnly)]
    with transaction.atomic(using), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor) if append_only_models else []
        for model in append_only_models:
            if model._meta.db_table not in tables:  # noqa: SLF001 (Django's documented way to the table's name)
                continue  # migrated back to before the table existed
            for template in TEMPLATES[connection.vendor]:
                cursor.execute(_sql(template, model))


def tables_without_triggers() -> list[str]:
    """Return the tables of AppendOnly models whose rows the database would let somebody change."""
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)]  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute(ENABLED[connection.vendor])
        enabled = {name for (name,) in cursor.fetchall()}
    names = TRIGGERS[connection.vendor]
    return [table for table in tables if not enabled.issuperset(name.format(table=table) for name in names)]


def _sql(template: str, model: type[models.Model]) -> str:
    table = model._meta.db_table  # noqa: SLF001
    collides = " OR ".join(f"({_collides(table, names)})" for names in _keys(model))
    return template.format(table=table, refusal=REFUSAL, collides=collides)


def _collides(table: str, names: list[str | None]) -> str:
    """Return the SQL condition that a row with this key exists."""
    not_null = " AND ".join(f"NEW.{name} IS NOT NULL" for name in names)
    same = " AND ".join(f"{name} = NEW.{name}" for name in names)
    return f"{not_null} AND EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (names of our own columns)


def _keys(model: type[models.Model]) -> Iterator[list[str | None]]:
    """Return the columns of each unique key, by which REPLACE may find a row to delete."""
    fields = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001
    yield from ([field.column] for field in fields.values() if field.unique)
    for constraint in model._meta.total_unique_constraints:  # noqa: SLF001
        yield [fields[name].column for name in constraint.fields]
