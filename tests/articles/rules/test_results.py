"""The rules run once per change, not once per view of the list."""

import datetime as dt
from pathlib import Path
from unittest.mock import patch

import pytest
from pytest_django import Settings

from articles.library import get_library, load_library
from articles.rules import results
from articles.rules.results import rule_results
from tests.articles.editing.content_folder import make_stored_content
from tests.content_builders import make_article

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)
PATH = "articles/walking.md"
LONG = "## A walk\n\n" + "It may help a little to walk each day. " * 20 + "\n"


@pytest.fixture
def root(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(f"{results.__name__}.VAR_FOLDER", tmp_path / "var")
    settings.CONTENT_DIR = make_stored_content(
        tmp_path, walking=make_article(LONG), other=make_article(title="Another")
    )
    return Path(settings.CONTENT_DIR)


def test_the_same_library_is_checked_once_a_day(root: Path) -> None:
    first = rule_results(get_library(), TODAY)
    assert rule_results(get_library(), TODAY) is first
    assert rule_results(get_library(), TODAY + dt.timedelta(days=1)) is not first


def test_findings_and_the_reading_grade_are_found_by_path(root: Path) -> None:
    found = rule_results(get_library(), TODAY)
    assert "A17" in {finding.rule for finding in found.by_path[PATH]}
    grade = found.grade(PATH)
    assert grade is not None
    assert 0 < grade < 5
    assert found.grade("articles/other.md") is None  # too short for a meaningful grade
    assert found.grade("articles/unknown.md") is None


def test_only_changed_pages_are_checked_again(root: Path) -> None:
    library = load_library(root)
    before = rule_results(library, TODAY)
    (root / PATH).write_text(make_article(LONG, title="Walk on"))
    after = rule_results(load_library(root, library), TODAY)
    assert before.results is not None
    assert after.results is not None
    assert after.results.pages["articles/other.md"] is before.results.pages["articles/other.md"]
    assert after.results.pages[PATH] is not before.results.pages[PATH]


def test_a_new_process_reuses_cached_results(root: Path) -> None:
    library = load_library(root)
    before = rule_results(library, TODAY)
    results._newest.clear()
    with patch.object(results, "save_cached") as saved:
        after = rule_results(load_library(root), TODAY)
    assert not saved.called
    assert after.results is not None
    assert before.results is not None
    assert after.results.findings == before.results.findings


def test_results_cached_for_other_shared_files_are_ignored(root: Path) -> None:
    rule_results(load_library(root), TODAY)
    results._newest.clear()
    topics = root / "topics.yaml"
    topics.write_text(topics.read_text().replace("title: ", "title: New ", 1))
    with patch.object(results, "save_cached") as saved:
        rule_results(load_library(root), TODAY)
    assert saved.called


def test_unreadable_rules_are_reported_and_the_last_results_stay(root: Path) -> None:
    first = rule_results(load_library(root), TODAY)
    (root / "watch.yaml").unlink()
    found = rule_results(load_library(root), TODAY)
    assert found.problem is not None
    assert found.problem.path == "watch.yaml"
    assert found.results is first.results


def test_without_results_there_are_no_findings(root: Path) -> None:
    (root / "watch.yaml").unlink()
    found = rule_results(load_library(root), TODAY)
    assert (found.results, found.by_path, found.grade(PATH)) == (None, {}, None)
