"""A26: what everybody must be able to use."""

import pytest

from tests.articles.rules.judged import article, block, told

TABLE = "| A | B |\n|---|---|\n| 1 | 2 |"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("![A chart](/static/a.png)", []),
        ("![ ](/static/a.png)", ["block: This picture has no text alternative."]),
        ("![](/pictures/path)", ["block: This picture has no text alternative."]),
        ("![Two people on a path](/pictures/path)", []),
        ("![A picture.](/pictures/path)", ["block: “A picture.” does not say what the picture shows."]),
        ("![our-path](/pictures/our-path)", ["block: “our-path” does not say what the picture shows."]),
        ("![Woman stretching](/pictures/woman-stretching)", []),
        (
            "![What the picture shows](/pictures/path)",
            ["block: “What the picture shows” does not say what the picture shows."],
        ),
        ("See [our offices](/offices/).", []),
        ("Click [here](/offices/).", ["block: A link named “here” says nothing by itself."]),
        ("[Read more.](/offices/)", ["block: A link named “Read more.” says nothing by itself."]),
        ("[](/offices/)", ["block: A link named “” says nothing by itself."]),
        (f"Table: Two things\n\n{TABLE}", []),
        (TABLE, ["block: This table has no caption."]),
        (f"Table: One\n\n{TABLE}\n\nText.\n\n{TABLE}", ["block: This table has no caption."]),
        ("Table: One\n\n| A | |\n|---|---|\n| 1 | 2 |", ["block: A column of this table has no head."]),
        ("## One\n\n### Two\n\n#### Three\n\n## Four", []),
        ("## One\n\n#### Three", ["block: This heading skips a level: ####."]),
        ("### Two", ["block: This heading skips a level: ###."]),
        ("# One", ["block: Only the title of the page may be a heading of that size."]),
        ("## **", ["block: This heading is empty."]),
    ],
)
def test_a26_wants_text_alternatives_names_captions_and_levels(body: str, said: list[str]) -> None:
    assert told(article(body), "A26") == said


def test_a26_lets_a_shared_passage_start_one_level_down() -> None:
    assert told(block("### Two"), "A26") == []
    assert told(block("#### Three"), "A26") == ["block: This heading skips a level: ####."]
