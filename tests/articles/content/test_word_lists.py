"""Word lists are parsed strictly and matched as whole words."""

import shutil
from pathlib import Path

import pytest

from articles.content.word_lists import FILES, KEYS, parse_list, phrase_pattern
from articles.library import load_library
from clinic_site.content.files import ContentError, SourceFile
from tests.content_builders import make_content
from tests.shipped import REAL_CONTENT, shipped_library


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A content folder with the site's own lists."""
    content = make_content(tmp_path)
    shutil.copytree(REAL_CONTENT / "rules", content / "rules")
    return content


def test_every_list_of_the_site_is_read(root: Path) -> None:
    lists = load_library(root).lists
    assert set(lists.phrases) == {f"{name}.{key}" for name, keys in KEYS.items() for key in keys}
    assert "cure" in lists["banned.words"]


def test_nothing_else_lies_in_the_folder() -> None:
    assert {path.relative_to(REAL_CONTENT).as_posix() for path in (REAL_CONTENT / "rules").iterdir()} == set(FILES)


def test_a_list_that_was_edited_has_another_digest(root: Path) -> None:
    before = load_library(root)
    path = root / "rules" / "links.yaml"
    path.write_text(path.read_text().replace("fda.gov", "fda.example"))
    assert load_library(root, before).lists.digest != before.lists.digest == shipped_library().lists.digest


def test_there_are_no_lists_while_one_of_them_is_wrong_or_missing(root: Path) -> None:
    right = load_library(root)
    (root / "rules" / "links.yaml").write_text("sellers: [")
    with pytest.raises(ContentError, match=r"rules/links\.yaml:1: This is not valid YAML"):
        _ = load_library(root, right).lists
    (root / "rules" / "links.yaml").unlink()
    with pytest.raises(ContentError, match=r"rules/links\.yaml:1: This file cannot be read"):
        _ = load_library(root, right).lists


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("allowed_hosts: [fda.gov]\n", "“sellers” is missing"),
        ("allowed_hosts: []\nsellers: [x.example]\nshops: []\n", "rules/links.yaml:3: “shops” is not a known key"),
        ("allowed_hosts: fda.gov\nsellers: []\n", "“allowed_hosts” must be a list of words"),
    ],
)
def test_a_mistake_in_a_list_is_reported_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ContentError, match=words):
        parse_list(SourceFile("rules/links.yaml", text, "digest"))


def test_typographic_apostrophes_are_read_as_plain_ones() -> None:
    text = "allowed_hosts: []\nsellers: [don’t]\n"
    assert parse_list(SourceFile("rules/links.yaml", text, "digest"))["links.sellers"] == ("don't",)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("new hope", "a New\nHope"),
        ("ease* pain", "it eases  pain"),
        ("age #", "age 18"),
        ("# a.m.", "8:30 a.m. sharp"),
        ("???", "who ???"),
        ("miracle*", "a miracIe, two mirac1es"),
        ("life-changing", "Iife-changing"),
        ("fall", "a faII or fa11"),
        ("leading", "the 1eading one"),
        ("total relief", "totaI reIief"),
        ("Label", "a 1abeI"),
    ],
)
def test_a_phrase_is_found(phrase: str, text: str) -> None:
    assert phrase_pattern((phrase,)).search(text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("cure", "secure"),
        ("safe", "fail-safe"),
        ("mild", "mild-mannered"),
        ("fall", "fail FAIL"),
        ("ill", "III, 111 and iii"),
        ("all", "AI1"),
        ("l", "I, 1"),
        ("lt", "IT"),
    ],
)
def test_a_part_of_a_word_is_not_found(phrase: str, text: str) -> None:
    assert not phrase_pattern((phrase,)).search(text)


def test_the_longest_phrase_wins_and_an_empty_list_finds_nothing() -> None:
    found = phrase_pattern(("not", "not safe")).search("not safe")
    assert found is not None
    assert found[0] == "not safe"
    assert not phrase_pattern(()).search("anything")
