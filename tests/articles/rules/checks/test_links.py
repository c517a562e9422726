"""Rules A19, A25 and A27: links, pictures and HTML."""

from dataclasses import replace
from functools import cache

import pytest

from articles.content.documents import Article
from articles.rules.checks.links import find_images, find_links
from articles.rules.text.page_text import PageText, Site, of_glossary
from tests.articles.rules.judged import (
    NOWHERE,
    TODAY,
    WHOLE,
    article,
    block,
    findings,
    messages,
    page,
    read_article,
)
from tests.shipped import shipped_library


@cache
def draft() -> Article:
    return read_article(WHOLE.replace("status: published", "status: draft"), "articles/draft.md")


@cache
def site() -> Site:
    other = read_article(WHOLE, "articles/other.md")
    return Site(
        addresses=frozenset({"/glossary/", "/references/", "/references/#cohen2018"}),
        documents={article.url: article for article in (other, draft())},
        moved={"/articles/old/": "/articles/other/"},
    )


@cache
def body_line() -> int:
    """Return the line of the file at which the text of an article begins."""
    return article("Text.\n").first_line


def test_links_are_found_with_their_lines() -> None:
    links = find_links(
        'One [a\nlink](/a/ "title") and\n\n[**bold**](</b/>), <https://c.example/>, [@key], ![img](/d.png)'
    )
    assert [(link.label, link.target, link.line) for link in links] == [
        ("a link", "/a/", 1),
        ("bold", "/b/", 4),
        ("https://c.example/", "https://c.example/", 4),
    ]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("[about us](/offices/ “title”)", ["block: The title “title” of this link stands in curly quotation marks."]),
        ("[about us](/offices/ ‘title’)", ["block: The title ‘title’ of this link stands in curly quotation marks."]),
        (
            "[it](https://www.fda.gov/a b)",
            ["block: “[it](https://www.fda.gov/a b)” does not become a link: its address"],
        ),
        ("[it](https://www.fda.gov/", ["block: “[it](https://www.fda.gov/” does not become a link: its address"]),
        ("[it](/offices/ title)", ["block: “[it](/offices/ title)” does not become a link: its address"]),
        ("[it](/offices/“title”)", ["block: “[it](/offices/“title”)” does not become a link: its address"]),
        (
            "![A chart](/pictures/a chart)",
            ["block: “[A chart](/pictures/a chart)” does not become a link: its address"],
        ),
        (
            "[it] (https://www.fda.gov/)",
            ["block: “[it] (https://www.fda.gov/)” does not become a link: there is a gap"],
        ),
        ("[it]\n(/offices/)", ["block: “[it] (/offices/)” does not become a link: there is a gap"]),
        (
            "[it][one]\n\n[one]: https://www.fda.gov/",
            ["block: “[it][one]” does", "block: “[one]: https://www.fda.gov/” does"],
        ),
        ("See https://www.fda.gov/ for more", ["warn: “https://www.fda.gov/” is an address that nobody can press."]),
        ("See www.fda.gov for more", ["warn: “www.fda.gov” is an address that nobody can press."]),
        ("[it]()", ["block: This link leads nowhere."]),
        ('[it](/offices/ "title"), [it](</offices/>), [it](/offices/#a_(b))', []),
        ("`[it](a b)` [x] (not an address) [^1] [ ] word [@cohen2018](more) <https://www.fda.gov/>", []),
        ("a@www.fda.gov and x/www.fda.gov", []),
    ],
)
def test_a27_finds_text_that_looks_like_a_link_but_is_none(typed: str, wanted: list[str]) -> None:
    site = Site(addresses=frozenset({"/offices/", "/offices/#a_(b)"}))
    found = messages(article(f"## A walk\n\nText.\n{typed}\n", site), "A27")
    assert len(found) == len(wanted)
    assert all(message.startswith(start) for message, start in zip(found, wanted, strict=True)), found


def test_a27_reports_the_line_of_a_broken_link() -> None:
    found = findings(article("Text.\n\n> One [it\n> now] (/offices/)\n\n[two]: /offices/\n"), "A27")
    assert [finding.line - body_line() for finding in found] == [2, 5]


def test_pictures_are_found_with_their_text() -> None:
    assert [(image.label, image.target, image.line) for image in find_images("\n![ A chart ](/a.png)")] == [
        ("A chart", "/a.png", 2)
    ]


def test_a19_knows_the_terms_of_the_glossary() -> None:
    assert messages(article("See [pain](/glossary/#chronic-pain) and [that](/glossary/#that)."), "A19") == [
        "block: The glossary has no term at “/glossary/#that”."
    ]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("![A chart](/pictures/a)", []),
        ("![A chart](/static/a.png)", ["block: This picture is none of ours, and readers would not see it."]),
        ("![A chart](a.png)", ["block: This picture is none of ours, and readers would not see it."]),
        ("![A chart](https://cdn.example/a.png)", ["block: This picture comes from another host."]),
        ("![A chart](//cdn.example/a.png)", ["block: This picture comes from another host."]),
        ("Text <script src=x>", ["block: “<script src=x>” is HTML, which does nothing here."]),
        ("Less than 3 < 4, and <https://www.fda.gov/>.", []),
    ],
)
def test_a25_refuses_content_from_other_hosts(body: str, wanted: list[str]) -> None:
    assert messages(article(body), "A25") == wanted
    assert messages(block(body), "A25") == wanted


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("First<br>second", "<br>"),
        ('<p class="MsoNormal">Word</p>', '<p class="MsoNormal">'),
        ("Word<o:p></o:p>", "<o:p>"),
        ("<details><summary>More</summary>", "<details>"),
        ("See <a href='/about/'>this", "<a href='/about/'>"),
        ("H<SUB>2</SUB>O", "<SUB>"),
        ("An open <b", "<b"),
        ("An open < script", "< script"),
        ("A <a\nhref=x> tag", "<a\nhref=x>"),
        ("<?php echo 1 ?>", "<?php echo 1 ?>"),
        ("<!DOCTYPE html>", "<!DOCTYPE html>"),
    ],
)
def test_a25_reports_every_tag_with_its_line(typed: str, named: str) -> None:
    first = findings(article(f"## A walk\n\nText.\n{typed}\n"), "A25")[0]
    assert first.sentence == f"“{named}” is HTML, which does nothing here."
    assert first.line == body_line() + 3


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Rest helps. <!-- TODO: is it true? -->", "<!-- TODO: is it true? -->"),
        ("Rest helps. <!-- TODO", "<!-- TODO"),
        ("<!--\n{{ block: emergency }}\n-->", "<!-- {{ block: emergency }} -->"),
        ("<!-- A long remark that an editor wrote -->", "<!-- A long remark that an editor wrote …"),
    ],
)
def test_a25_reports_every_comment_with_its_line(typed: str, named: str) -> None:
    found = findings(article(f"Text.\n\n{typed}\n"), "A25")
    assert [finding.sentence for finding in found] == [f"“{named}” is a comment, which no reader gets."]
    assert found[0].line == body_line() + 2


@pytest.mark.parametrize(
    "typed", ["<https://www.fda.gov/>", "<help@clinic.example>", "3 < 4", "p<.05", "a -> b", "x <- y"]
)
def test_a25_accepts_text_that_is_not_html(typed: str) -> None:
    assert messages(article(f"See {typed}.\n"), "A25") == []


@pytest.mark.parametrize(
    ("typed", "lines"),
    [("No cure. {claim-ok: a denial}", []), ("No cure {claim-ok: a\n\n{claim-ok: b} and {claim-ok: c", [1, 3])],
)
def test_a25_finds_an_unclosed_claim_mark(typed: str, lines: list[int]) -> None:
    found = [finding for finding in findings(article(f"{typed}\n"), "A25") if "has no end" in finding.sentence]
    assert [finding.line - body_line() + 1 for finding in found] == lines


def test_a25_checks_front_matter_and_glossary() -> None:
    tagged = article("Text.\n", title="A <b>walk</b>", author={"name": "Team <br>", "role": "writers"})
    assert [finding.line for finding in findings(tagged, "A25")] == [2, 2, 8]
    library = shipped_library()
    term = replace(library.shared.terms["chronic-pain"], definition="Pain <!-- how long? --> that stays.")
    shared = replace(library.shared, terms={term.slug: term})
    glossary = of_glossary({term.definition: 9}, shared, library.lists, TODAY, NOWHERE)
    assert [(finding.line, finding.sentence) for finding in findings(glossary, "A25")] == [
        (9, "“<!-- how long? -->” is a comment, which no reader gets.")
    ]


@pytest.mark.parametrize(
    ("field", "typed", "mark"),
    [
        ("summary", "It is not a miracle {claim-ok: it says no}.", "{claim-ok:"),
        ("title", "No cure {claim-ok: a denial", "{claim-ok:"),
        ("drafting", "By people [@cohen2018].", "[@cohen2018"),
        ("conflict", "None [@a; @b].", "[@a"),
        ("author", {"name": "Team", "role": "writers {claim-ok: x}"}, "{claim-ok:"),
    ],
)
def test_a25_refuses_markdown_marks_in_front_matter(field: str, typed: object, mark: str) -> None:
    text = article("Text.\n", **{field: typed})
    assert [(finding.line, finding.sentence) for finding in findings(text, "A25")] == [
        (text.line_of(field), f"“{mark}” means nothing in this text, and readers see it as it is typed.")
    ]


TURNED = "block: Unseen marks of direction in this line show letters in another order than they are typed."


@pytest.mark.parametrize(
    "mark", ["\u202a", "\u202e", "\u202c", "\u2066", "\u2069", "&#8238;", "&#008297;", "&#x202E;", "&#X0002066;"]
)
def test_a25_finds_characters_that_reverse_the_text(mark: str) -> None:
    found = findings(article(f"Text.\n\n- elcarim{mark} a\n"), "A25")
    assert [(finding.line - body_line(), f"{finding.level}: {finding.sentence}") for finding in found] == [(2, TURNED)]
    assert messages(block(f"Text {mark}.\n"), "A25") == [TURNED]


@pytest.mark.parametrize("field", ["title", "summary", "conflict"])
def test_a25_finds_reversed_text_in_front_matter(field: str) -> None:
    assert messages(article("Text.", **{field: "A \u202eelcarim"}), "A25") == [TURNED]


@pytest.mark.parametrize("typed", ["\u200f", "\u200e", "&rlm;", "&#8233;", "&#x2029;", "مرحبا"])
def test_a25_accepts_direction_marks_that_reverse_nothing(typed: str) -> None:
    assert messages(article(f"Text {typed}."), "A25") == []


def test_rules_check_the_text_without_its_html() -> None:
    assert messages(article("This is a mir<b></b>acle.\n"), "A08") != []
    assert messages(article("This is a mir<!-- a -->acle.\n"), "A08") != []


@pytest.mark.parametrize(
    "target",
    [
        "/articles/other/",
        "/articles/other/#what-ketamine-may-do",
        "/articles/other/?from=here#page-sources",
        "/articles/other/#source-1",
        "/glossary/",
        "/glossary/#chronic-pain",
        "/references/#cohen2018",
        "#a-walk",
        "mailto:someone@clinic.example",
        "tel:911",
        "https://www.fda.gov/medwatch",
        "https://pubmed.ncbi.nlm.nih.gov/1/",
    ],
)
def test_a27_accepts_links_with_a_target(target: str) -> None:
    assert messages(article(f"## A walk\n\nSee [it]({target}).", site()), "A27") == []


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("/articles/gone/", "block: “/articles/gone/” leads nowhere."),
        ("/references/#gone", "block: “/references/#gone” leads nowhere."),
        ("other.md", "block: “other.md” leads nowhere."),
        ("javascript:x", "block: “javascript:x” leads nowhere."),
        ("/articles/other/#gone", "block: /articles/other/ has no place called “gone”."),
        ("#gone", "block: /articles/a-page/ has no place called “gone”."),
        ("/articles/old/", "warn: /articles/old/ has moved."),
        ("/articles/draft/", "warn: /articles/draft/ is a draft, which readers cannot open."),
        ("https://www.amazon.com/x", "block: amazon.com sells something."),
        ("https://news.example/", "warn: news.example is not on the list of outside pages."),
        ("https://notfda.gov/", "warn: notfda.gov is not on the list of outside pages."),
    ],
)
def test_a27_finds_links_without_a_target(target: str, message: str) -> None:
    assert messages(article(f"## A walk\n\nSee [it]({target}).", site()), "A27") == [message]


def test_a27_skips_anchors_in_a_shared_passage() -> None:
    assert messages(block("See [it](#somewhere)."), "A27") == []


def test_a27_lets_a_draft_link_to_itself() -> None:
    text = page("## A walk\n\nSee [it](/articles/draft/).", site())
    itself: PageText = replace(text, document=draft())
    assert messages(itself, "A27") == []
