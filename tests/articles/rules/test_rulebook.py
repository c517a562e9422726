"""Loading of the rulebook."""

from pathlib import Path

import pytest

from articles.library import load_library
from articles.rules.rulebook import load_rulebook, texts_of
from clinic_site.content.files import ContentError
from tests.content_builders import make_content
from tests.shipped import REAL_CONTENT, shipped_library


def test_the_rulebook_of_the_site_is_loaded() -> None:
    rulebook = load_rulebook(REAL_CONTENT, shipped_library())
    lines = (REAL_CONTENT / "glossary.yaml").read_text().split("\n")
    assert '"persistent pain"' in lines[rulebook.texts["glossary.yaml"]["persistent pain"] - 1]
    assert rulebook.events == ()


def test_missing_word_lists_are_reported(tmp_path: Path) -> None:
    root = make_content(tmp_path)
    with pytest.raises(ContentError, match=r"rules/.*\.yaml:1: "):
        load_rulebook(root, load_library(root))


def test_the_texts_of_a_file_have_their_first_line() -> None:
    terms = "terms:\n  - term: One\n    aliases: [first, one]\n    note: Ask.\n"
    text = f"{terms}    definition: >-\n      The\n      first.\n  - term: One\n"
    assert texts_of(text) == {"One": 2, "first": 3, "one": 3, "The first.": 5}


@pytest.mark.parametrize("text", ["", "terms: [", "a: &b [*b]", "\x00", "[" * 5000])
def test_a_file_that_is_not_yaml_has_no_texts(text: str) -> None:
    assert texts_of(text) == {}
