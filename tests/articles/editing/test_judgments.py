"""The rules are asked once for what changed, not once for each look at the list."""

import datetime as dt
from pathlib import Path
from unittest.mock import patch

import pytest
from pytest_django import Settings

from articles.editing import judgments
from articles.editing.judgments import assess
from articles.library import get_library, load_library
from tests.articles.editing.shelf import make_shelf
from tests.content_builders import make_article

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)
PATH = "articles/walking.md"
LONG = "## A walk\n\n" + "It may help a little to walk each day. " * 20 + "\n"


@pytest.fixture
def root(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(f"{judgments.__name__}.VAR_FOLDER", tmp_path / "var")
    settings.CONTENT_DIR = make_shelf(tmp_path, walking=make_article(LONG), other=make_article(title="Another"))
    return Path(settings.CONTENT_DIR)


def test_the_same_library_on_the_same_day_is_judged_once(root: Path) -> None:
    first = assess(get_library(), TODAY)
    assert assess(get_library(), TODAY) is first
    assert assess(get_library(), TODAY + dt.timedelta(days=1)) is not first


def test_findings_and_the_reading_grade_are_found_by_path(root: Path) -> None:
    found = assess(get_library(), TODAY)
    assert "A17" in {finding.rule for finding in found.by_path[PATH]}
    grade = found.grade(PATH)
    assert grade is not None
    assert 0 < grade < 5
    assert found.grade("articles/other.md") is None  # a sentence or two: a grade would say little
    assert found.grade("articles/unknown.md") is None


def test_only_what_changed_is_judged_anew(root: Path) -> None:
    library = load_library(root)
    before = assess(library, TODAY)
    (root / PATH).write_text(make_article(LONG, title="Walk on"))
    after = assess(load_library(root, library), TODAY)
    assert before.judgment is not None
    assert after.judgment is not None
    assert after.judgment.pages["articles/other.md"] is before.judgment.pages["articles/other.md"]
    assert after.judgment.pages[PATH] is not before.judgment.pages[PATH]


def test_a_new_process_goes_on_from_what_the_last_check_kept(root: Path) -> None:
    library = load_library(root)
    before = assess(library, TODAY)
    judgments._newest.clear()
    with patch.object(judgments, "keep") as kept:
        after = assess(load_library(root), TODAY)
    assert not kept.called
    assert after.judgment is not None
    assert before.judgment is not None
    assert after.judgment.findings == before.judgment.findings


def test_what_was_kept_for_other_shared_files_is_of_no_use(root: Path) -> None:
    assess(load_library(root), TODAY)
    judgments._newest.clear()
    topics = root / "topics.yaml"
    topics.write_text(topics.read_text().replace("title: ", "title: New ", 1))
    with patch.object(judgments, "keep") as kept:
        assess(load_library(root), TODAY)
    assert kept.called


def test_rules_that_cannot_be_read_are_told_and_the_last_judgment_stays(root: Path) -> None:
    first = assess(load_library(root), TODAY)
    (root / "watch.yaml").unlink()
    found = assess(load_library(root), TODAY)
    assert found.problem is not None
    assert found.problem.path == "watch.yaml"
    assert found.judgment is first.judgment


def test_without_any_judgment_nothing_is_found(root: Path) -> None:
    (root / "watch.yaml").unlink()
    found = assess(load_library(root), TODAY)
    assert (found.judgment, found.by_path, found.grade(PATH)) == (None, {}, None)
