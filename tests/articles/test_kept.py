"""What one start leaves to the next."""

from pathlib import Path

import pytest
from pytest_django import Settings

from articles import kept, library
from articles.library import Library, get_library, load_library
from clinic_site.content_files import SourceFile, read_source
from tests.content_builders import make_article, make_content


@pytest.fixture
def root(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A content folder whose library was kept."""
    monkeypatch.setattr(library, "KEPT", tmp_path / "var" / "library.cache")
    monkeypatch.setattr(library, "KEPT_FROM", 1)
    settings.CONTENT_DIR = make_content(tmp_path, good=make_article(), other=make_article())
    get_library()
    library._watched.cache_clear()
    return Path(settings.CONTENT_DIR)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are read."""
    names: list[str] = []

    def read(root: Path, path: Path) -> SourceFile:
        names.append(path.name)
        return read_source(root, path)

    monkeypatch.setattr("articles.loading.read_source", read)
    return names


def test_a_start_reads_only_what_changed(root: Path, reads: list[str]) -> None:
    (root / "articles" / "good.md").write_text(make_article(title="Changed"))
    loaded = get_library()
    assert reads == ["good.md"]
    assert loaded.articles["good"].title == "Changed"
    assert loaded.articles["other"].shared is loaded.shared
    assert "It may help a little." in loaded.articles["other"].body


def test_a_start_is_the_same_with_and_without_it(root: Path) -> None:
    warm, cold = get_library(), load_library(root)
    assert list(warm.documents) == list(cold.documents)
    assert [vars(each) | {"shared": None} for each in warm.documents.values()] == [
        vars(each) | {"shared": None} for each in cold.documents.values()
    ]
    assert (warm.shared, warm.problems, warm.aliases) == (cold.shared, cold.problems, cold.aliases)


def test_it_is_written_only_when_the_next_start_would_find_something_else(root: Path) -> None:
    before = library.KEPT.stat()
    get_library()
    assert library.KEPT.stat().st_ino == before.st_ino
    library._watched.cache_clear()
    (root / "articles" / "good.md").write_text(make_article(title="Changed"))
    get_library()
    assert library.KEPT.stat().st_ino != before.st_ino


def test_a_small_library_is_read_each_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library.KEPT.unlink()
    monkeypatch.setattr(library, "KEPT_FROM", 1000)
    assert "good" in get_library().articles
    assert not library.KEPT.exists()


def test_nothing_else_is_left_lying_around(root: Path) -> None:
    assert [path.name for path in library.KEPT.parent.iterdir()] == ["library.cache"]
    assert library.KEPT.stat().st_mode & 0o077 == 0


def test_what_is_of_another_kind_is_not_used(root: Path) -> None:
    assert kept.recall(library.KEPT, root, Library) is not None
    assert kept.recall(library.KEPT, root, Path) is None


def test_a_running_process_marks_what_it_keeps_with_the_code_it_was_started_with(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.mark(root)
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"changed while it runs")
    assert kept.mark(root) == before
