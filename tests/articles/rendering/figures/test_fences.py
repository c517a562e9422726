"""A figure begins and ends with a fence at the beginning of a line."""

import pytest

from articles.rendering.figures.fences import Fence, find_fences, find_stray_fences
from articles.rendering.structure import for_library, read_lines


def test_figures_are_found_with_their_lines() -> None:
    markdown = "One.\n```figure\na: 1\n\nb: 2\n```  \nTwo.\n\n```figure\n```\n"
    assert list(find_fences(markdown)) == [Fence(2, 6, "a: 1\n\nb: 2"), Fence(9, 10, "")]
    assert list(find_stray_fences(markdown)) == []


@pytest.mark.parametrize(
    "markdown",
    [
        "```figure\na: 1\n",
        " ```figure\na: 1\n```\n",
        "> ```figure\n> a: 1\n> ```\n",
        "~~~ figure\n~~~\n",
        "```Figure: x\n```\n",
    ],
)
def test_what_only_looks_like_a_figure_is_named(markdown: str) -> None:
    assert list(find_fences(markdown)) == []
    assert list(find_stray_fences(markdown)) == [1]


def test_the_lines_of_a_figure_are_no_list_table_or_heading() -> None:
    lines = read_lines("- item\n```figure\n- a\n## b\n| c | d |\n|---|---|\n```\n  text\n")
    assert [line.kind for line in lines] == ["item", *["figure"] * 6, "paragraph", "blank"]
    assert lines[-2].depth == 0


def test_a_figure_is_one_block_apart_from_the_text_around_it() -> None:
    lines = for_library(read_lines("One.\n```figure\na: 1\n\nb: 2\n```\nTwo."))
    assert lines == ["One.", "", "```figure", "a: 1", "b: 2", "```", "", "Two."]
