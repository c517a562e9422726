"""Rows of each earlier state of the tables are there after all later migrations, and the same."""

from pathlib import Path
from typing import Any

import pytest

from tests.inside import run_apart
from tests.serving import OwnDatabase

MIGRATIONS = [
    path
    for folder in ("appointments", "articles", "clinic_site/accounts")
    for path in (Path(__file__).parents[3] / folder / "migrations").glob("0*.py")
]
DROPPED = ["articles.pagereads"]  # 0005_drop_reads
FILLED = ("due_at", "email_key", "ended_at", "erased_at", "name_key")  # 0005_fill_desk_fields, 0009_renew_search_keys


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    with own_database(tmp_path_factory.mktemp("walk") / "walk.sqlite3") as url:
        return run_apart("tests.clinic_site.database.walk_of_migrations:main", url, within=120)


def test_rows_of_each_state_are_kept(walked: Any) -> None:
    assert walked["states"] == len(MIGRATIONS)
    assert walked["lost"] == DROPPED


def test_no_value_changes_but_those_that_a_migration_is_for(walked: Any) -> None:
    assert walked["changed"] == [f"appointments.consultationrequest.{name}" for name in FILLED]
