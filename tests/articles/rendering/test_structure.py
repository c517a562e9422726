"""Lists, tables, headings and paragraphs are parsed as they look, by the renderer and the rules alike."""

import re
from pathlib import Path

import pytest

from articles.rendering.renderer import render
from articles.rendering.structure import cells, for_library, read_lines
from articles.rules.text.passages import split
from tests.articles.rules.judged import read_article
from tests.content_builders import make_article
from tests.shipped import REAL_CONTENT

TABLE = "| Thing | Why |\n|---|---|\n| card | to show |"
TABLE_SHOWN = "table(thead(th th) tbody(th td))"
SHAPES = [
    ("**Call 911 if:**\n- chest pain\n- fainting", "p ul(li li)"),
    ("Danger signs:\n• chest pain\n• fainting", "p ul(li li)"),
    ("•chest pain\n•fainting", "ul(li li)"),
    *((f"Bring:\n{bullet}\ta card\n{bullet}\ta list", "p ul(li li)") for bullet in "·\uf0b7\uf0a7o§Øü⁃☐"),
    *((f"Bring:\n{bullet} a card\n{bullet} a list", "p ul(li li)") for bullet in "·\uf0b7○■➢✓→⁃□▪☑"),
    ("✔\ufe0fa card\n✔\ufe0f a list", "ul(li li)"),
    ("·\u00a0\u00a0\u00a0a card\n\no\u00a0\u00a0\u00a0a list", "ul(li(p) li(p))"),
    ("·\ta card\n\to\twith a photo\n·\ta list", "ul(li(ul(li)) li)"),
    ("> \uf0b7\ta card\n> \uf0b7\ta list", "blockquote(ul(li li))"),
    ("-\u00a0one\n-\u00a0two", "ul(li li)"),
    ("1) one\n2) two", "ol(li li)"),
    ("Steps:\n1. one\n2. two", "p ol(li li)"),
    ("Steps:\n1) one\n2) two", "p ol(li li)"),
    ("> Call if:\n> - chest pain\n> - fainting", "blockquote(p ul(li li))"),
    ("> [!URGENT] call\n> if you have:\n> - chest pain", "div(h2(span) p ul(li))"),
    ("> text\n> [!CARE] take care\n> - one", "blockquote(p) div(h2(span) ul(li))"),
    ("Text\n> quoted", "p blockquote(p)"),
    ("Text about CT\n*[CT]: a scan\nmore", "p(abbr) p"),
    ("- one CT\n  *[CT]: a scan\n  more", "ul(li(p(abbr) p))"),
    ("> a CT\n> *[CT]: a scan\ntext", "blockquote(p(abbr)) p"),
    ("> a CT\n*[CT]: a scan\n\ntext", "blockquote(p(abbr)) p"),
    ("A CT\n*[CT]: a scan\n## Heading", "p(abbr) h2"),
    ("A CT\n*[CT]:", "p"),
    ("A CT *[CT]: a scan", "p"),
    ("- *[CT]: a scan", "ul(li)"),
    ("> quoted\ngoes on", "blockquote(p)"),
    ("> quoted\n- item", "blockquote(p) ul(li)"),
    ("- one\n  - two\n  - three\n- four", "ul(li(ul(li li)) li)"),
    ("- one\n    - two\n        - three\n- four", "ul(li(ul(li(ul(li)))) li)"),
    ("1. one\n   - two\n2. three", "ol(li(ul(li)) li)"),
    ("1. one\n  - two\n  - three\n2. four", "ol(li(ul(li li)) li)"),
    ("- one\n\n  more of it\n\n- two", "ul(li(p p) li(p))"),
    ("- one\n  - two\n\n    more of two\n- three", "ul(li(p ul(li(p p))) li(p))"),
    ("1. one\n\n    more of it\n2. two\n3. three", "ol(li(p p) li(p) li)"),
    ("- one\n1. two\n2. three", "ul(li) ol(li li)"),
    ("- one\ngoes on\n\nText", "ul(li) p"),
    ("- one\n  2020. It goes on", "ul(li)"),
    ("Text\n2020. It goes on", "p"),
    ("7. seven\n8. eight", "ol(li li)"),
    ("- one\n\nText at the left\n\n- two", "ul(li) p ul(li)"),
    ("    Indented by a word processor", "p"),
    ("\tWith a tab", "p"),
    ("Text\n\n        far in\n        and on", "p p"),
    ("- one\n\n        far in", "ul(li(p p))"),
    (f"Table: What to bring\n{TABLE}", "table(caption(span) thead(th th) tbody(th td))"),
    (f"Text\nTable: What to bring\n\n{TABLE}", "p table(caption(span) thead(th th) tbody(th td))"),
    (f"Text\n{TABLE}", f"p {TABLE_SHOWN}"),
    (f"{TABLE}\nText below", f"{TABLE_SHOWN} p"),
    ("a | b\n--|--\nc | d", TABLE_SHOWN),
    ("- one\n  " + TABLE.replace("\n", "\n  "), f"ul(li(p {TABLE_SHOWN}))"),
    ("> " + TABLE.replace("\n", "\n> "), f"blockquote({TABLE_SHOWN})"),
    ("Text\n---\nmore", "p hr p"),
    ("Text\n***", "p hr"),
    ("##Heading\nText", "h2 p"),
    ("Text\n## Heading ##\n- one", "p h2 ul(li)"),
    ("   ## Heading", "h2"),
    ("- one\n## Heading", "ul(li) h2"),
    ("#1 cause of pain", "p"),
    ("One  \ntwo", "p(br)"),
    ("- [ ] one\n- [x] two", "ul(li li)"),
    ("Term\n:   Meaning\n\n    more\n\nText", "dl(dt dd(p p)) p"),
    ("Text\n{{ block: not_advice }}\nmore", "p h3 p p"),
]
NO_ITEMS = ["o a card", "of cards and\n5·2 lists", "vague\nquiet", "a → b", "12\u00a0✓", "Ø"]
VOID = ("br", "hr")


def shape(html: str) -> str:
    """Return the nested tags of `html`, without those for emphasis and links."""
    html = re.sub(r'<div [^>]*class="table-box".*?>(.*?)</div>', r"\1", html, flags=re.DOTALL)
    html = re.sub(r"</?(?:strong|em|a|tr)\b[^>]*>", "", html)
    marks = [")" if end else tag if tag in VOID else f"{tag}(" for end, tag in re.findall(r"<(/?)(\w+)", html)]
    text = " ".join(marks).replace("( )", "")
    return text.replace("( ", "(").replace(" )", ")")


def page(body: str) -> str:
    placed = [name for name in ("not_advice",) if name in body]
    return str(render(read_article(make_article(f"{body}\n", blocks=placed))).body)


@pytest.mark.parametrize(("typed", "wanted"), SHAPES)
def test_a_text_has_the_structure_it_appears_to_have(typed: str, wanted: str) -> None:
    assert shape(page(typed)) == wanted


@pytest.mark.parametrize(("typed", "wanted"), SHAPES)
def test_the_rules_see_the_structure_of_the_page(typed: str, wanted: str) -> None:
    kinds = [passage.kind for passage in split(typed, 1, {})]
    assert kinds.count("item") == len(re.findall(r"\bli\b", wanted))
    assert kinds.count("heading") == len(re.findall(r"\bh[23]\b(?!\(span)", wanted)) - ("block:" in typed)
    assert (kinds.count("head"), kinds.count("row")) == (wanted.count("thead"), wanted.count("tbody"))
    assert kinds.count("caption") == wanted.count("caption")


@pytest.mark.parametrize("typed", NO_ITEMS)
def test_text_that_resembles_a_list_mark_is_a_paragraph(typed: str) -> None:
    assert shape(page(typed)) == "p"


@pytest.mark.parametrize("file", sorted(REAL_CONTENT.rglob("*.md")), ids=lambda file: file.name)
def test_texts_of_the_site_need_no_correction(file: Path) -> None:
    assert not any(line.apart for line in read_lines(file.read_text().partition("\n---\n")[2]))


def test_correcting_twice_changes_nothing_more() -> None:
    for typed, _ in SHAPES:
        once = "\n".join(for_library(read_lines(typed)))
        assert "\n".join(for_library(read_lines(once))) == once


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("| a | b |", ["a", "b"]),
        ("a | b", ["a", "b"]),
        ("| a | |", ["a", ""]),
        ("|| b |", ["", "b"]),
        (r"| a \| b | c |", [r"a \| b", "c"]),
        ("| `a|b` | c |", ["`a|b`", "c"]),
        ("| a `b | c |", ["a `b", "c"]),
        ("|", []),
        ("a", ["a"]),
    ],
)
def test_a_row_is_split_into_its_cells(row: str, wanted: list[str]) -> None:
    assert cells(row) == wanted
