"""A16, A17, A18 and A22: plain words."""

import pytest

from tests.articles.rules.judged import article, block, page, told

EASY = "The dog sat in the sun. " * 12
HARD = "Evaluation necessitates multidisciplinary consideration. "
MIXED = "The clinician recommends a careful evaluation of available medication before any procedure. "


def paragraphs(text: str, count: int) -> str:
    return "\n\n".join([text] * count)


def test_a16_blocks_a_hard_page_and_its_hard_sections() -> None:
    hard, easy = paragraphs(HARD, 15), paragraphs(EASY, 1)
    told_of = told(article(f"## One\n\n{hard}\n\n## Two\n\n{easy}"), "A16")
    assert [sentence[:27] for sentence in told_of] == ["block: The page reads at gr", "block: The section “One” re"]
    assert "(SMOG " in told_of[0]


def test_a16_warns_above_grade_8() -> None:
    text = article(f"## One\n\n{paragraphs(MIXED, 6)}\n\n{EASY}")
    assert [sentence[:20] for sentence in told(text, "A16")] == ["warn: The page reads"]


def test_a16_passes_easy_text_and_leaves_short_and_shared_text_alone() -> None:
    assert told(article(paragraphs(EASY, 3)), "A16") == []
    assert told(article(HARD * 10), "A16") == []
    assert told(block(paragraphs(HARD, 20)), "A16") == []


def test_a16_reads_no_tables_and_no_names_of_drugs_that_are_explained() -> None:
    rows = "\n".join([f"| {HARD} | x |"] * 20)
    assert told(article(f"| A | B |\n|---|---|\n{rows}"), "A16") == []
    assert told(article(paragraphs("Ketamine, esketamine: the dog sat. " * 6, 4)), "A16") == []


def test_a16_knows_a_page_without_sentences() -> None:
    assert told(article("## Only\n\n## Headings\n"), "A16") == []
    assert told(article("## Only\n\n## Headings\n"), "A17") == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (("word " * 30).strip() + ".\n\nOne.\n\nTwo.", []),
        (("word " * 31).strip() + ".\n\nOne.\n\nTwo.", ["warn: This sentence has 31 words."]),
        (("word " * 19).strip() + ".", ["warn: Sentences have 19 words on average."]),
        ("One. Two. Three. Four. Five.", []),
        ("One. Two. Three. Four. Five. Six.", ["warn: This paragraph has 6 sentences."]),
        (paragraphs("It is so. " * 5, 14), ["warn: 210 words stand here without a heading."]),
        (paragraphs("It is so. " * 5, 7) + "\n\n## Next\n\n" + paragraphs("It is so. " * 5, 7), []),
        ("Ask Dr. Smith at 5 p.m. Then go.", []),
    ],
)
def test_a17_counts_words_and_sentences(body: str, said: list[str]) -> None:
    assert told(article(body), "A17") == said


def test_a17_counts_the_sentences_between_sources() -> None:
    body = "One [@cohen2018]. Two. [@cohen2018] Three “quoted.” Four (so). Five! Six?"
    assert told(article(body), "A17") == ["warn: This paragraph has 6 sentences."]


@pytest.mark.parametrize(("passive", "told_of"), [(3, False), (4, True)])
def test_a18_counts_the_share_of_passive_sentences(passive: int, told_of: bool) -> None:
    text = article(
        paragraphs("It was given by a nurse.", passive) + "\n\n" + paragraphs("A nurse gave it.", 20 - passive)
    )
    assert bool(told(text, "A18")) is told_of


@pytest.mark.parametrize("sentence", ["You are tired.", "It is not known.", "It has helped.", "She is a nurse."])
def test_a18_knows_what_only_looks_passive(sentence: str) -> None:
    assert told(article(paragraphs(sentence, 25)), "A18") == []


@pytest.mark.parametrize(
    "sentence", ["It is often used.", "It is slowly given.", "They weren't seen.", "It is also made."]
)
def test_a18_sees_through_words_between(sentence: str) -> None:
    assert len(told(page(paragraphs(sentence, 25)), "A18")) == 1


def questions(count: int, words: int) -> str:
    return "## Common questions\n\n" + "\n\n".join(f"### Why {each}?\n\n{'word ' * words}" for each in range(count))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (questions(5, 79), []),
        (questions(8, 9), []),
        (questions(4, 9), ["warn: “Common questions” has 4 questions."]),
        (questions(9, 9), ["warn: “Common questions” has 9 questions."]),
        ("## Common questions", ["warn: “Common questions” has 0 questions."]),
        (questions(5, 80), ["warn: This answer has 80 words."] * 5),
        ("Some text first.\n\n## Another section", []),
    ],
)
def test_a22_counts_questions_and_the_words_of_answers(body: str, said: list[str]) -> None:
    assert told(article(body), "A22") == said
