"""“ #” begins a comment in YAML: a text cut off by one is reported with its line, in every file, and never used."""

from pathlib import Path

import pytest

from articles.editing.revisions.load_check import check_loads
from articles.library import load_library
from clinic_site.clinic_yaml import load_clinic
from clinic_site.content.files import ContentError
from clinic_site.content.yaml_fields import parse_yaml
from tests.content_builders import REMOVED, make_article, make_content


@pytest.mark.parametrize(
    ("text", "line", "left"),
    [
        ("title: Ketamine is the #1 topic", 1, "Ketamine is the"),
        ("a: b\nsummary: Back pain is a #1 cause of missed work.", 2, "Back pain is a"),
        ("reason: Holiday #2", 1, "Holiday"),
        ("reason: Holiday\t#2", 1, "Holiday"),
        ("reason: Holiday  #2", 1, "Holiday"),
        ("address: Suite # 5", 1, ""),
        ("reason: Room A # 5", 1, "Room A"),
        ("words:\n  - one\n  - every # *", 3, "every"),
        ("words:\n  - one #two", 2, "one"),
        ("words: [one #two\n  , three]", 1, "one"),
        ("events:\n  - name: Day #2\n    date: 2026-12-01", 2, "Day"),
        ("summary: two\n  lines of text #1", 2, "two lines of text"),
        ("summary: two\u2028  lines #1", 2, "two lines"),
        ("a: é #1", 1, "é"),
    ],
)
def test_a_text_cut_by_a_comment_is_reported_at_its_line(text: str, line: int, left: str) -> None:
    if not left:
        assert parse_yaml("a.yaml", text).text("address") == "Suite"  # a single word: the rest is taken for a comment
        return
    with pytest.raises(ContentError) as error:
        parse_yaml("a.yaml", text, first_line=11)
    assert error.value.problem.line == 10 + line
    assert error.value.problem.message.startswith(f"“#” begins a remark here, and leaves “{left}” alone.")


@pytest.mark.parametrize(
    "text",
    [
        'title: "Ketamine is the #1 topic"',
        "title: 'Ketamine is the #1 topic'",
        "title: Ketamine is the#1 topic",
        "summary: >-\n  Back pain is a #1 cause\n  of missed work.",
        "summary: |\n  A #1\n",
        "email: desk@clinic.example      # told of each request",
        "email: desk@clinic.example # told of each request",
        "days: 90 # days",
        "from: 2026-12-01 08:00 #2",
        "name: Marigold Pain Clinic  # as on the licence",
        "words:\n  - one  # a remark\n  # another #1\n  - two",
        "words: [one, two] #1",
        "empty: #1",
        "#1 of all\na: b",
        "a: b\n\n#2",
    ],
)
def test_comments_and_complete_texts_are_accepted(text: str) -> None:
    parse_yaml("a.yaml", text)


def test_a_list_left_open_by_a_comment_says_what_to_do() -> None:
    with pytest.raises(ContentError, match="write a text with “ #” in it between quotation marks") as error:
        parse_yaml("a.yaml", "closures:\n  - {date: 2026-11-26, reason: Holiday #2}\n")
    assert error.value.problem.line == 2


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("clinic.yaml", "reason: Christmas Eve", "reason: Holiday #2"),
        ("topics.yaml", "title: Movement", "title: Movement #1"),
        ("glossary.yaml", "definition: ", "definition: The #1 pain. "),
        ("references.yaml", "container: ", "container: Suppl #3 "),
        ("crisis.yaml", "phrases: [suicide,", "phrases: [suicide #1\n  ,"),
    ],
)
def test_every_kind_of_file_reports_a_cut_text(tmp_path: Path, path: str, old: str, new: str) -> None:
    root = make_content(tmp_path)
    text = (root / path).read_text()
    if path == "clinic.yaml":
        text = text.replace(
            "- {date: 2026-12-24, reason: Christmas Eve}", "- date: 2026-12-24\n        reason: Holiday #2"
        )
    else:
        text = text.replace(old, new, 1)
    assert text != (root / path).read_text()
    (root / path).write_text(text)
    if path == "clinic.yaml":
        with pytest.raises(ContentError, match="“#” begins a remark"):
            load_clinic(root)
    else:
        assert any("“#” begins a remark" in problem.message for problem in load_library(root).problems)


def test_front_matter_with_a_cut_text_keeps_the_last_good_page(tmp_path: Path) -> None:
    root = make_content(tmp_path, walking=make_article())
    before = load_library(root)
    cut = make_article(title=REMOVED).replace("---\n", "---\ntitle: Ketamine is the #1 topic\n", 1)
    (root / "articles" / "walking.md").write_text(cut)
    after = load_library(root, before)
    assert [(problem.path, problem.line) for problem in after.problems] == [("articles/walking.md", 2)]
    assert after.articles["walking"].title == "Walking with a sore back"
    with pytest.raises(ContentError, match="“#” begins a remark"):
        check_loads("articles/walking.md", cut)
