"""Markdown is split into passages and sentences, each with its line in the file."""

import pytest

from articles.content.documents import Block
from articles.rules.text.passages import Passage, split

BLOCKS = {"note": Block("note", "> [!CARE] a note\n> Never alone [@b2020].\n", frozenset({"b2020"}))}
TEXT = """\
## One

First line
and second.
- an item
  that goes on
- another
> [!URGENT] call us
> - at once
>
> Or later.

Table: What it shows

| A | B |
|---|---|
| 1 | 2. Two |
| 3 | 4 |

---

{{ block: note }}
1. numbered
{{ block: gone }}
"""


def kinds(passages: tuple[Passage, ...]) -> list[tuple[int, str, str]]:
    return [(passage.line, passage.kind, passage.text) for passage in passages]


def test_each_passage_has_kind_line_and_text() -> None:
    assert kinds(split(TEXT, 11, BLOCKS)) == [
        (11, "heading", "One"),
        (13, "paragraph", "First line and second."),
        (15, "item", "an item that goes on"),
        (17, "item", "another"),
        (18, "title", "call us"),
        (19, "item", "at once"),
        (21, "paragraph", "Or later."),
        (23, "caption", "What it shows"),
        (25, "head", "A B"),
        (27, "row", "1 2. Two"),
        (28, "row", "3 4"),
        (32, "title", "a note"),
        (32, "paragraph", "Never alone."),
        (33, "item", "numbered"),
    ]


def test_a_shared_passage_has_the_line_that_places_it() -> None:
    placed = [passage for passage in split(TEXT, 11, BLOCKS) if passage.block]
    assert [(passage.block, passage.line, passage.keys) for passage in placed] == [
        ("note", 32, frozenset()),
        ("note", 32, frozenset({"b2020"})),
    ]


def test_a_heading_has_its_level() -> None:
    assert [passage.level for passage in split("# a\n\n#### b\n\ntext", 1, {})] == [1, 4, 0]


def sentences(markdown: str) -> list[tuple[int, str]]:
    return [(sentence.line, sentence.text) for passage in split(markdown, 1, {}) for sentence in passage.sentences]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("One. Two!\nThree? “Four.” Five", ["One.", "Two!", "Three?", "“Four.”", "Five"]),
        (
            "Ask Dr. Smith. It is 5 p.m. now, e.g. here, in the U.S. Navy.",
            ["Ask Dr. Smith.", "It is 5 p.m. now, e.g. here, in the U.S. Navy."],
        ),
        ("It rose by 2.5 points. **Then** it fell.", ["It rose by 2.5 points.", "Then it fell."]),
        ("So it is. and so on", ["So it is. and so on"]),
        ("| One. Two. | Three |\n|---|---|", ["One.", "Two.", "Three"]),
    ],
)
def test_sentences_end_where_a_reader_would_stop(markdown: str, expected: list[str]) -> None:
    assert [text for _, text in sentences(markdown)] == expected


def test_a_sentence_has_its_own_line() -> None:
    assert sentences("One\ngoes on. Two\nis here. Three.") == [(1, "One goes on."), (2, "Two is here."), (3, "Three.")]


def test_a_sentence_has_the_sources_before_and_after_its_period() -> None:
    found = split("One [@a]. Two. [@b; @c] Three.", 1, {})[0].sentences
    assert [sentence.keys for sentence in found] == [{"a"}, {"b", "c"}, set()]


def test_a_claim_mark_belongs_to_its_sentence_and_is_not_part_of_the_text() -> None:
    found = split("One. No cure {claim-ok: a denial}. Three. {claim-ok: }", 1, {})[0].sentences
    assert [(sentence.text, sentence.claim_ok) for sentence in found] == [
        ("One.", None),
        ("No cure.", "a denial"),
        ("Three.", ""),
    ]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        (
            "Text\n*[b]: c [@d]\nmore",
            [(1, "paragraph", "Text"), (2, "abbreviation", "c [@d]"), (3, "paragraph", "more")],
        ),
        ("- item\n  *[b]: c", [(1, "item", "item"), (2, "abbreviation", "c")]),
        ("> Text\n*[b] :c", [(1, "paragraph", "Text"), (2, "abbreviation", "c")]),
        ("Text\n[^b]: c\nmore", [(1, "paragraph", "Text"), (2, "paragraph", "c more")]),
        ("- item\n[^b]:c", [(1, "item", "item"), (2, "paragraph", "c")]),
        ("> Text\n[^bc]: d", [(1, "paragraph", "Text"), (2, "paragraph", "d")]),
    ],
)
def test_notes_and_abbreviations_are_separate_passages(markdown: str, expected: list[tuple[int, str, str]]) -> None:
    assert kinds(split(markdown, 1, {})) == expected
