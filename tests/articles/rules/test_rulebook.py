"""What the rules hold a library against."""

from pathlib import Path

import pytest

from articles.rules.rulebook import load_rulebook, texts_of
from clinic_site.content_files import ContentError
from tests.conftest import REAL_CONTENT
from tests.content_builders import make_content


def test_the_sites_own_rulebook_is_read() -> None:
    rulebook = load_rulebook(REAL_CONTENT)
    lines = (REAL_CONTENT / "glossary.yaml").read_text().split("\n")
    assert '"persistent pain"' in lines[rulebook.texts["glossary.yaml"]["persistent pain"] - 1]
    assert rulebook.events == ()


def test_a_folder_without_lists_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"rules/.*\.yaml:1: "):
        load_rulebook(make_content(tmp_path))


def test_the_texts_of_a_file_have_the_lines_on_which_they_first_stand() -> None:
    terms = "terms:\n  - term: One\n    aliases: [first, one]\n    note: Ask.\n"
    text = f"{terms}    definition: >-\n      The\n      first.\n  - term: One\n"
    assert texts_of(text) == {"One": 2, "first": 3, "one": 3, "The first.": 5}


@pytest.mark.parametrize("text", ["", "terms: [", "a: &b [*b]", "\x00", "[" * 5000])
def test_a_file_that_is_no_yaml_has_no_texts(text: str) -> None:
    assert texts_of(text) == {}
