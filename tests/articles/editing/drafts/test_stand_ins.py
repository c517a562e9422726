"""One fault on top of a file hides no other: not the next one, and not what the rules find."""

import datetime as dt
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.editing.drafts.draft_check import STAND_INS, DraftCheck, check_draft
from articles.editing.drafts.front_matter import with_values
from tests.articles.editing.review.review_desk import PATH, make_desk
from tests.articles.rules.judged import WHOLE

pytestmark = pytest.mark.slow
TODAY = dt.date(2026, 11, 23)
BANNED = WHOLE.replace("Some doctors try it for pain.", "It is a miracle.")
BANNED_LINE = BANNED.split("\n").index(next(line for line in BANNED.split("\n") if "miracle" in line)) + 1


@pytest.fixture(autouse=True)
def _desk(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_desk(tmp_path)


def checked(text: str) -> DraftCheck:
    return check_draft(PATH, text, TODAY)


def problems(text: str) -> list[str]:
    return [problem.message for problem in checked(text).problems]


def findings(text: str) -> list[tuple[str, int]]:
    return [(finding.rule, finding.line) for finding in checked(text).findings if finding.level == "block"]


@pytest.mark.parametrize("key", STAND_INS)
def test_a_value_that_cannot_be_read_hides_no_finding(key: str) -> None:
    odd = next(line for line in BANNED.split("\n") if line.startswith(f"{key}: "))
    text = BANNED.replace(odd, f"{key}: {{a: [b]}}", 1)
    assert len(problems(text)) == 1
    assert ("A08", BANNED_LINE) in findings(text)
    assert checked(text).article is None
    assert not checked(text).hides
    assert checked(text).blocks >= checked(BANNED).blocks


@pytest.mark.parametrize("key", ["title", "topics", "author", "review_due"])
def test_a_missing_line_hides_no_finding(key: str) -> None:
    odd = next(line for line in BANNED.split("\n") if line.startswith(f"{key}: "))
    text = BANNED.replace(f"{odd}\n", "", 1)
    assert problems(text) == [f"“{key}” is missing. Add a line “{key}: …”."]
    assert findings(text) == [("A08", BANNED_LINE - 1)]


def test_several_faults_are_told_at_once() -> None:
    text = with_values(BANNED, title="", summary="word " * 61, review_due="soon").replace("topics:", "topiks:")
    told = problems(text)
    assert [words in " ".join(told) for words in ("title", "61 words", "a date", "“topics” is missing", "topiks")] == [
        True
    ] * 5
    assert len(told) == 5
    assert findings(text) == [("A08", BANNED_LINE)]


def test_a_fault_of_the_text_below_is_at_its_own_line_beside_one_on_top() -> None:
    text = BANNED.replace("title: ", "titel: ", 1).replace("[@cohen2018]", "[@cohn2018]")
    lines = {problem.message[:12]: problem.line for problem in checked(text).problems}
    assert lines["“@cohn2018” "] == next(n for n, line in enumerate(text.split("\n"), 1) if "@cohn2018" in line)


def test_names_that_nobody_knows_hide_no_finding() -> None:
    text = BANNED.replace("topics: [ketamine]", "topics: [ketamine, ketamin]")
    assert len(problems(text)) == 1
    assert findings(text) == [("A08", BANNED_LINE)]


def test_what_stands_in_for_a_value_is_never_reported() -> None:
    odd = next(line for line in WHOLE.split("\n") if line.startswith("topics: "))
    assert findings(WHOLE.replace(odd, "topics: ketamine, pain", 1)) == []


@pytest.mark.parametrize(
    "text",
    [
        "no front matter",
        WHOLE.replace("title: ", "title: Twice\ntitle: ", 1),
        "---\ntitle: [\n---\nText.",
        WHOLE.partition("\n---\n")[0] + "\n---\n\n",
        WHOLE + "long " * 30_000,
    ],
)
def test_what_hides_the_rest_says_so(text: str) -> None:
    found = checked(text)
    assert (found.hides, found.blocks, found.findings) == (True, 1, ())


def test_a_date_that_no_other_can_follow_ends_the_reading() -> None:
    check = checked(with_values(BANNED, published="9999-12-31"))
    assert check.hides
    assert [problem.message for problem in check.problems] == [
        "“updated” is before “published”. Correct one of the two dates."
    ]
