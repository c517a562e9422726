"""What a clinician signs holds every word that a reader meets, and nothing that changes no meaning."""

import re
from pathlib import Path

import pytest

from articles.documents import Article
from articles.library import Library, load_library
from articles.signed_text import _lines, signed_text, text_hash
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


def test_the_form_is_as_it_was(tmp_path: Path) -> None:
    """A change of it takes the signature off every page there is."""
    article = read(make_content(tmp_path, everything=EVERYTHING)).articles["everything"]
    assert signed_text(article) + "\n" == (HERE / "signed_text.txt").read_text()
    assert article.text_hash == text_hash(signed_text(article))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A content folder with one article, which a clinician has signed."""
    folder = make_content(tmp_path, walk=FILE)
    make_signed(folder, "walk")
    assert signed(folder)
    return folder


def signed(root: Path) -> bool:
    return read(root).articles["walk"].reviewer is not None


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


NO_WORDS = r"\[@[^\]]*\]|\([^)]*\)|\{\{[^}]*\}\}"  # a citation, an address, the name of a block
WORDS = [each for each in re.finditer(rf"{NO_WORDS}|(\b[a-z]+\b)", BODY) if each[1]]


def test_any_other_word_in_the_text_takes_the_signature_off(root: Path) -> None:
    file = root / "articles" / "walk.md"
    text, library = file.read_text(), read(root)
    for word in WORDS:
        start = text.index(BODY) + word.start()
        file.write_text(f"{text[:start]}otherwise{text[start + len(word[0]) :]}")
        library = load_library(root, library)
        assert library.articles["walk"].reviewer is None, word
    file.write_text(text)
    assert load_library(root, library).articles["walk"].reviewer is not None


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("articles/walk.md", "Walking with a sore back", "Running with a sore back"),
        ("articles/walk.md", "What a daily walk may", "What a daily walk will"),
        ("articles/walk.md", "Adults with", "Everybody with"),
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
def test_a_change_of_meaning_takes_it_off(root: Path, file: str, old: str, new: str) -> None:
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
        ("articles/walk.md", "A walk may help a little.", "A walk may help."),  # main_message: for staff alone
        ("articles/walk.md", "*chronic pain*", "**chronic pain**"),
        ("articles/walk.md", "a little, and", "a little,\nand"),
        ("glossary.yaml", "Chronic pain", "Sore feet"),
        ("references.yaml", "checked: from_memory", "checked: seen"),
        ("references.yaml", "A helpline", "Another helpline"),  # not cited here
    ],
)
def test_what_changes_no_meaning_leaves_it(root: Path, file: str, old: str, new: str) -> None:
    change(root / file, old, new)
    assert signed(root)


def test_a_fact_of_the_clinic_is_signed_as_it_is_shown(tmp_path: Path) -> None:
    root = make_content(tmp_path, walk=make_article("Call {{ clinic: phones }}.\n"))
    make_signed(root, "walk")
    change(root / "clinic.yaml", "+1 727 555 0142", "+1 727 555 0143")
    assert not signed(root)


def test_nothing_moves_unseen_from_one_part_of_the_page_to_another(tmp_path: Path) -> None:
    body = "## Key points\n\n- One.\n\n{}Two.\n"
    root = make_content(tmp_path, one=make_article(body.format("")), two=make_article(body.format("## A part\n\n")))
    articles = read(root).articles
    assert articles["one"].text_hash != articles["two"].text_hash


def test_an_article_outside_of_a_library_has_no_reviewer(tmp_path: Path) -> None:
    root = make_content(tmp_path, walk=FILE)
    make_signed(root, "walk")
    value = read(root).files["articles/walk.md"].value
    assert isinstance(value, Article)
    assert value.signed is not None
    assert value.reviewer is None


@pytest.mark.parametrize(
    ("html", "said"),
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
def test_odd_pieces_are_read_as_well(html: str, said: list[str]) -> None:
    assert list(_lines(html)) == said
