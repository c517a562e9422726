"""Rows of all tables as JSON lines, the same text for SQLite and PostgreSQL: a backup of one restores into the other.

The tables are those of the migrations that were applied, not of the models in the code: the backup of an earlier
version restores, and is migrated then.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from clinic_site.backup.manifest import BackupError, Migration, TableFacts

SNAPSHOT = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
LEFT_OUT = frozenset({"sessions.session", "usersessions.usersession"})  # after a restore everybody signs in again
# What `migrate` writes into an empty database, in an order in which it can be deleted.
WRITTEN_BY_MIGRATE = ("auth.group_permissions", "auth.group", "auth.permission", "contenttypes.contenttype")
BATCH = 500  # rows in memory


class LineDigest:
    """Count lines and hash them. The first line names the columns."""

    def __init__(self) -> None:
        self._count = -1
        self._hash = hashlib.sha256()

    def passing(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self._count += 1
            self._hash.update(line)
            yield line

    @property
    def facts(self) -> TableFacts:
        return TableFacts(self._count, self._hash.hexdigest())


@dataclass(frozen=True)
class BackupTable:
    """A table with its columns as the migrations describe them."""

    model: Any

    @property
    def name(self) -> str:
        return str(self.model._meta.label_lower)  # noqa: SLF001 (Django's documented way)

    @property
    def fields(self) -> dict[str, Any]:
        return {field.attname: field for field in self.model._meta.concrete_fields}  # noqa: SLF001

    def lines(self) -> Iterator[bytes]:
        """Yield the names of the columns, then the rows in the order of their keys."""
        names = [*self.fields]
        yield _line(names)
        rows = self.model._base_manager.order_by("pk").values_list(*names)  # noqa: SLF001
        yield from map(_line, rows.iterator(BATCH))

    def facts(self) -> TableFacts:
        digest = LineDigest()
        for _ in digest.passing(self.lines()):
            pass
        return digest.facts

    def insert(self, lines: Iterator[bytes]) -> None:
        """Insert the rows with their keys. An insert is what the triggers of append-only tables allow."""
        fields = [self.fields[name] for name in json.loads(next(lines))]
        while batch := list(islice(lines, BATCH)):
            rows = (zip(fields, json.loads(line), strict=True) for line in batch)
            self.model._base_manager.bulk_create(  # noqa: SLF001
                self.model(**{field.attname: field.to_python(value) for field, value in row}) for row in rows
            )

    def has_rows(self) -> bool:
        return bool(self.model._base_manager.exists())  # noqa: SLF001

    def delete_rows(self) -> None:
        self.model._base_manager.all().delete()  # noqa: SLF001


def _line(values: Collection[object]) -> bytes:
    """Sorted keys: PostgreSQL stores the keys of a JSON object in an order of its own."""
    return json.dumps(values, default=_plain, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _plain(value: Any) -> str:
    """Return the text that the field's to_python() reads: a moment, a day or a time, a UUID, or bytes as Base64."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, uuid.UUID) else str(value.isoformat())


@contextmanager
def one_moment() -> Iterator[None]:
    """Show to the queries of the block the database at one moment, while others write. Nobody waits for the block."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def applied_migrations() -> list[Migration]:
    """Return the migrations of the installed apps that the database has. Raises BackupError for one of a newer code."""
    loader = MigrationLoader(connection)
    applied = sorted(migration for migration in loader.applied_migrations if migration[0] in loader.migrated_apps)
    refuse_unknown(applied, "The database")
    return applied


@cache
def _known() -> MigrationLoader:
    """Return the migrations of the code."""
    return MigrationLoader(None)


def refuse_unknown(migrations: Iterable[Migration], what: str) -> None:
    """Raise BackupError if the code has not all of these migrations."""
    for migration in migrations:
        if migration not in _known().graph.nodes:
            raise BackupError(
                f"{what} is of a newer version than this code, which has no migration {'.'.join(migration)}."
            )


def all_migrations() -> list[Migration]:
    return sorted(_known().graph.nodes)


def last_migrations(migrations: Collection[Migration]) -> list[Migration]:
    """Return the last of the migrations of each app."""
    nodes = _known().graph.node_map
    return [
        migration
        for migration in migrations
        if not any(child.key in migrations and child.key[0] == migration[0] for child in nodes[migration].children)
    ]


def tables_at(migrations: Collection[Migration]) -> list[BackupTable]:
    """Return the tables that these migrations make, by name."""
    return _tables_at(tuple(migrations))


@lru_cache(maxsize=2)
def _tables_at(migrations: tuple[Migration, ...]) -> list[BackupTable]:
    models = _known().project_state(list(migrations)).apps.get_models(include_auto_created=True)
    tables = [BackupTable(model) for model in models if model._meta.managed]  # noqa: SLF001
    return sorted((table for table in tables if table.name not in LEFT_OUT), key=lambda table: table.name)


def existing_tables() -> list[BackupTable]:
    """Return the tables of this code's models that the database has."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return [table for table in tables_at(all_migrations()) if table.model._meta.db_table in names]  # noqa: SLF001


def existing_rows() -> list[str]:
    """Return the names of the tables that have rows which `migrate` did not write."""
    return [table.name for table in existing_tables() if table.name not in WRITTEN_BY_MIGRATE and table.has_rows()]


def continue_numbering(tables: Iterable[BackupTable]) -> None:
    """Let new rows take numbers after those of the inserted rows, on PostgreSQL; SQLite does so by itself."""
    statements = connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables])
    with connection.cursor() as cursor:
        cursor.execute("\n".join(statements))
