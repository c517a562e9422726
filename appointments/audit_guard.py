"""Makes the database itself refuse to change or remove audit events, whoever asks: triggers on SQLite and PostgreSQL.

Installed after every `migrate`, and not by one migration: SQLite rebuilds a table to alter it and drops its triggers.
"""

from typing import Any

from django.db import connections

from appointments.models import AuditEvent

TABLE = AuditEvent._meta.db_table  # noqa: SLF001 (Django's documented way to the table's name)
REFUSAL = "The audit trail is written once."
SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
# REPLACE removes the row it collides with, and no delete trigger hears of it.
SQLITE_REPLACE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR undoes_id = NEW.undoes_id)
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
POSTGRESQL = """
CREATE OR REPLACE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()
"""


def install(using: str, **kwargs: Any) -> None:
    """A receiver of post_migrate. A changed or removed audit event then raises IntegrityError."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return  # migrated back to before there was an audit trail
        for statement in STATEMENTS[connection.vendor]:
            cursor.execute(statement)


def _filled(template: str, verb: str = "") -> str:
    return template.format(table=TABLE, refusal=REFUSAL, verb=verb)


STATEMENTS = {
    "sqlite": [_filled(SQLITE, "update"), _filled(SQLITE, "delete"), _filled(SQLITE_REPLACE)],
    "postgresql": [_filled(POSTGRESQL_FUNCTION), _filled(POSTGRESQL)],
}
