"""The signed text holds every word that a reader sees, and nothing without meaning for readers."""

import re
from pathlib import Path

import pytest

from articles.content.documents import Article
from articles.library import Library, load_library
from articles.rendering.signed_text import _lines, digest, signed_text, text_hash, valid_signature
from tests.content_builders import make_article, make_content, make_signed

HERE = Path(__file__).parent
EVERYTHING = (HERE / "signed_text.md").read_text()
BODY = """## Key points

- A walk may help [@walking2020].

## What a walk may do

It may ease *chronic pain* a little, and [another page](/articles/walking/) says more.

{{ block: unknowns }}
"""
FILE = make_article(BODY, sources=["walking2020", "resting2019"], blocks=["emergency", "unknowns"])


def read(root: Path) -> Library:
    library = load_library(root)
    assert library.problems == ()
    return library


def test_the_format_is_unchanged(tmp_path: Path) -> None:
    """A change of the format would invalidate every signature."""
    article = read(make_content(tmp_path, everything=EVERYTHING)).articles["everything"]
    assert signed_text(article) + "\n" == (HERE / "signed_text.txt").read_text()
    assert text_hash(article) == digest(signed_text(article))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a content folder with one article that a clinician has signed."""
    folder = make_content(tmp_path, walk=FILE)
    make_signed(folder, "walk")
    assert signed(folder)
    return folder


def signed(root: Path) -> bool:
    return valid_signature(read(root).articles["walk"]) is not None


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


NO_WORDS = r"\[@[^\]]*\]|\([^)]*\)|\{\{[^}]*\}\}"  # a citation, an address or the name of a block
WORDS = [match for match in re.finditer(rf"{NO_WORDS}|(\b[a-z]+\b)", BODY) if match[1]]


def test_changing_any_word_invalidates_the_signature(root: Path) -> None:
    file = root / "articles" / "walk.md"
    text, library = file.read_text(), read(root)
    for word in WORDS:
        start = text.index(BODY) + word.start()
        file.write_text(f"{text[:start]}otherwise{text[start + len(word[0]) :]}")
        library = load_library(root, library)
        assert valid_signature(library.articles["walk"]) is None, word
    file.write_text(text)
    assert valid_signature(load_library(root, library).articles["walk"]) is not None


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("articles/walk.md", "Walking with a sore back", "Running with a sore back"),
        ("articles/walk.md", "What a daily walk may", "What a daily walk will"),
        ("articles/walk.md", "A walk may help a little.", "A walk may help."),
        ("articles/walk.md", "Adults with", "Everybody with"),
        ("articles/walk.md", "Perhaps a little.", "Surely."),
        ("articles/walk.md", "{certainty: low}", "{certainty: high}"),
        ("articles/walk.md", "Website team", "Somebody else"),
        ("articles/walk.md", "Drafted by people", "Drafted by software"),
        ("articles/walk.md", "The clinic may gain", "Nobody gains"),
        ("articles/walk.md", "(/articles/walking/)", "(https://example.org/)"),
        ("articles/walk.md", "[@walking2020]", "[@resting2019]"),
        ("articles/walk.md", "## What a walk", "### What a walk"),
        ("articles/walk.md", "- A walk", "1. A walk"),
        ("articles/walk.md", "{{ block: unknowns }}\n", ""),
        ("blocks/unknowns.md", "Nobody knows", "Somebody knows"),
        ("blocks/emergency.md", "trouble breathing", "a cough"),
        ("references.yaml", "Walking and backs", "Walking and necks"),
        ("references.yaml", "randomized_trial", "guideline"),
        ("references.yaml", "10.1000/walk", "10.1000/run"),
    ],
)
def test_a_change_of_meaning_invalidates_the_signature(root: Path, file: str, old: str, new: str) -> None:
    change(root / file, old, new)
    assert not signed(root)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("articles/walk.md", "status: published", "status: archived"),
        ("articles/walk.md", "topics: [movement]", "topics: [sleep]"),
        ("articles/walk.md", "published: 2026-01-10", "published: 2026-01-11"),
        ("articles/walk.md", "updated: 2026-02-01", "updated: 2026-11-01"),
        ("articles/walk.md", "review_due: 2027-01-10", "review_due: 2027-02-10\naliases: [stroll]"),
        ("articles/walk.md", "*chronic pain*", "**chronic pain**"),
        ("articles/walk.md", "a little, and", "a little,\nand"),
        ("glossary.yaml", "Chronic pain", "Sore feet"),
        ("references.yaml", "checked: from_memory", "checked: seen"),
        ("references.yaml", "A helpline", "Another helpline"),  # a source this article does not cite
    ],
)
def test_a_change_without_meaning_leaves_the_signature(root: Path, file: str, old: str, new: str) -> None:
    change(root / file, old, new)
    assert signed(root)


def test_clinic_facts_are_signed_as_shown(tmp_path: Path) -> None:
    root = make_content(tmp_path, walk=make_article("Call {{ clinic: phones }}.\n"))
    make_signed(root, "walk")
    change(root / "clinic.yaml", "+1 727 555 0142", "+1 727 555 0143")
    assert not signed(root)


def test_the_parts_of_a_page_are_distinguished(tmp_path: Path) -> None:
    body = "## Key points\n\n- One.\n\n{}Two.\n"
    root = make_content(tmp_path, one=make_article(body.format("")), two=make_article(body.format("## A part\n\n")))
    articles = read(root).articles
    assert text_hash(articles["one"]) != text_hash(articles["two"])


def test_an_article_outside_a_library_has_no_valid_signature(tmp_path: Path) -> None:
    root = make_content(tmp_path, walk=FILE)
    make_signed(root, "walk")
    value = read(root).files["articles/walk.md"].value
    assert isinstance(value, Article)
    assert value.signed is not None
    assert valid_signature(value) is None


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ('<p><img src="/pictures/a.webp" alt="A path"></p>', [" [picture /pictures/a.webp: A path] "]),
        ("<figure><img><figcaption>A path</figcaption></figure>", [" [picture : ] ", "A path"]),
        ("<p><a>no address</a></p>", ["no address"]),
        ('<p><a href="#part">a part</a></p>', ["a part <#part>"]),
        ("<p><abbr>CT</abbr> and <abbr>CT</abbr></p>", ["CT () and CT"]),
        (
            '<p><abbr title="a drug">CT</abbr> or <abbr title="a drug">XT</abbr> or <abbr title="a drug">CT</abbr></p>',
            ["CT (a drug) or XT (a drug) or CT"],
        ),
        ("<ul><li>\n<p>One</p>\n</li></ul>", ["- One"]),
        ("<ul><li><img></li></ul>", ["-  [picture : ] "]),
    ],
)
def test_unusual_elements_are_included(html: str, lines: list[str]) -> None:
    assert list(_lines(html)) == lines
