"""The disk cache of starts and checks: private, and robust against lost or broken files."""

import errno
import gzip
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from articles import disk_cache, library
from articles.disk_cache import cache_key, load_cached, save_cached
from articles.library import get_library, load_library
from clinic_site.content.files import SourceFile, read_source
from tests.content_builders import make_article, make_content


@pytest.fixture
def root(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A content folder whose library was kept."""
    monkeypatch.setattr(library, "CACHE_FILE", tmp_path / "var" / "library.cache")
    monkeypatch.setattr(library, "CACHE_FROM", 1)
    settings.CONTENT_DIR = make_content(tmp_path, good=make_article(), other=make_article())
    get_library()
    library._watched.cache_clear()
    return Path(settings.CONTENT_DIR)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    names: list[str] = []

    def read(root: Path, path: Path) -> SourceFile:
        names.append(path.name)
        return read_source(root, path)

    monkeypatch.setattr("articles.loading.loader.read_source", read)
    return names


def test_a_start_reads_only_what_changed(root: Path, reads: list[str]) -> None:
    (root / "articles" / "good.md").write_text(make_article(title="Changed"))
    loaded = get_library()
    assert reads == ["good.md"]
    assert loaded.articles["good"].title == "Changed"
    assert loaded.articles["other"].shared is loaded.shared
    assert "It may help a little." in loaded.articles["other"].body


def test_the_library_is_the_same_with_and_without_the_cache(root: Path) -> None:
    warm, cold = get_library(), load_library(root)
    assert list(warm.documents) == list(cold.documents)
    assert [vars(document) | {"shared": None} for document in warm.documents.values()] == [
        vars(document) | {"shared": None} for document in cold.documents.values()
    ]
    assert (warm.shared, warm.problems, warm.aliases) == (cold.shared, cold.problems, cold.aliases)


def test_it_is_written_only_when_the_next_start_would_find_something_else(root: Path) -> None:
    before = library.CACHE_FILE.stat()
    get_library()
    assert library.CACHE_FILE.stat().st_ino == before.st_ino
    library._watched.cache_clear()
    (root / "articles" / "good.md").write_text(make_article(title="Changed"))
    get_library()
    assert library.CACHE_FILE.stat().st_ino != before.st_ino


def test_a_small_library_is_read_each_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library.CACHE_FILE.unlink()
    monkeypatch.setattr(library, "CACHE_FROM", 1000)
    assert "good" in get_library().articles
    assert not library.CACHE_FILE.exists()


def test_a_library_cached_by_another_code_version_is_not_used(
    root: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_cache, "CODE", disk_cache.CODE[:1])
    get_library()
    assert "good.md" in reads
    assert "other.md" in reads


def test_the_key_depends_on_the_content_folder_and_the_running_code(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cache_key(root)
    assert cache_key(root.parent) != before
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"changed while it runs")
    assert cache_key(root) == before


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A cache file with a list, below two new folders."""
    file = tmp_path / "new" / "too" / "a.cache"
    save_cached(file, "key", ["a value"] * 1000)
    return file


def test_a_value_is_loaded_under_its_own_key_and_type_only(file: Path) -> None:
    assert load_cached(file, "key", list) == ["a value"] * 1000
    assert load_cached(file, "another", list) is None
    assert load_cached(file, "key", dict) is None
    assert load_cached(file.with_name("none"), "key", list) is None


def test_the_file_is_readable_by_its_owner_only_and_no_other_is_left(file: Path, tmp_path: Path) -> None:
    paths = [file.parent.parent, *file.parent.parent.rglob("*")]
    assert [path.name for path in paths] == ["new", "too", "a.cache"]
    assert not any(path.stat().st_mode & 0o077 for path in paths)


@pytest.mark.parametrize(
    "broken",
    [
        lambda whole: b"",
        lambda whole: b"key \n",
        lambda whole: whole[:-20],
        lambda whole: whole[:20] + b"nonsense" + whole[28:],
        lambda whole: b"key \n" + gzip.compress(b"no pickle"),
        lambda whole: b"\xff" * 100,
    ],
)
def test_a_broken_file_is_ignored_and_replaced(file: Path, broken: Callable[[bytes], bytes]) -> None:
    file.write_bytes(broken(file.read_bytes()))
    assert load_cached(file, "key", list) is None
    save_cached(file, "key", ["another"])
    assert load_cached(file, "key", list) == ["another"]


def test_a_value_with_an_unchanged_digest_is_not_written_again(file: Path) -> None:
    save_cached(file, "key", ["one"], "digest")
    save_cached(file, "key", ["another"], "digest")
    assert load_cached(file, "key", list) == ["one"]
    save_cached(file, "key", ["another"], "digest of another")
    assert load_cached(file, "key", list) == ["another"]
    save_cached(file.with_name("b.cache"), "key", ["one"], "digest")
    assert load_cached(file.with_name("b.cache"), "key", list) == ["one"]


def test_a_failed_write_is_no_error(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    save_cached(file / "below" / "a-file", "key", ["a value"])
    assert f"{file}/below/a-file cannot be written" in caplog.text
    assert load_cached(file, "key", list) is not None


def test_a_used_file_is_touched_once_a_week(file: Path) -> None:
    now = time.time()
    days_ago = {days: now - days * 24 * 3600 for days in (6, 8)}
    for days, touched in ((6, False), (8, True)):
        os.utime(file, (days_ago[days], days_ago[days]))
        load_cached(file, "key", list)
        assert (file.stat().st_mtime > now - 60) is touched


def test_a_failed_touch_is_no_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    os.utime(file, (0, 0))
    monkeypatch.setattr(os, "utime", refuse)
    assert load_cached(file, "key", list) == ["a value"] * 1000
