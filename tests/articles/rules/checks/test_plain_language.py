"""Rules A16, A17, A18 and A22: plain language."""

import pytest

from tests.articles.rules.judged import article, block, messages, page

EASY = "The dog sat in the sun. " * 12
HARD = "Evaluation necessitates multidisciplinary consideration. "
MIXED = "The clinician recommends a careful evaluation of available medication before any procedure. "


def paragraphs(text: str, count: int) -> str:
    return "\n\n".join([text] * count)


def test_a16_blocks_a_hard_page_and_its_hard_sections() -> None:
    hard, easy = paragraphs(HARD, 15), paragraphs(EASY, 1)
    found = messages(article(f"## One\n\n{hard}\n\n## Two\n\n{easy}"), "A16")
    assert [sentence[:27] for sentence in found] == ["block: The page reads at gr", "block: The section “One” re"]
    assert "(SMOG " in found[0]


def test_a16_hints_above_grade_8() -> None:
    text = article(f"## One\n\n{paragraphs(MIXED, 6)}\n\n{EASY}")
    assert [sentence[:20] for sentence in messages(text, "A16")] == ["hint: The page reads"]


def test_a16_accepts_easy_text_and_skips_short_and_shared_text() -> None:
    assert messages(article(paragraphs(EASY, 3)), "A16") == []
    assert messages(article(HARD * 10), "A16") == []
    assert messages(block(paragraphs(HARD, 20)), "A16") == []


def test_a16_skips_tables_and_explained_names_of_drugs() -> None:
    rows = "\n".join([f"| {HARD} | x |"] * 20)
    assert messages(article(f"| A | B |\n|---|---|\n{rows}"), "A16") == []
    assert messages(article(paragraphs("Ketamine, esketamine: the dog sat. " * 6, 4)), "A16") == []


def test_a16_accepts_a_page_without_sentences() -> None:
    assert messages(article("## Only\n\n## Headings\n"), "A16") == []
    assert messages(article("## Only\n\n## Headings\n"), "A17") == []


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (("word " * 30).strip() + ".\n\nOne.\n\nTwo.", []),
        (("word " * 31).strip() + ".\n\nOne.\n\nTwo.", ["hint: This sentence has 31 words."]),
        (("word " * 19).strip() + ".", ["hint: Sentences have 19 words on average."]),
        ("One. Two. Three. Four. Five.", []),
        ("One. Two. Three. Four. Five. Six.", ["hint: This paragraph has 6 sentences."]),
        (paragraphs("It is so. " * 5, 14), ["hint: 210 words stand here without a heading."]),
        (paragraphs("It is so. " * 5, 7) + "\n\n## Next\n\n" + paragraphs("It is so. " * 5, 7), []),
        ("Ask Dr. Smith at 5 p.m. Then go.", []),
    ],
)
def test_a17_limits_the_length_of_sentences_and_paragraphs(body: str, wanted: list[str]) -> None:
    assert messages(article(body), "A17") == wanted


def test_a17_counts_sentences_between_citations() -> None:
    body = "One [@cohen2018]. Two. [@cohen2018] Three “quoted.” Four (so). Five! Six?"
    assert messages(article(body), "A17") == ["hint: This paragraph has 6 sentences."]


@pytest.mark.parametrize(("passive", "reported"), [(3, False), (4, True)])
def test_a18_limits_the_share_of_passive_sentences(passive: int, reported: bool) -> None:
    text = article(
        paragraphs("It was given by a nurse.", passive) + "\n\n" + paragraphs("A nurse gave it.", 20 - passive)
    )
    assert bool(messages(text, "A18")) is reported


@pytest.mark.parametrize("sentence", ["You are tired.", "It is not known.", "It has helped.", "She is a nurse."])
def test_a18_ignores_forms_that_only_look_passive(sentence: str) -> None:
    assert messages(article(paragraphs(sentence, 25)), "A18") == []


@pytest.mark.parametrize(
    "sentence", ["It is often used.", "It is slowly given.", "They weren't seen.", "It is also made."]
)
def test_a18_finds_a_passive_with_an_adverb_between(sentence: str) -> None:
    assert len(messages(page(paragraphs(sentence, 25)), "A18")) == 1


def questions(count: int, words: int) -> str:
    return "## Common questions\n\n" + "\n\n".join(f"### Why {number}?\n\n{'word ' * words}" for number in range(count))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (questions(2, 79), []),
        (questions(8, 9), []),
        (questions(1, 9), ["hint: “Common questions” has 1 questions."]),
        (questions(9, 9), ["hint: “Common questions” has 9 questions."]),
        ("## Common questions", ["hint: “Common questions” has 0 questions."]),
        (questions(5, 80), ["hint: This answer has 80 words."] * 5),
        ("Some text first.\n\n## Another section", []),
    ],
)
def test_a22_limits_the_number_of_questions_and_the_length_of_answers(body: str, wanted: list[str]) -> None:
    assert messages(article(body), "A22") == wanted
