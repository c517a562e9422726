"""The sentences of content/answers.yaml: what is refused, and what stays in use meanwhile."""

from pathlib import Path

import pytest

from articles.library import load_library
from clinic_site.canned_answers import CannedAnswers, get_canned_answers, load_canned_answers, parse_canned_answers
from clinic_site.content.files import ContentError, SourceFile
from tests.content_builders import make_content

GOOD = "answers:\n  - name: Call us\n    text: Please call us.\n"


def parsed(text: str) -> CannedAnswers:
    return parse_canned_answers(SourceFile(path="answers.yaml", text=text, digest=""))


def test_answers_are_read_by_name_in_the_order_of_the_file() -> None:
    text = "answers:\n  - {name: B, text: Please\n      call us.}\n  - {name: A, text: We wait.}\n"
    assert list(parsed(text).items()) == [("B", "Please call us."), ("A", "We wait.")]


@pytest.mark.usefixtures("real_content")
def test_the_shipped_answers_are_valid() -> None:
    assert len(get_canned_answers()) >= 3


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("answer: []", 1, "“answers” is missing"),
        (GOOD + "  - name: Call us\n    text: Again.", 4, "Two answers have the name “Call us”"),
        (GOOD + "  - name: Late\n    text: " + "x" * 501, 5, "This answer has 501 characters"),
        (GOOD + "  - name: Late\n    text: Your pain is heard.", 5, "“pain” may be about health"),
        (GOOD + "    why: none", 4, "“why” is not a known key"),
        (GOOD + "more: 1", 4, "“more” is not a known key"),
    ],
)
def test_each_mistake_is_reported_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ContentError, match=words) as caught:
        parsed(text)
    assert (caught.value.problem.path, caught.value.problem.line) == ("answers.yaml", line)


@pytest.mark.parametrize(
    "text",
    [
        "Bring your MEDICATION list.", "Your therapy starts.", "Ketamine helps.", "Your test results are here.",
        "About your diagnosis", "The doctor agreed.", "Your infusions begin.", "We treat you.", "Your X-ray is in.",
    ],
)  # fmt: skip
def test_words_about_health_are_refused(text: str) -> None:
    with pytest.raises(ContentError, match="may be about health"):
        parsed(f"answers:\n  - name: One\n    text: {text}\n")


@pytest.mark.parametrize("text", ["Please call us again.", "We still hold your place.", "Park behind the building."])
def test_other_words_are_not(text: str) -> None:
    assert parsed(f"answers:\n  - name: One\n    text: {text}\n") == {"One": text}


def test_an_invalid_file_leaves_the_last_good_answers(tmp_path: Path) -> None:
    root = make_content(tmp_path)
    (root / "answers.yaml").write_text(GOOD)
    good = load_canned_answers(root)
    (root / "answers.yaml").write_text("answers: none")
    assert load_canned_answers(root, good) is good
    assert load_canned_answers(root) == {"Call us": "Please call us."}  # the start of another process
    [problem] = load_library(root).problems
    assert problem.path == "answers.yaml"


def test_a_copy_that_is_no_longer_valid_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_content(tmp_path)
    (root / "answers.yaml").write_text(GOOD)
    load_canned_answers(root)
    (root / "answers.yaml").write_text("answers: none")
    monkeypatch.setattr("clinic_site.canned_answers.LONGEST", 3)
    assert load_canned_answers(root) == {}


def test_without_the_file_there_are_no_answers(tmp_path: Path) -> None:
    assert load_canned_answers(tmp_path) == {}
