"""Word differences of two texts: complete, and fast for real articles."""

import random
import textwrap
import time
from collections.abc import Callable

import pytest
from django.template.loader import render_to_string

from articles.editing.revisions.diff import DiffPiece, folded, side_by_side, word_difference
from tests.shipped import REAL_CONTENT

TEXTS = [path.read_text() for path in sorted((REAL_CONTENT / "articles").glob("*.md"))]
LONG = " ".join(f"word{number}" for number in range(200))


def marked(pieces: list[DiffPiece]) -> str:
    marks = {"same": "{}", "added": "+{}+", "removed": "-{}-", "folded": "[{}]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces)


def joined(pieces: list[DiffPiece], kind: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in ("same", kind))


def varied(text: str, seed: int) -> str:
    """Return the text with words removed, doubled and moved."""
    chance = random.Random(seed)  # noqa: S311 (the same each time)
    words = text.split(" ")
    for _ in range(chance.randrange(1, 40)):
        place = chance.randrange(len(words))
        words[place : place + chance.randrange(3)] = chance.choices(words, k=chance.randrange(3))
    return " ".join(words)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("A walk helps.", "A walk may help.", "A walk -helps-+may help+."),
        ("One two three.", "One three.", "One- two- three."),
        ("One.\n", "One.\nTwo.\n", "One.\n+Two.\n+"),
        ("", "New.", "+New.+"),
        ("Old.", "", "-Old.-"),
        ("The cat sat here.", "The dog lay here.", "The -cat sat-+dog lay+ here."),
        ("It won’t help.", "It will help.", "It -won’t-+will+ help."),
        ("5 mg", "50 mg", "-5-+50+ mg"),
        ("1\nIt has it.\n2\n", "1\nIt had it.\n2\n", "1\nIt -has-+had+ it.\n2\n"),
        ("same", "same", "same"),
        ("", "", ""),
    ],
)
def test_changed_words_are_announced(old: str, new: str, expected: str) -> None:
    assert marked(word_difference(old, new)) == expected


def test_a_rewrapped_paragraph_is_unchanged() -> None:
    old = "A daily walk may help a sore back,\nand it costs nothing.\n"
    assert marked(word_difference(old, "A daily walk may help\na sore back, and it costs nothing.\n")).count("+") == 0


@pytest.mark.parametrize("seed", range(20))
def test_both_texts_can_be_rebuilt_from_the_comparison(seed: int) -> None:
    old = TEXTS[seed % len(TEXTS)]
    new = varied(old, seed)
    pieces = word_difference(old, new)
    assert joined(pieces, "added") == new
    assert joined(pieces, "removed").split() == old.split()


@pytest.mark.parametrize("seed", range(5))
def test_every_line_of_both_texts_is_in_its_column(seed: int) -> None:
    old, new = TEXTS[0], varied(TEXTS[0], seed)
    rows = side_by_side(old, new, context=10_000)
    assert "".join(piece.text for row in rows for piece in row.new) == new
    for row in rows:
        first = "".join(piece.text for piece in row.new).split("\n")[0]
        assert not row.new_line or new.split("\n")[row.new_line - 1] == first


def test_long_unchanged_parts_are_folded() -> None:
    pieces = folded(word_difference(f"{LONG} old {LONG} gone", f"{LONG} new {LONG}"), context=2)
    assert marked(pieces) == (
        "[198 words that did not change]word198 word199 -old-+new+ word0 word1 "
        "[196 words that did not change]word198 word199- gone-"
    )


def test_short_and_final_parts_are_folded_by_the_same_rule() -> None:
    assert marked(folded([DiffPiece("a b c", "same"), DiffPiece("d", "added")], context=0)) == "a b c+d+"
    end = folded([DiffPiece("d", "added"), DiffPiece(f" {LONG}", "same")], context=1)
    assert marked(end) == "+d+ word0 [199 words that did not change]"


def test_columns_show_line_numbers_and_changes() -> None:
    same = "".join(f"line {number}\n" for number in range(1, 31))
    rows = side_by_side(f"{same}a walk helps\n{same}gone\n", f"first\n{same}a walk may help\n{same}")
    assert [(row.kind, row.old_line, row.new_line) for row in rows] == [
        ("changed", 0, 1),
        ("same", 1, 2),
        ("folded", 0, 0),
        ("same", 28, 29),
        ("changed", 31, 32),
        ("same", 32, 33),
        ("folded", 0, 0),
        ("same", 59, 60),
        ("changed", 62, 0),
    ]
    assert rows[2].old == (DiffPiece("24 lines that did not change", "folded"),)
    assert marked(list(rows[4].old)) == "a walk -helps-\n"
    assert marked(list(rows[4].new)) == "a walk +may help+\n"


def test_a_few_unchanged_lines_are_shown_and_two_equal_texts_are_one_fold() -> None:
    assert [row.kind for row in side_by_side("a\nb\nc\n", "a\nb\nd\n")] == ["same", "changed"]
    assert [row.kind for row in side_by_side("a\n" * 50, "a\n" * 50)] == ["folded"]
    assert side_by_side("", "") == []


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda text: varied(text, 1), id="some words"),
        pytest.param(lambda text: " ".join(sorted(text.split())), id="sorted"),
        pytest.param(
            lambda text: "\n\n".join(textwrap.fill(paragraph, 60) for paragraph in text.split("\n\n")), id="wrapped"
        ),
    ],
)
@pytest.mark.timed
def test_thirty_kilobytes_are_compared_quickly(other: Callable[[str], str]) -> None:
    text = (TEXTS[0] + TEXTS[1] + TEXTS[2])[:30_000]
    start = time.perf_counter()
    side_by_side(text, other(text))
    assert time.perf_counter() - start < 2  # usually milliseconds; the limit allows for a busy machine


def test_a_reader_who_does_not_see_colors_is_told() -> None:
    html = render_to_string(
        "admin/articles/history/_difference.html", {"pieces": folded(word_difference("a <b>", "a c"))}
    )
    assert '<del class="diff-removed"><span class="visually-hidden"> removed: </span>&lt;b&gt;' in html
    assert '<ins class="diff-added"><span class="visually-hidden"> added: </span>c' in html
    folds = [DiffPiece("12 words that did not change", "folded")]
    assert "[12 words that did not change]" in render_to_string(
        "admin/articles/history/_difference.html", {"pieces": folds}
    )
