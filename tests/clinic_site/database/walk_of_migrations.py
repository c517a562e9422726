"""A walk through all earlier states of the tables: run by test_migrations.py in a process of its own.

At each state a row is put into each table, by the models of then. At the end each row is looked at, as it is now.
"""

import datetime as dt
import json
import sys
import uuid
from collections.abc import Iterator
from itertools import count
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Field

APPS = ("accounts", "appointments", "articles")
MOMENT = dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)
VALUES: dict[str, Any] = {
    "BinaryField": lambda number: bytes([number % 256]),
    "BooleanField": lambda number: number % 2 == 0,
    "DateField": lambda number: MOMENT.date() + dt.timedelta(days=number),
    "DateTimeField": lambda number: MOMENT + dt.timedelta(hours=number),
    "EmailField": lambda number: f"row-{number}@example.com",
    "JSONField": lambda number: {"row": number},
    "UUIDField": lambda number: uuid.UUID(int=number),
    **dict.fromkeys(("CharField", "SlugField", "TextField"), lambda number: f"Row {number}"),
    **dict.fromkeys(
        ("BigIntegerField", "IntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"), lambda number: number
    ),
}
numbers = count(1)
Row = tuple[str, Any, dict[str, Any]]  # label of its model, key, values


def add_row(model: Any) -> Any:
    """Store a row that differs from all others."""
    number = next(numbers)
    fields = (field for field in model._meta.concrete_fields if "AutoField" not in field.get_internal_type())
    return model.objects.create(**{field.name: _value(field, number) for field in fields})


def _value(field: Field[Any, Any], number: int) -> Any:
    if field.related_model:
        newest = None if field.unique else field.related_model._base_manager.order_by("pk").last()
        return None if field.null else newest or add_row(field.related_model)
    if field.choices:
        values = [value or "" for value, _ in field.flatchoices]
        return values[number % len(values)]
    value = VALUES[field.get_internal_type()](number)
    return value[-field.max_length :] if field.max_length and isinstance(value, str) else value


def own_models(models: Any) -> list[Any]:
    return [model for model in models.get_models() if model._meta.app_label in APPS and model._meta.managed]


def _points(model: Any) -> bool:
    return any(field.related_model and not field.null for field in model._meta.concrete_fields)


def rows(models: Any) -> Iterator[Row]:
    """Yield each row of the apps' own tables."""
    for model in own_models(models):
        for values in model._base_manager.values():
            yield model._meta.label_lower, values[model._meta.pk.attname], values


def walk() -> list[list[Row]]:
    """Migrate to before the first state, then from one state to the next. Return the rows as they were stored."""
    MigrationExecutor(connection).migrate([(app, None) for app in APPS])
    executor = MigrationExecutor(connection)
    state, found = None, []
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        state = executor.migrate([], plan=[(migration, False)], state=state)
        for model in sorted(own_models(state.apps), key=_points):  # a request comes before its events
            add_row(model)
        found.append(list(rows(state.apps)))
    return found


def main() -> None:
    states = walk()
    call_command("migrate", verbosity=0)
    now = {(label, key): values for label, key, values in rows(apps)}
    lost, changed = set(), set()
    for label, key, before in (row for state in states for row in state):
        after = now.get((label, key))
        if after is None:
            lost.add(label)
        else:
            same = before.keys() & after.keys()
            changed |= {f"{label}.{name}" for name in same if before[name] != after[name]}
    json.dump({"states": len(states), "lost": sorted(lost), "changed": sorted(changed)}, sys.stdout)
