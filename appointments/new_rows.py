"""Adds rows as save() does, by statements that are worded once.

Django words each INSERT anew from all fields of its model, and that was the most of what a request cost. No signal is
sent.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model


def add(row: Model) -> None:
    """A new row, whose key, `id`, the database gives."""
    with connection.cursor() as cursor:
        _execute(cursor, [row], " RETURNING id")
        [[row.pk]] = cursor.fetchall()


def add_all(rows: Sequence[Model]) -> None:
    """New rows of one model, which have their keys, by one INSERT. Nothing is asked of the database for no rows."""
    if rows:
        with connection.cursor() as cursor:
            _execute(cursor, rows)


def _execute(cursor: CursorWrapper, rows: Sequence[Model], ending: str = "") -> None:
    fields, statement = _worded(type(rows[0]), len(rows))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields]
    cursor.execute(statement + ending, values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 (as Django's own save() tells it)


@cache
def _worded(model: type[Model], count: int) -> tuple[list["Field[Any, Any]"], str]:
    """The fields that are written, and the INSERT for so many rows. Values are passed apart."""
    meta = model._meta  # noqa: SLF001 (Django's documented way to the fields and the table's name)
    fields = [field for field in meta.concrete_fields if field is not meta.auto_field]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    rows = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    return fields, f"INSERT INTO {meta.db_table} ({columns}) VALUES {rows}"  # noqa: S608 (names of our own columns)
