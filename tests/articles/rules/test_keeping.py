"""What one check leaves to the next."""

from pathlib import Path

import pytest

from articles import kept as kept_files
from articles.library import load_library
from articles.rules.judging import judge_library
from articles.rules.keeping import Kept, keep, recall
from articles.rules.rulebook import load_rulebook
from tests.articles.rules.judged import TODAY
from tests.conftest import REAL_CONTENT
from tests.content_builders import make_article, make_content


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_content(tmp_path, good=make_article())


@pytest.fixture
def file(tmp_path: Path, root: Path) -> Path:
    """What a check of `root` kept."""
    library = load_library(root)
    kept = Kept(library, judge_library(library, load_rulebook(REAL_CONTENT), TODAY))
    keep(tmp_path / "var" / "cache", root, kept)
    return tmp_path / "var" / "cache"


def test_what_was_kept_comes_back_and_fits_the_files(file: Path, root: Path) -> None:
    kept = recall(file, root)
    assert kept is not None
    again = load_library(root, kept.library)
    assert again.documents["articles/good.md"] is kept.library.documents["articles/good.md"]
    assert again.shared is kept.judgment.shared


def test_only_its_owner_can_look_into_it(file: Path) -> None:
    assert (file.parent.stat().st_mode | file.stat().st_mode) & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == ["cache"]


def test_nothing_comes_back_from_an_absent_file(tmp_path: Path) -> None:
    assert recall(tmp_path / "none", tmp_path) is None


def test_nothing_comes_back_for_another_folder(file: Path, tmp_path: Path) -> None:
    assert recall(file, tmp_path) is None


def test_nothing_comes_back_once_the_code_has_changed(file: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_files, "CODE", kept_files.CODE[:1])
    assert recall(file, root) is None


def test_a_broken_file_is_not_used(file: Path, root: Path) -> None:
    whole = file.read_bytes()
    for broken in (whole[:-100], whole[:65] + b"nonsense", whole[:65] + b"\x80\x04N.", b""):
        file.write_bytes(broken)
        assert recall(file, root) is None


def test_a_folder_that_cannot_be_written_to_is_no_failure(
    file: Path, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = recall(file, root)
    assert kept is not None
    keep(file / "below-a-file" / "cache", root, kept)
    assert "cannot be written" in caplog.text
