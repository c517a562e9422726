"""Unsaved text held against the site: what keeps it from loading, what the rules say, and how long that takes."""

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.editing import examination
from articles.editing.examination import Examination, examine
from articles.library import get_library, load_library
from articles.rules.judging import judge_library
from articles.rules.passages import Passage
from articles.rules.rulebook import load_rulebook
from articles.rules.sharing import Runs, runs_of
from clinic_site.content_files import MAX_BYTES
from tests.articles.editing.review_desk import PATH, make_desk
from tests.articles.rules.judged import WHOLE
from tests.conftest import REAL_CONTENT
from tests.content_builders import make_article, make_content

pytestmark = pytest.mark.slow

TODAY = dt.date(2026, 11, 23)
SHIPPED = sorted((REAL_CONTENT / "articles").glob("*.md"))
TWIN = "The quick walk to the corner shop and back may do a sore back some good on most days."


@pytest.fixture
def desk(settings: Settings, tmp_path: Path) -> Path:
    settings.CONTENT_DIR = make_desk(tmp_path)
    return Path(settings.CONTENT_DIR)


def looked_at(text: str = WHOLE, path: str = PATH) -> Examination:
    return examine(path, text, TODAY)


def problems(text: str) -> list[str]:
    return [f"{each.line} {each.message}" for each in looked_at(text).problems]


@pytest.mark.usefixtures("real_content")
@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_page_is_told_what_a_check_of_the_whole_site_tells_of_it(file: Path) -> None:
    text = file.read_text().replace("## Common questions", f"{TWIN} It is a miracle.\n\n## Common questions")
    library = load_library(REAL_CONTENT)
    path = f"articles/{file.name}"
    changed = replace(library.documents[path], body=text.partition("---\n")[2].partition("---\n")[2])
    changed_library = replace(library, documents={**library.documents, path: changed})
    whole = judge_library(changed_library, load_rulebook(REAL_CONTENT), TODAY)
    assert list(looked_at(text, path).findings) == [each for each in whole.findings if each.path == path]
    assert looked_at(text, path).blocks == 1


@pytest.mark.usefixtures("desk")
def test_an_article_in_order_has_nothing_to_tell() -> None:
    found = looked_at()
    assert (found.problems, found.findings, found.blocks) == ((), (), 0)
    assert found.article
    assert "Ketamine" in found.article.rendered.body


@pytest.mark.usefixtures("desk")
def test_text_that_cannot_be_read_is_told_with_its_line() -> None:
    found = looked_at(WHOLE.replace("topics:", "topiks:"))
    assert found.article is None
    assert [(each.line, "topics" in each.message) for each in found.problems] == [(2, True)]
    assert found.blocks == 1


@pytest.mark.usefixtures("desk")
def test_a_slip_in_a_name_is_a_problem_and_the_page_can_still_be_seen() -> None:
    text = (
        WHOLE.replace("topics: [ketamine]", "topics: [ketamin]")
        .replace("[@cohen2018]", "[@cohn2018]")
        .replace("off_label,", "of_label,")
    )
    found = looked_at(text)
    assert any("“ketamin” is not in topics.yaml" in each for each in problems(text))
    assert any("“@cohn2018” is not in references.yaml" in each for each in problems(text))
    assert any("“of_label” is not in blocks/" in each for each in problems(text))
    assert found.findings == ()  # the rules are asked once the names are right
    assert found.article
    assert "[@cohn2018]" in found.article.rendered.body


@pytest.mark.usefixtures("desk")
def test_line_ends_and_marks_of_other_systems_are_read() -> None:
    assert looked_at("\ufeff" + WHOLE.replace("\n", "\r\n")).blocks == 0


@pytest.mark.usefixtures("desk")
def test_a_text_that_is_too_large_is_told_in_words() -> None:
    assert problems(WHOLE + "x" * MAX_BYTES) == [f"1 {examination.TOO_LARGE}"]


@pytest.mark.usefixtures("desk")
def test_a_page_that_cannot_be_made_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(document: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("articles.rendering.render", fail)
    found = looked_at()
    assert found.article is None
    assert "(ZeroDivisionError)" in found.problems[0].message


def test_while_the_lists_are_wrong_the_file_that_is_wrong_is_told(desk: Path) -> None:
    (desk / "rules" / "banned.yaml").write_text("words: [\n")
    found = looked_at()
    assert found.article
    assert [(each.path, each.line) for each in found.problems] == [("rules/banned.yaml", 2)]
    assert "while rules/banned.yaml is not in order: This is not valid YAML" in found.problems[0].message


def test_a_site_without_lists_checks_nothing(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_content(tmp_path)
    assert "It is missing." in problems(make_article())[0]


def test_words_that_another_article_has_are_found_at_the_line(desk: Path) -> None:
    other = make_article(f"## A walk\n\n{TWIN}\n", topics=["ketamine"])
    (desk / "articles" / "other.md").write_text(other)
    text = WHOLE.replace("## Common questions", f"{TWIN}\n\n## Common questions")
    found = [each for each in looked_at(text).findings if each.rule == "A30"]
    assert [each.line for each in found] == [text.split("\n").index(TWIN) + 1]
    assert "articles/other.md" in found[0].sentence
    assert not [each for each in examine("articles/other.md", other, TODAY).findings if each.rule == "A30"]


@pytest.mark.usefixtures("desk")
def test_links_within_the_unsaved_text_lead_somewhere() -> None:
    new = "## A new heading\n\n[Below](/articles/sore-backs/#a-new-heading) and [gone](/articles/sore-backs/#gone).\n\n"
    found = looked_at(WHOLE.replace("## Common questions", f"{new}## Common questions")).findings
    assert [each.sentence for each in found if each.rule == "A27"] == [
        "/articles/sore-backs/ has no place called “gone”."
    ]


@pytest.mark.usefixtures("desk")
def test_the_same_text_is_looked_at_once() -> None:
    assert looked_at() is looked_at()
    assert looked_at() is not looked_at(WHOLE + "More.\n")


def test_a_file_that_did_not_change_is_not_gone_through_again(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk / "articles" / "other.md").write_text(WHOLE)
    first = get_library()
    examination._neighbors(first)
    read: list[object] = []

    def noted(body: tuple[Passage, ...]) -> Runs:
        read.append(body)
        return runs_of(body)

    monkeypatch.setattr(examination, "runs_of", noted)
    (desk / "articles" / "third.md").write_text(WHOLE)
    examination._neighbors(load_library(desk, first))
    assert len(read) == 1


@pytest.mark.usefixtures("real_content")
@pytest.mark.timed
def test_a_key_press_costs_no_more_than_a_moment() -> None:
    """150 ms is meant; a machine that runs other tests at the same time is given six times that."""
    text = SHIPPED[0].read_text()
    path = f"articles/{SHIPPED[0].name}"
    _ = examine(path, text, TODAY).findings
    times = []
    for number in range(3):
        started = time.perf_counter()
        _ = examine(path, f"{text}\n{number}\n", TODAY).findings
        times.append(time.perf_counter() - started)
    assert min(times) < 0.9
