"""The folder's memory survives a restart, and losing it is no accident."""

import logging
from pathlib import Path

import pytest

from articles.editing import seen
from articles.editing.seen import Memory, Seen

MEMORY = Memory({"articles/sleep.md": Seen(3, "digest"), "articles/gone.md": Seen(4, "")}, {"articles/late.md": 1.5})


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    assert seen.load(tmp_path) == Memory()
    seen.save(tmp_path, MEMORY)
    assert seen.load(tmp_path) == MEMORY
    assert [path.name for path in tmp_path.iterdir()] == [".seen.json"]


@pytest.mark.parametrize(
    "told", ["", "{", "[]", "{}", '{"files": {"a": 1}, "missed": {}}', '{"files": 1, "missed": 2}']
)
def test_a_memory_that_cannot_be_read_is_made_anew_aloud(
    tmp_path: Path, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / seen.FILE).write_text(told)
    assert seen.load(tmp_path) == Memory()
    assert ".seen.json cannot be read" in caplog.text


def test_where_the_folder_cannot_be_written_the_process_remembers_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "content"  # not there yet
    caplog.set_level(logging.WARNING)
    seen.save(place, MEMORY)
    seen.save(place, MEMORY)
    assert caplog.text.count("The content folder cannot be written to (No such file or directory).") == 1
    kept = seen.load(place)
    assert kept == MEMORY
    kept.files.clear()
    assert seen.load(place) == MEMORY
    place.mkdir()
    seen.save(place, Memory())
    assert seen.load(place) == Memory()
