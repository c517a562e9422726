"""A process is killed after every few lines of a save: the file is whole, and what was stored arrives in the end."""

from typing import Any

import pytest

from tests.inside import run_inside
from tests.serving import OwnDatabase
from tests.soak import often

FEWEST = often(7, soak=30)  # kills of each kind
pytestmark = pytest.mark.soak


@pytest.fixture(scope="module", params=["save", "look", "move"])
def killed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    """What stood there after each kill, in the middle of a save, of a look at an edit on disk, or of a move."""
    var = tmp_path_factory.mktemp("killed")
    with own_database(var / "killed.sqlite3") as database_url:
        return run_inside(var, database_url, "tests.articles.editing.victims", request.param)


def test_there_were_kills(killed: Any) -> None:
    assert len([each for each in killed if each["killed"]]) >= FEWEST
    assert not killed[-1]["killed"]


def test_every_file_is_whole_old_or_new(killed: Any) -> None:
    assert [each for each in killed if not each["whole"]] == []


def test_what_was_confirmed_is_stored_and_nothing_that_was_stored_is_lost(killed: Any) -> None:
    assert [each for each in killed if not each["kept"]] == []


def test_afterwards_the_files_hold_the_newest_revisions(killed: Any) -> None:
    assert [each for each in killed if not each["agree"]] == []


def test_nothing_half_written_is_left_once_it_is_old(killed: Any) -> None:
    assert killed[-1]["left"] == []
