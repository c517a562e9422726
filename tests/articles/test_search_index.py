"""The index of search is a file that all processes share; only what changed is taken in anew."""

import datetime as dt
import sqlite3
import threading
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from articles import search as search_module
from articles import search_index
from articles.counting import misses
from articles.documents import Document
from articles.library import Library, load_library
from articles.search import get_index, keep_ready, search
from articles.search_index import SearchIndex, open_index
from tests.content_builders import make_article, make_content

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the index lies; no process has opened it yet."""
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
    """Paths of the pages that were read for the index."""
    read: list[str] = []
    row = search_index._row

    def noted(document: Document) -> tuple[str, ...]:
        read.append(document.path)
        return row(document)

    monkeypatch.setattr(search_index, "_row", noted)
    return read


def found(typed: str, index: SearchIndex) -> list[str]:
    return [result.document.slug for result in search(typed, index, NOW).results]


def test_a_restart_takes_in_nothing(root: Path, rows: list[str]) -> None:
    library = load_library(root)
    open_index(library)
    assert "articles/pillows.md" in rows
    rows.clear()
    assert found("pillow", open_index(library)) == ["pillows"]
    assert rows == []


def test_an_edit_takes_in_one_page_and_its_old_words_are_gone(root: Path, rows: list[str]) -> None:
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


def test_a_page_that_left_the_site_leaves_the_index(root: Path) -> None:
    index = open_index(load_library(root))
    (root / "articles" / "pillows.md").unlink()
    index.take_in(load_library(root))
    assert found("pillow", index) == []


def test_a_changed_passage_is_found_on_every_page_that_carries_it(root: Path) -> None:
    index = open_index(load_library(root))
    (root / "blocks" / "emergency.md").write_text("Call a neighbor.\n")
    index.take_in(load_library(root))
    assert set(found("neighbor", index)) == {"pillows", "other"}


def test_two_processes_share_it_and_each_goes_by_its_own_library(root: Path) -> None:
    first = open_index(load_library(root))
    (root / "articles" / "third.md").write_text(make_article(body="A hammock.\n"))
    second = open_index(load_library(root))
    assert found("hammock", second) == ["third"]
    assert found("hammock", first) == []
    assert first.passage("articles/gone.md", '"hammock"') == ""


def test_only_its_owner_can_look_into_it(root: Path, folder: Path) -> None:
    open_index(load_library(root))
    assert folder.stat().st_mode & 0o077 == 0


def test_a_broken_file_is_no_failure_and_is_made_anew_by_the_next(
    root: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    library = load_library(root)
    open_index(library)
    [file] = folder.glob("*.sqlite3")
    for part in folder.iterdir():
        part.write_text("broken" * 1000)
    assert found("pillow", open_index(library)) == ["pillows"]
    assert "cannot be used" in caplog.text
    assert found("pillow", open_index(library)) == ["pillows"]
    assert file.read_bytes().startswith(b"SQLite")


def test_a_folder_that_cannot_be_used_is_no_failure(root: Path, folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("a file")
    assert found("pillow", open_index(load_library(root))) == ["pillows"]


def test_the_index_of_another_version_is_removed(root: Path, folder: Path) -> None:
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


def test_what_another_process_took_in_meanwhile_is_left_as_it_is(root: Path, rows: list[str]) -> None:
    index, library = open_index(load_library(root)), load_library(root)
    rows.clear()
    [(made_from,)] = index._rows("SELECT made_from FROM held WHERE path = 'articles/pillows.md'")
    index._replace("articles/pillows.md", library.documents["articles/pillows.md"], made_from)
    assert rows == []


def test_one_library_has_one_index_and_the_next_one_brings_it_up_to_date(root: Path) -> None:
    library = load_library(root)
    index = get_index(library)
    assert get_index(library) is index
    later = load_library(root, library)
    assert get_index(later) is index
    assert index.library is later


def test_while_one_thread_brings_it_up_to_date_the_others_search_it_as_it_was(root: Path) -> None:
    index = get_index(load_library(root))
    with search_module._building:
        assert get_index(load_library(root)) is index


def test_while_the_first_one_is_made_a_search_waits_a_moment_and_says_so(
    client: Client, settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CONTENT_DIR = root
    monkeypatch.setattr(search_module, "_current", None)
    monkeypatch.setattr(search_module, "PATIENCE", 0)
    with search_module._building:
        asked, in_danger = (client.get("/search/", {"q": words}) for words in ("pillow", "overdose"))
    assert (asked.status_code, in_danger.status_code) == (503, 503)
    assert "Search is getting ready" in asked.content.decode()
    assert 'value="pillow"' in asked.content.decode()
    assert (asked.context["answer"].crisis, in_danger.context["answer"].crisis) == (False, True)
    assert not misses.take()
    assert "pillows" in client.get("/search/", {"q": "pillow"}).content.decode()


def test_words_that_another_process_took_in_are_forgiven_a_typo_here_too(root: Path) -> None:
    library = load_library(root)
    here, there = open_index(library), open_index(library)
    assert "hammock" not in here.vocabulary
    (root / "articles" / "pillows.md").write_text(make_article(title="Hammocks", body="A hammock.\n"))
    later = load_library(root, library)
    there.take_in(later)
    here.take_in(later)
    assert "hammock" in here.vocabulary


def test_with_many_matches_the_best_are_found_and_articles_come_first(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(search_module.MOST_RESULTS + 3):
        (root / "articles" / f"walk-{number}.md").write_text(make_article(body="A pillow.\n"))
    index = SearchIndex(load_library(root))
    whole = found("pillow", index)
    monkeypatch.setattr(search_module, "FIRST", 2)
    assert found("pillow", index) == whole
    assert len(whole) == search_module.MOST_RESULTS


def test_a_thread_keeps_it_up_to_date_and_goes_on_after_a_failure(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, seen = threading.Event(), []

    def index(library: Library) -> None:
        seen.append("pillows" in library.articles)
        if len(seen) == 1:
            raise sqlite3.OperationalError("database is locked")
        stop.set()

    monkeypatch.setattr(search_module, "get_index", index)
    monkeypatch.setattr(search_module, "LOOK_EVERY", 0)
    keep_ready(stop)
    assert seen == [True, True]
    assert "could not be brought up to date (OperationalError)" in caplog.text
