"""Rule A33: questions for the visit can be ticked and printed."""

import pytest

from tests.articles.rules.judged import article, findings, messages, page

HEADING = "## Questions to take to your visit\n\n"


def judged(questions: str) -> list[str]:
    return messages(article(f"{HEADING}{questions}\n\n## Other options\n\n- No question.\n"), "A33")


@pytest.mark.parametrize("questions", ["- How long?\n- At what cost?", "Copy these.\n\n- How long?", "None yet."])
def test_plain_questions_pass(questions: str) -> None:
    assert judged(questions) == []


def test_a_text_without_the_section_passes() -> None:
    assert messages(article("- No question."), "A33") == []


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("Tell me more.", "This item is no question."),
        ("How **long**?", "A citation, a link or another mark stands in this question."),
        ("Is it [here](/about/)?", "A citation, a link or another mark stands in this question."),
        ("Is it so [@cohen2018]?", "A citation, a link or another mark stands in this question."),
        ("Is it so {certainty: low}?", "A citation, a link or another mark stands in this question."),
        (f"{'very ' * 25}long?", "This question has 26 words."),
        ("Is it so?\n- Is it so?", "This question stands there twice."),
    ],
)
def test_what_cannot_be_ticked_and_printed_blocks(question: str, message: str) -> None:
    assert f"block: {message}" in judged(f"- {question}")


def test_a_sheet_has_room_for_ten() -> None:
    ten = "\n".join(f"- Is it {number}?" for number in range(10))
    assert judged(ten) == []
    assert judged(f"{ten}\n- And more?") == ["block: “Questions to take to your visit” has 11 questions."]


def test_a_finding_names_the_line_of_the_question() -> None:
    text = article(f"{HEADING}- How long?\n- Tell me more.\n")
    assert [finding.line for finding in findings(text, "A33")] == [text.first_line + 3]


def test_plain_pages_are_checked_as_well() -> None:
    assert messages(page(f"{HEADING}- Tell me more.\n"), "A33") == ["block: This item is no question."]
