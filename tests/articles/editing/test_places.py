"""What is wrong is told in the words of the page, at the field or the line where it stands."""

import datetime as dt
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.editing.examination import examine
from articles.editing.forms import ArticleForm, Editor, FileForm
from articles.editing.front import with_values
from articles.editing.places import Told, in_words, levels, to_answer, told, told_problem
from articles.library import get_library
from articles.rules.levels import RULES
from clinic_site.content_files import Problem
from tests.articles.editing.review_desk import PATH, make_desk
from tests.articles.rules.judged import WHOLE

TODAY = dt.date(2026, 11, 23)
LONG = "This sentence goes on and on " + "and on " * 30 + "until the end of it."


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path) -> Path:
    settings.CONTENT_DIR = make_desk(tmp_path)
    return Path(settings.CONTENT_DIR)


def in_fields(text: str) -> Editor:
    return ArticleForm(get_library().shared, text)


def found(text: str, form: Editor | None = None) -> list[Told]:
    return told(examine(PATH, text, TODAY), text, form or in_fields(text))


def only(text: str, form: Editor | None = None) -> Told:
    (one,) = found(text, form)
    return one


def test_a_line_of_the_text_is_counted_in_the_text() -> None:
    text = WHOLE.replace("Ketamine is a drug for surgery.", "It is a miracle.")
    one = only(text)
    assert (one.field, one.line, one.where, one.href) == ("body", 9, "Line 9 of the text", "#id_body")
    assert one.excerpt.startswith("It is a miracle. Some doctors")
    assert one.excerpt.endswith(" …")
    assert (one.level, one.rule, one.number) == ("block", "A08", 1)
    assert one.why.startswith("No word that promises.")


def test_a_line_on_top_is_its_field() -> None:
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
def test_it_speaks_with_the_labels_of_the_page(change: dict[str, object], where: str, sentence: str, mend: str) -> None:
    first = found(with_values(WHOLE, **change))[0]  # type: ignore[arg-type]
    assert first.where == where
    assert first.sentence.startswith(sentence)
    assert first.mend.startswith(mend)


def test_a_group_of_boxes_is_led_to_by_its_first() -> None:
    assert found(with_values(WHOLE, topics=[]))[0].href == "#id_topics_0"


def test_a_page_without_sources_is_told_to_cite() -> None:
    one = next(each for each in found(with_values(WHOLE, sources=[])) if each.rule == "")
    assert "is cited but not listed" in one.sentence
    text = with_values(WHOLE, sources=[]).partition("\n---\n")[0] + "\n---\n\n## Key points\n\n- One.\n"
    one = next(each for each in found(text) if "“Sources”" in each.sentence)
    assert (one.mend, one.field) == ("Cite one in the text.", "body")


def test_a_line_that_has_no_field_is_named() -> None:
    one = only(with_values(WHOLE, status="done"))
    assert (one.field, one.where, one.href) == ("", "“status”, a line on top of the file", "#finding-1")


def test_news_are_about_the_whole(root: Path) -> None:
    news = "events:\n  - event: News\n    date: 2026-11-20\n    sources: [cohen2018]\n    cleared: false\n"
    (root / "watch.yaml").write_text(news)
    one = only(WHOLE)
    assert (one.rule, one.where, one.field) == ("A31", "The article as a whole", "")


def test_a_missing_section_is_told_at_the_top_of_the_text() -> None:
    one = only(WHOLE.replace("## Other options", "## Another one"))
    assert (one.where, one.field) == ("Line 1 of the text", "body")


def test_a_file_that_is_shown_as_it_is_keeps_its_lines_and_words() -> None:
    text = with_values(WHOLE, topics=[])
    one = found(text, FileForm(text))[0]
    assert (one.field, one.line, one.where, one.href) == ("whole", 6, "Line 6", "#id_whole")
    assert one.sentence == "“topics” is empty."
    unreadable = "no front matter"
    assert only(unreadable, FileForm(unreadable)).excerpt == "no front matter"


def test_a_text_whose_top_cannot_be_read_is_told_by_its_lines() -> None:
    assert only("no front matter", in_fields(WHOLE)).where == "Line 1"


def test_what_stops_publication_comes_first_then_what_waits_then_what_is_answered() -> None:
    text = with_values(WHOLE, accepted={"A17": "It is a quotation."}).replace(
        "- Ask who will watch you.", f"{LONG}\n\nIt is a miracle.\n\n- Ask all of it."
    )
    listed = found(text)
    assert [each.level for each in listed] == sorted(
        (each.level for each in listed), key=["block", "warn", "accepted"].index
    )
    assert {level: {each.rule for each in held} for level, held in levels(listed)} == {
        "block": {"A08"},
        "warn": {"A09"},
        "accepted": {"A17"},
    }
    assert to_answer(listed) == ["A09", "A17"]
    assert listed[-1].reason == "It is a quotation."
    assert [each.number for each in listed] == list(range(1, len(listed) + 1))


def test_every_rule_has_plain_words() -> None:
    assert all(in_words(rule).endswith((".", ";")) for rule in RULES)
    assert in_words("") == ""


def test_a_problem_that_came_up_in_saving_is_listed_nowhere() -> None:
    one = told_problem(Problem(PATH, 200, "A topic is gone."), WHOLE, in_fields(WHOLE))
    assert (one.number, one.sentence, one.excerpt) == (0, "A topic is gone.", "")
