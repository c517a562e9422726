"""The search index is a file shared by all processes; only changed pages are indexed again."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from articles import search as search_module
from articles import search_index
from articles.content.documents import Document
from articles.library import load_library
from articles.readers.missed_searches import misses
from articles.search import get_index, search
from articles.search_index import SearchIndex, open_index
from articles.search_sections import PageSection, sections_of
from tests.content_builders import make_article, make_content

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the index, which no process has opened yet."""
    monkeypatch.setattr(search_index, "FOLDER", tmp_path / "var" / "search")
    monkeypatch.setattr(search_module, "_current", None)
    return tmp_path / "var" / "search"


@pytest.fixture
def root(tmp_path: Path, settings: Settings) -> Path:
    settings.CONTENT_DIR = make_content(
        tmp_path, pillows=make_article(title="Pillows", body="A pillow.\n"), other=make_article()
    )
    return Path(settings.CONTENT_DIR)


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the indexed pages."""
    read: list[str] = []

    def noted(document: Document) -> Iterator[PageSection]:
        read.append(document.path)
        return sections_of(document)

    monkeypatch.setattr(search_index, "sections_of", noted)
    return read


def found(typed: str, index: SearchIndex) -> list[str]:
    return [result.document.slug for result in search(typed, index, NOW).results]


def test_a_restart_indexes_nothing(root: Path, rows: list[str]) -> None:
    library = load_library(root)
    open_index(library)
    assert "articles/pillows.md" in rows
    rows.clear()
    assert found("pillow", open_index(library)) == ["pillows"]
    assert rows == []


def test_an_edit_reindexes_one_page_and_removes_its_old_words(root: Path, rows: list[str]) -> None:
    index = open_index(load_library(root))
    rows.clear()
    (root / "articles" / "pillows.md").write_text(make_article(title="Cushions", body="A cushion.\n"))
    library = load_library(root)
    index.take_in(library)
    assert rows == ["articles/pillows.md"]
    assert (found("cushion", index), found("pillow", index)) == (["pillows"], [])
    assert "cushion" in index.vocabulary
    assert "pillow" not in index.vocabulary
    assert sorted(index.vocabulary) == sorted(SearchIndex(library).vocabulary)


def test_a_removed_page_leaves_the_index(root: Path) -> None:
    index = open_index(load_library(root))
    (root / "articles" / "pillows.md").unlink()
    index.take_in(load_library(root))
    assert found("pillow", index) == []


def test_a_changed_passage_is_found_on_every_page_that_includes_it(root: Path) -> None:
    index = open_index(load_library(root))
    (root / "blocks" / "emergency.md").write_text("Call a neighbor.\n")
    index.take_in(load_library(root))
    assert set(found("neighbor", index)) == {"pillows", "other"}


def test_two_processes_share_the_index_and_use_their_own_libraries(root: Path) -> None:
    first = open_index(load_library(root))
    (root / "articles" / "third.md").write_text(make_article(body="A hammock.\n"))
    second = open_index(load_library(root))
    assert found("hammock", second) == ["third"]
    assert found("hammock", first) == []
    assert first.summary("articles/gone.md", '"hammock"') == ""
    assert first.sections("articles/gone.md", '"hammock"') == []


def test_only_the_owner_can_read_the_file(root: Path, folder: Path) -> None:
    open_index(load_library(root))
    assert folder.stat().st_mode & 0o077 == 0


def test_a_broken_file_is_no_error_and_is_rebuilt(root: Path, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    library = load_library(root)
    open_index(library)
    [file] = folder.glob("*.sqlite3")
    for part in folder.iterdir():
        part.write_text("broken" * 1000)
    assert found("pillow", open_index(library)) == ["pillows"]
    assert "cannot be used" in caplog.text
    assert found("pillow", open_index(library)) == ["pillows"]
    assert file.read_bytes().startswith(b"SQLite")


def test_an_unusable_folder_is_no_error(root: Path, folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("a file")
    assert found("pillow", open_index(load_library(root))) == ["pillows"]


def test_the_index_of_another_code_version_is_removed(root: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "older.sqlite3").touch()
    (folder / "older.sqlite3-wal").touch()
    open_index(load_library(root))
    assert not list(folder.glob("older*"))


def test_a_failure_halfway_leaves_the_index_as_it_was(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = open_index(load_library(root))
    (root / "articles" / "pillows.md").write_text(make_article(title="Cushions"))
    monkeypatch.setattr(search_index, "ADD_WORDS", "nonsense")
    with pytest.raises(sqlite3.OperationalError):
        index.take_in(load_library(root))
    assert found("pillow", index) == ["pillows"]


def test_pages_indexed_by_another_process_are_left_unchanged(root: Path, rows: list[str]) -> None:
    index, library = open_index(load_library(root)), load_library(root)
    rows.clear()
    [(made_from,)] = index._rows("SELECT made_from FROM held WHERE path = 'articles/pillows.md'")
    index._replace("articles/pillows.md", library.documents["articles/pillows.md"], made_from)
    assert rows == []


def test_every_library_has_one_index_and_the_next_one_updates_it(root: Path) -> None:
    library = load_library(root)
    index = get_index(library)
    assert get_index(library) is index
    later = load_library(root, library)
    assert get_index(later) is index
    assert index.library is later


def test_during_an_update_other_threads_search_the_previous_index(root: Path) -> None:
    index = get_index(load_library(root))
    with search_module._building:
        assert get_index(load_library(root)) is index


def test_during_the_first_build_a_search_waits_briefly_and_says_so(
    client: Client, settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CONTENT_DIR = root
    monkeypatch.setattr(search_module, "_current", None)
    monkeypatch.setattr(search_module, "PATIENCE", 0)
    with search_module._building:
        answer, in_danger = (client.get("/search/", {"q": words}) for words in ("pillow", "overdose"))
    assert (answer.status_code, in_danger.status_code) == (503, 503)
    assert "Search is getting ready" in answer.content.decode()
    assert 'value="pillow"' in answer.content.decode()
    assert (answer.context["answer"].crisis, in_danger.context["answer"].crisis) == (False, True)
    assert not misses.take()
    assert "pillows" in client.get("/search/", {"q": "pillow"}).content.decode()


def test_typos_are_corrected_to_words_indexed_by_another_process(root: Path) -> None:
    library = load_library(root)
    here, there = open_index(library), open_index(library)
    assert "hammock" not in here.vocabulary
    (root / "articles" / "pillows.md").write_text(make_article(title="Hammocks", body="A hammock.\n"))
    later = load_library(root, library)
    there.take_in(later)
    here.take_in(later)
    assert "hammock" in here.vocabulary


def test_with_many_matches_the_best_come_first_and_articles_before_pages(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(search_module.MOST_RESULTS + 3):
        (root / "articles" / f"walk-{number}.md").write_text(make_article(body="A pillow.\n"))
    index = SearchIndex(load_library(root))
    whole = found("pillow", index)
    monkeypatch.setattr(search_module, "FIRST", 2)
    assert found("pillow", index) == whole
    assert len(whole) == search_module.MOST_RESULTS
