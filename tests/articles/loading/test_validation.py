"""Files are checked against the rest of the library, and each mistake is reported."""

from pathlib import Path

import pytest

from articles.library import load_library
from tests.articles.test_library import messages
from tests.content_builders import make_article, make_content


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a content folder with one valid article."""
    return make_content(tmp_path, good=make_article())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("One.\n\n{{ block: emergency }}", "blocks/unknowns.md:3: A block cannot hold another block"),
        ("A claim [@nobody1999].", "blocks/unknowns.md:1: “@nobody1999” is not in references.yaml"),
        ("Call {{ clinic: phnes }}.", "blocks/unknowns.md:1: “phnes” is not a fact of the clinic"),
        ("> [!PANIC] run", "blocks/unknowns.md:1: “[!PANIC]” is not a kind of call-out"),
    ],
)
def test_an_invalid_block_is_reported_and_keeps_its_last_good_text(root: Path, text: str, message: str) -> None:
    before = load_library(root)
    (root / "blocks" / "unknowns.md").write_text(text)
    after = load_library(root, before)
    assert message in messages(after)[0]
    assert after.shared.blocks["unknowns"] == before.shared.blocks["unknowns"]
    assert "unknowns" not in load_library(root).shared.blocks


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"summary": "Call 727-555-0142."}, "A phone number stands in the text"),
        ({"conflict": "Run by {{ clinic: onwer }}."}, "“onwer” is not a fact of the clinic"),
        ({"drafting": "By {{ nobody }}."}, "“{{ nobody }}” means nothing here"),
    ],
)
def test_front_matter_that_readers_see_is_checked(root: Path, overrides: dict[str, object], words: str) -> None:
    (root / "articles" / "good.md").write_text(make_article(**overrides))
    assert words in messages(load_library(root))[0]


@pytest.mark.parametrize(
    "number",
    [
        "7275550142",
        "+17275550142",
        "(727)5550142",
        "727–555–0142",
        "1-800-FDA-1088",
        "727-555-01&#52;2",
        "727&nbsp;555&nbsp;0142",
        "７２７-555-0142",
        "727‐555‐0142",
    ],
)
def test_a_phone_number_is_found_however_it_is_typed(root: Path, number: str) -> None:
    (root / "articles" / "good.md").write_text(make_article(body=f"Call {number} now.\n"))
    assert "A phone number stands in the text" in messages(load_library(root))[0]


@pytest.mark.parametrize("text", ["From 1999 to 2023.", "2,309 adults in 67 trials.", "In 2010-2015 (24.3%)."])
def test_figures_are_not_taken_for_phone_numbers(root: Path, text: str) -> None:
    (root / "articles" / "good.md").write_text(make_article(body=f"{text}\n"))
    assert load_library(root).problems == ()


def test_a_term_with_an_unknown_source_is_reported(root: Path) -> None:
    path = root / "glossary.yaml"
    path.write_text(path.read_text().replace("walking2020", "nobody1999"))
    assert "names the source “nobody1999”" in messages(load_library(root))[0]
