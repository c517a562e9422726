"""What the rules hold a library against."""

from pathlib import Path

import pytest

from articles.rules.rulebook import load_rulebook, term_lines
from clinic_site.content_files import ContentError
from tests.conftest import REAL_CONTENT
from tests.content_builders import make_content


def test_the_sites_own_rulebook_is_read() -> None:
    rulebook = load_rulebook(REAL_CONTENT)
    lines = (REAL_CONTENT / "glossary.yaml").read_text().split("\n")
    assert "Pain that lasts" in lines[rulebook.term_lines["chronic-pain"] - 1]
    assert rulebook.events == ()


def test_a_folder_without_lists_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"rules/.*\.yaml:1: "):
        load_rulebook(make_content(tmp_path))


def test_a_definition_belongs_to_the_slug_above_it() -> None:
    text = "terms:\n  - slug: one\n    term: One\n    definition: First.\n\n  - slug: two\n    definition: 'Second.'\n"
    assert term_lines(text) == {"one": 4, "two": 7}
