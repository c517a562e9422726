"""Findings are worded with the labels of the page and lead to the field or line."""

import datetime as dt
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.content.rule_ids import RULES
from articles.editing.drafts.draft_check import check_draft
from articles.editing.drafts.front_matter import with_values
from articles.editing.editor.findings import (
    EditorFinding,
    editor_findings,
    in_words,
    levels,
    problem_finding,
    to_answer,
)
from articles.editing.editor.forms import ArticleForm, Editor, FileForm
from articles.library import get_library
from clinic_site.content.files import Problem
from tests.articles.editing.review.review_desk import PATH, make_desk
from tests.articles.rules.judged import WHOLE

TODAY = dt.date(2026, 11, 23)
LONG = "This sentence goes on and on " + "and on " * 30 + "until the end of it."


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path) -> Path:
    settings.CONTENT_DIR = make_desk(tmp_path)
    return Path(settings.CONTENT_DIR)


def in_fields(text: str) -> Editor:
    return ArticleForm(get_library().shared, text)


def found(text: str, form: Editor | None = None) -> list[EditorFinding]:
    return editor_findings(check_draft(PATH, text, TODAY), text, form or in_fields(text))


def only(text: str, form: Editor | None = None) -> EditorFinding:
    (one,) = found(text, form)
    return one


def test_lines_of_the_text_are_counted_from_its_start() -> None:
    text = WHOLE.replace("Ketamine is a drug for surgery.", "It is a miracle.")
    one = only(text)
    assert (one.field, one.line, one.where, one.href) == ("body", 9, "Line 9 of the text", "#id_body")
    assert one.excerpt.startswith("It is a miracle. Some doctors")
    assert one.excerpt.endswith(" …")
    assert (one.level, one.rule, one.number) == ("block", "A08", 1)
    assert one.why.startswith("No word that promises.")


def test_a_line_of_the_front_matter_leads_to_its_field() -> None:
    one = only(with_values(WHOLE, summary="word " * 61))
    assert (one.field, one.line, one.where, one.href) == ("summary", 0, "“Summary”", "#id_summary")
    assert one.sentence == "“Summary” has 61 words. Keep it to 60."
    assert one.excerpt == ""


@pytest.mark.parametrize(
    ("change", "where", "sentence", "mend"),
    [
        ({"title": ""}, "“Title”", "“Title” is empty. Fill it in.", ""),
        ({"topics": []}, "“Topics”", "“Topics” is empty.", "Tick at least one."),
        ({"author": {"name": "A", "role": "TBD"}}, "“Author”", "“Author” still holds a placeholder.", "Write what"),
        (
            {"blocks": ["emergency"]},
            "“Shared passages”",
            "The shared passage “adults_only” is missing.",
            "Tick it under",
        ),
        ({"review_due": "soon"}, "“Next check due”", "“Next check due” must be a date, like", ""),
    ],
)
def test_findings_use_the_labels_of_the_page(change: dict[str, object], where: str, sentence: str, mend: str) -> None:
    first = found(with_values(WHOLE, **change))[0]  # type: ignore[arg-type]
    assert first.where == where
    assert first.sentence.startswith(sentence)
    assert first.mend.startswith(mend)


def test_a_finding_leads_to_the_first_box_of_a_group() -> None:
    assert found(with_values(WHOLE, topics=[]))[0].href == "#id_topics_0"


def test_a_page_without_sources_is_asked_for_citations() -> None:
    one = next(finding for finding in found(with_values(WHOLE, sources=[])) if finding.rule == "")
    assert "is cited but not listed" in one.sentence
    text = with_values(WHOLE, sources=[]).partition("\n---\n")[0] + "\n---\n\n## Key points\n\n- One.\n"
    one = next(finding for finding in found(text) if "“Sources”" in finding.sentence)
    assert (one.mend, one.field) == ("Cite one in the text.", "body")


def test_a_line_without_a_field_is_named() -> None:
    one = only(with_values(WHOLE, status="done"))
    assert (one.field, one.where, one.href) == ("", "“status”, a line on top of the file", "#finding-1")


def test_news_about_a_source_concerns_the_whole_article(root: Path) -> None:
    news = "events:\n  - event: News\n    date: 2026-11-20\n    sources: [cohen2018]\n    cleared: false\n"
    (root / "watch.yaml").write_text(news)
    one = only(WHOLE)
    assert (one.rule, one.where, one.field) == ("A31", "The article as a whole", "")


def test_a_missing_section_is_reported_at_the_top_of_the_text() -> None:
    one = only(WHOLE.replace("## Other options", "## Another one"))
    assert (one.where, one.field) == ("Line 1 of the text", "body")


def test_in_the_plain_form_findings_use_lines_and_words_of_the_file() -> None:
    text = with_values(WHOLE, topics=[])
    one = found(text, FileForm(text))[0]
    assert (one.field, one.line, one.where, one.href) == ("whole", 7, "Line 7", "#id_whole")
    assert one.sentence == "“topics” is empty."
    unreadable = "no front matter"
    assert only(unreadable, FileForm(unreadable)).excerpt == "no front matter"


def test_findings_of_unreadable_front_matter_name_lines() -> None:
    assert only("no front matter", in_fields(WHOLE)).where == "Line 1"


def test_findings_are_sorted_by_blocks_warnings_hints_and_answered() -> None:
    text = with_values(WHOLE, accepted={"A07": "Nothing newer."}).replace(
        "- Ask who will watch you.",
        f"{LONG}\n\nIt is a miracle.\n\nNo miracle {{claim-ok: a denial}}.\n\n- Ask all of it.",
    )
    listed = found(text)
    assert [finding.level for finding in listed] == sorted(
        (finding.level for finding in listed), key=["block", "warn", "hint", "accepted"].index
    )
    assert {level: {finding.rule for finding in findings} for level, findings in levels(listed)} == {
        "block": {"A08"},
        "warn": {"A09"},
        "hint": {"A17"},
        "accepted": {"A08"},
    }
    assert to_answer(listed) == ["A09"]
    assert listed[-1].reason == "a denial"
    assert [finding.number for finding in listed] == list(range(1, len(listed) + 1))


def test_every_rule_has_plain_words() -> None:
    assert all(in_words(rule).endswith((".", ";")) for rule in RULES)
    assert in_words("") == ""


def test_a_problem_found_while_saving_is_not_listed() -> None:
    one = problem_finding(Problem(PATH, 200, "A topic is gone."), WHOLE, in_fields(WHOLE))
    assert (one.number, one.sentence, one.excerpt) == (0, "A topic is gone.", "")
