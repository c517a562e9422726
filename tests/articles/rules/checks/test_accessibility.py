"""Rule A26: accessibility."""

import pytest

from articles.rendering.page_cache import rendered
from tests.articles.rules.judged import article, block, findings, messages

HEAD = "Table: Two\n\n| A | B |\n|---|---|\n"
TABLE = "| A | B |\n|---|---|\n| 1 | 2 |"


@pytest.mark.parametrize(
    ("body", "wanted"),
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
def test_a26_requires_text_alternatives_names_captions_and_levels(body: str, wanted: list[str]) -> None:
    assert messages(article(body), "A26") == wanted


def test_a26_accepts_a_shared_passage_one_level_down() -> None:
    assert messages(block("### Two"), "A26") == []
    assert messages(block("#### Three"), "A26") == ["block: This heading skips a level: ####."]


@pytest.mark.parametrize(
    ("typed", "line", "sentence"),
    [
        (f"{HEAD}| a | b | c |\n", 7, "This row has 3 cells and the table 2 columns: the rest is not shown."),
        (f"{HEAD}| a | b|c |\n| d | e |\n", 7, "This row has 3 cells and the table 2 columns: the rest is not shown."),
        ("Table: Two\n\n| A | B |\n|---|\n| a | b |\n", 5, "These lines are shown as text, not as a table."),
        ("Table: Two\n\n| A | B |\n| a | b |\n", 5, "These lines are shown as text, not as a table."),
        ("Table: Nothing below\n\nText.\n", 3, "No table stands below this caption."),
        ("Signs:\na. pain\nb. fever\n", 4, "“a. pain” is no item of a list on the page."),
        ("Signs:\na) pain\n", 4, "“a) pain” is no item of a list on the page."),
        ("-pain\n-fever\n", 3, "“-pain” is no item of a list on the page."),
        ("Signs:\n– pain\n– fever\n", 4, "“– pain” is no item of a list on the page."),
        ("Steps:\n2. rest\n3. walk\n", 4, "“2. rest” is no item of a list on the page."),
        ("> Signs:\n> —pain\n> —fever\n", 4, "“—pain” is no item of a list on the page."),
        ("(1) a card\n(2) a list\n", 3, "“(1) a card” is no item of a list on the page."),
        ("(a) a card\n(b) a list\n", 3, "“(a) a card” is no item of a list on the page."),
        ("Bring:\n(ii) a card\n", 4, "“(ii) a card” is no item of a list on the page."),
        ("1.first\n2.second\n", 3, "“1.first” is no item of a list on the page."),
        ("1)**first**\n2)**second**\n", 3, "“1)**first**” is no item of a list on the page."),
        ("a)first\nb)second\n", 3, "“a)first” is no item of a list on the page."),
        ("1- a card\n2- a list\n", 3, "“1- a card” is no item of a list on the page."),
        ("1 – a card\n2 – a list\n", 3, "“1 – a card” is no item of a list on the page."),
        ("− a\n− b\n", 3, "“− a” is no item of a list on the page."),
        ("‐ a\n‐ b\n", 3, "“‐ a” is no item of a list on the page."),
        ("‑a\n‑b\n", 3, "“‑a” is no item of a list on the page."),
        ("-**a**\n-**b**\n", 3, "“-**a**” is no item of a list on the page."),
        ("-[a](/)\n-“b”\n", 3, "“-[a](/)” is no item of a list on the page."),
        ("Bring:\no a card\n", 4, "“o a card” is no item of a list on the page."),
        ("i. a\nii. b\n", 3, "“i. a” is no item of a list on the page."),
        ("#Tips\n\nText.\n", 3, "“#Tips” makes no heading."),
        ("#**Tips**\n\nText.\n", 3, "“#**Tips**” makes no heading."),
        ("#\n\nText.\n", 3, "“#” makes no heading."),
        ("#5 questions\n\nText.\n", 3, "“#5 questions” makes no heading."),
        ("#5 questions to ask?\nBring them.\n", 3, "“#5 questions to ask?” makes no heading."),
        ("#3\n- x\n", 3, "“#3” makes no heading."),
        ("＃＃ Wide\n\nText.\n", 3, "“＃＃ Wide” makes no heading."),
        ("＃Wide\n", 3, "“＃Wide” makes no heading."),
        ("#＃ Wide\n", 3, "“#＃ Wide” makes no heading."),
        ("####### Deep\n\nText.\n", 3, "“####### Deep” makes no heading."),
        ("########Deep\n", 3, "“########Deep” makes no heading."),
        ("Tips\n===\n\nText.\n", 4, "“===” makes no heading."),
        ("Key points\n----------\n\n- x\n", 4, "“----------” makes no heading."),
        ("Key points\n--\n- x\n", 4, "“--” makes no heading."),
        ("Key points\n———\n", 4, "“———” makes no heading."),
        ("> Key points\n> ---\n> Text.\n", 4, "“---” makes no heading."),
        ("Thing | Why\n---\ncard | show\nlist | ask\n", 3, "These lines are shown as text, not as a table."),
        ("Thing | Why\ncard | show\n", 3, "These lines are shown as text, not as a table."),
        ("Thing | Why\n|---|\ncard | show\n", 3, "These lines are shown as text, not as a table."),
        ("Text:\nThing | Why\n--- | --- | ---\ncard | show\n", 4, "These lines are shown as text, not as a table."),
    ],
)
def test_a26_finds_markup_that_is_not_rendered_as_it_looks(typed: str, line: int, sentence: str) -> None:
    found = findings(article(f"## One\n\n{typed}"), "A26")
    assert [(finding.level, finding.sentence) for finding in found].count(("block", sentence)) == 1
    first = article("Text.\n").first_line
    assert next(finding.line for finding in found if finding.sentence == sentence) == first + line - 1


@pytest.mark.parametrize(
    "typed",
    [
        f"{HEAD}| a | b |\n| c |\n",
        f"{HEAD}| a \\| b | c |\n| `a|b` | c |\n",
        "**Call if:**\n- pain\n- fever\n\n• one\n• two\n\n1) one\n2) two\n",
        "It fell –\n– and rose, from\n-5 to 5.\n\n#1 of all.\n\nA. Smith wrote it.\n",
        "- one\n  - two\n\n    more\n\n    Indented.\n",
        "One.\n\n---\n\nTwo.\n***\nThree.\n\n- one\n---\n\n> Said.\n\n---\n\n--\n",
        "> Said.\n\nIt is the\n#1 of all.\n\n#1 cause of pain\nis an injury\n\n\\# of pills\n",
        "One | two, and\nthree.\n\n`a | b`\n`c | d`\n\n- a | b\n- c | d\n\na \\| b\nc \\| d\n",
        "It is (see\n(1) above) at\n1.5 or\n2.5 mg, in\n5 - 7 days or\n7 - 9 days.\n",
        "Two doses:\n1.5 mg and 2 mg.\n\nBring:\n· a card\n\uf0b7\ta list\n",
    ],
)
def test_a26_accepts_markup_that_is_rendered_as_it_looks(typed: str) -> None:
    assert messages(article(f"## One\n\n{typed}"), "A26") == []


ALONE = "readers see the mark alone."


@pytest.mark.parametrize(
    ("typed", "line", "sentence"),
    [
        ("Text[^9].\n", 1, f"Nobody wrote the note “[^9]”: {ALONE}"),
        ("Text.\n\n- One[^a b]\n", 3, f"Nobody wrote the note “[^a b]”: {ALONE}"),
        ("Text.[^1]\n\n[^1]: See[^2].\n", 3, f"Nobody wrote the note “[^2]”: {ALONE}"),
        ("Text.[^1]\n\n[^1] Note.\n", 3, f"Nobody wrote the note “[^1]”: {ALONE}"),
        (f"{HEAD}| a[^x] | b |\n", 5, f"Nobody wrote the note “[^x]”: {ALONE}"),
        ("## One[^h]\n", 1, f"Nobody wrote the note “[^h]”: {ALONE}"),
        (
            "## Key points\n\n- One[^1].\n\n## Two\n\nText.\n\n[^1]: Note.\n",
            3,
            f"The note “[^1]” stands in the text and this mark in “Key points”: {ALONE}",
        ),
        (
            "## Key points\n\n- One.\n\n[^1]: Note.\n\n## Two\n\nText[^1].\n",
            9,
            f"The note “[^1]” stands in “Key points” and this mark in the text: {ALONE}",
        ),
    ],
)
def test_a26_finds_a_note_mark_without_its_note(typed: str, line: int, sentence: str) -> None:
    text = article(typed)
    found = [
        (finding.level, finding.line, finding.sentence)
        for finding in findings(text, "A26")
        if ALONE in finding.sentence
    ]
    assert ("block", text.line(line), sentence) in found
    assert "[^" in rendered(text.page).key_points + rendered(text.page).body


@pytest.mark.parametrize(
    "typed",
    [
        "Text.[^1]\n\n[^1]: Note.\n",
        "Text[^a] and[^b].\n[^a]: One.\n[^b]: Two.\n",
        "> Text.[^1]\n>\n> [^1]: Note.\n",
        "- One.[^1]\n\n    [^1]: Note.\n",
        "## Key points\n\n- One[^1].\n\n[^1]: Note.\n\n## Two\n\nText[^1].\n\n[^1]: Note.\n",
    ],
)
def test_a26_accepts_a_note_mark_with_its_note(typed: str) -> None:
    text = article(typed)
    assert messages(text, "A26") == []
    shown = rendered(text.page).key_points + rendered(text.page).body
    assert "[^" not in shown
    assert shown.count('class="footnote-ref"') == typed.count("[^") / 2


def test_a26_ignores_note_marks_in_code_and_escapes() -> None:
    assert messages(article("A note is typed `[^1]`, and a bracket \\[^2].\n"), "A26") == []
    assert messages(block("Text[^9].\n"), "A26") == [f"block: Nobody wrote the note “[^9]”: {ALONE}"]
