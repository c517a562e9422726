"""Processes are killed after every few lines of a save: files are complete, and stored revisions are written later."""

from typing import Any

import pytest

from tests.inside import run_inside
from tests.serving import OwnDatabase
from tests.soak import often

FEWEST = often(7, soak=30)  # minimal number of kills of each kind
pytestmark = pytest.mark.soak


@pytest.fixture(scope="module", params=["save", "sync", "move"])
def killed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    """The state after each kill during a save, a sync of an edit on disk, or a move."""
    var = tmp_path_factory.mktemp("killed")
    with own_database(var / "killed.sqlite3") as database_url:
        return run_inside(var, database_url, "tests.articles.editing.revisions.subprocess_kill", request.param)


def test_processes_were_killed(killed: Any) -> None:
    assert len([result for result in killed if result["killed"]]) >= FEWEST
    assert not killed[-1]["killed"]


def test_every_file_is_complete_old_or_new(killed: Any) -> None:
    assert [result for result in killed if not result["complete"]] == []


def test_confirmed_saves_are_stored_and_no_revision_is_lost(killed: Any) -> None:
    assert [result for result in killed if not result["stored"]] == []


def test_the_next_sync_writes_the_newest_revisions(killed: Any) -> None:
    assert [result for result in killed if not result["agree"]] == []


def test_old_temporary_files_are_removed(killed: Any) -> None:
    assert killed[-1]["left"] == []
