"""The sync state survives a restart and is rebuilt if it is lost."""

import logging
from pathlib import Path

import pytest

from articles.editing.revisions import sync_state
from articles.editing.revisions.sync_state import SyncedFile, SyncState

MEMORY = SyncState(
    {"articles/sleep.md": SyncedFile(3, "digest"), "articles/gone.md": SyncedFile(4, "")}, {"articles/late.md": 1.5}
)


def test_the_saved_state_is_loaded_again(tmp_path: Path) -> None:
    assert sync_state.load(tmp_path) == SyncState()
    sync_state.save(tmp_path, MEMORY)
    assert sync_state.load(tmp_path) == MEMORY
    assert [path.name for path in tmp_path.iterdir()] == [".seen.json"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"files": {"a": 1}, "missed": {}}', '{"files": 1, "missed": 2}']
)
def test_an_unreadable_state_is_rebuilt_and_logged(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / sync_state.FILE).write_text(content)
    assert sync_state.load(tmp_path) == SyncState()
    assert ".seen.json cannot be read" in caplog.text


def test_an_unwritable_folder_keeps_the_state_in_memory_and_logs_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "content"  # does not exist yet
    caplog.set_level(logging.WARNING)
    sync_state.save(place, MEMORY)
    sync_state.save(place, MEMORY)
    assert caplog.text.count("The content folder cannot be written to (No such file or directory).") == 1
    loaded = sync_state.load(place)
    assert loaded == MEMORY
    loaded.files.clear()
    assert sync_state.load(place) == MEMORY
    place.mkdir()
    sync_state.save(place, SyncState())
    assert sync_state.load(place) == SyncState()
