"""Rows that are added and never changed: audit events, revisions, the steps of a review.

The code refuses first, and then the database itself, whoever asks: triggers on SQLite and PostgreSQL. They are put in
place after every `migrate`, and not by one migration: SQLite rebuilds a table to alter it and drops its triggers.
"""

from collections.abc import Iterator
from typing import Any, NoReturn, TypeVar

from django.apps import AppConfig
from django.db import connections, models, transaction

REFUSAL = "This is written once. Add a row that says what changed."
SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
# REPLACE removes the row it collides with, and no delete trigger hears of it. Each key is asked for by itself, and not
# while it is NULL: a key that is mostly NULL looks useless to SQLite once it knows the table, and it would read it all.
SQLITE_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN {collides}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
SQLITE_AFRESH = "DROP TRIGGER IF EXISTS {table}_no_{verb}"
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
        *(SQLITE_AFRESH.replace("{verb}", verb) for verb in ("update", "delete", "replace")),
        *(SQLITE.replace("{verb}", verb) for verb in ("update", "delete")),
        SQLITE_REPLACE,
    ),
    "postgresql": (POSTGRESQL_FUNCTION, POSTGRESQL),
}
M = TypeVar("M", bound=models.Model)


class WrittenOnceError(Exception):
    """Somebody tried to change or remove what is written once."""

    def __init__(self) -> None:
        super().__init__(REFUSAL)


class WrittenOnceQuerySet(models.QuerySet[M]):
    """For the manager of a WrittenOnce model."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise WrittenOnceError

    def delete(self) -> NoReturn:
        raise WrittenOnceError


class WrittenOnce(models.Model):
    """A row that is added and never changed. Trying raises WrittenOnceError; past the code, IntegrityError."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise WrittenOnceError
        # A new object under an old key would otherwise be an update.
        super().save(force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise WrittenOnceError


def install(app_config: AppConfig, using: str, **kwargs: Any) -> None:
    """A receiver of post_migrate: guards each WrittenOnce model of the app that has its table."""
    connection = connections[using]
    guarded = [model for model in app_config.get_models() if issubclass(model, WrittenOnce)]
    with transaction.atomic(using), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor) if guarded else []
        for model in guarded:
            if model._meta.db_table not in tables:  # noqa: SLF001 (Django's documented way to the table's name)
                continue  # migrated back to before there was such a table
            for template in TEMPLATES[connection.vendor]:
                cursor.execute(_filled(template, model))


def _filled(template: str, model: type[models.Model]) -> str:
    table = model._meta.db_table  # noqa: SLF001
    collides = " OR ".join(f"({_collides(table, names)})" for names in _keys(model))
    return template.format(table=table, refusal=REFUSAL, collides=collides)


def _collides(table: str, names: list[str | None]) -> str:
    """SQL: there is a row with this key already."""
    given = " AND ".join(f"NEW.{name} IS NOT NULL" for name in names)
    same = " AND ".join(f"{name} = NEW.{name}" for name in names)
    return f"{given} AND EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (names of our own columns)


def _keys(model: type[models.Model]) -> Iterator[list[str | None]]:
    """The columns of each unique key: by any of them REPLACE finds a row to take away."""
    fields = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001
    yield from ([field.column] for field in fields.values() if field.unique)
    for constraint in model._meta.total_unique_constraints:  # noqa: SLF001
        yield [fields[name].column for name in constraint.fields]
