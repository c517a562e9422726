"""A19, A25 and A27: what a page points at."""

from dataclasses import replace

import pytest

from articles.rules.links import find_images, find_links
from articles.rules.manuscript import Manuscript, Site, of_glossary
from tests.articles.rules.judged import (
    LISTS,
    NOWHERE,
    SHARED,
    TODAY,
    WHOLE,
    article,
    block,
    findings,
    page,
    read_article,
    told,
)

OTHER = read_article(WHOLE, "articles/other.md")
DRAFT = read_article(WHOLE.replace("status: published", "status: draft"), "articles/draft.md")
BODY_LINE = article("Text.\n").first_line
SITE = Site(
    addresses=frozenset({"/glossary/", "/references/", "/references/#cohen2018"}),
    documents={OTHER.url: OTHER, DRAFT.url: DRAFT},
    moved={"/articles/old/": "/articles/other/"},
)


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
    ("typed", "said"),
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
def test_a27_names_what_looks_like_a_link_and_is_none(typed: str, said: list[str]) -> None:
    site = Site(addresses=frozenset({"/offices/", "/offices/#a_(b)"}))
    found = told(article(f"## A walk\n\nText.\n{typed}\n", site), "A27")
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True)), found


def test_what_is_no_link_is_named_at_its_line() -> None:
    found = findings(article("Text.\n\n> One [it\n> now] (/offices/)\n\n[two]: /offices/\n"), "A27")
    assert [each.line - BODY_LINE for each in found] == [2, 5]


def test_pictures_are_found_with_their_text() -> None:
    assert [(image.label, image.target, image.line) for image in find_images("\n![ A chart ](/a.png)")] == [
        ("A chart", "/a.png", 2)
    ]


def test_a19_knows_every_term_of_the_glossary() -> None:
    assert told(article("See [pain](/glossary/#chronic-pain) and [that](/glossary/#that)."), "A19") == [
        "block: The glossary has no term at “/glossary/#that”."
    ]


@pytest.mark.parametrize(
    ("body", "said"),
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
def test_a25_lets_nothing_load_from_outside(body: str, said: list[str]) -> None:
    assert told(article(body), "A25") == said
    assert told(block(body), "A25") == said


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
def test_a25_names_every_tag_at_its_line(typed: str, named: str) -> None:
    first = findings(article(f"## A walk\n\nText.\n{typed}\n"), "A25")[0]
    assert first.sentence == f"“{named}” is HTML, which does nothing here."
    assert first.line == BODY_LINE + 3


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Rest helps. <!-- TODO: is it true? -->", "<!-- TODO: is it true? -->"),
        ("Rest helps. <!-- TODO", "<!-- TODO"),
        ("<!--\n{{ block: emergency }}\n-->", "<!-- {{ block: emergency }} -->"),
        ("<!-- A long remark that an editor wrote -->", "<!-- A long remark that an editor wrote …"),
    ],
)
def test_a25_names_every_comment_at_its_line(typed: str, named: str) -> None:
    found = findings(article(f"Text.\n\n{typed}\n"), "A25")
    assert [each.sentence for each in found] == [f"“{named}” is a comment, which no reader gets."]
    assert found[0].line == BODY_LINE + 2


@pytest.mark.parametrize(
    "typed", ["<https://www.fda.gov/>", "<help@clinic.example>", "3 < 4", "p<.05", "a -> b", "x <- y"]
)
def test_a25_passes_what_is_no_html(typed: str) -> None:
    assert told(article(f"See {typed}.\n"), "A25") == []


@pytest.mark.parametrize(
    ("typed", "lines"),
    [("No cure. {claim-ok: a denial}", []), ("No cure {claim-ok: a\n\n{claim-ok: b} and {claim-ok: c", [1, 3])],
)
def test_a25_names_a_mark_for_reviewers_that_has_no_end(typed: str, lines: list[int]) -> None:
    found = [each for each in findings(article(f"{typed}\n"), "A25") if "has no end" in each.sentence]
    assert [each.line - BODY_LINE + 1 for each in found] == lines


def test_a25_looks_at_the_lines_on_top_and_at_the_glossary() -> None:
    tagged = article("Text.\n", title="A <b>walk</b>", author={"name": "Team <br>", "role": "writers"})
    assert [each.line for each in findings(tagged, "A25")] == [2, 2, 7]
    term = replace(SHARED.terms["chronic-pain"], definition="Pain <!-- how long? --> that stays.")
    glossary = of_glossary({term.definition: 9}, replace(SHARED, terms={term.slug: term}), LISTS, TODAY, NOWHERE)
    assert [(each.line, each.sentence) for each in findings(glossary, "A25")] == [
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
def test_a25_lets_no_mark_of_markdown_stand_on_top_of_a_file(field: str, typed: object, mark: str) -> None:
    text = article("Text.\n", **{field: typed})
    assert [(each.line, each.sentence) for each in findings(text, "A25")] == [
        (text.line_of(field), f"“{mark}” means nothing in this text, and readers see it as it is typed.")
    ]


TURNED = "block: Unseen marks of direction in this line show letters in another order than they are typed."


@pytest.mark.parametrize(
    "mark", ["\u202a", "\u202e", "\u202c", "\u2066", "\u2069", "&#8238;", "&#008297;", "&#x202E;", "&#X0002066;"]
)
def test_a25_names_marks_that_turn_letters_around(mark: str) -> None:
    found = findings(article(f"Text.\n\n- elcarim{mark} a\n"), "A25")
    assert [(each.line - BODY_LINE, f"{each.level}: {each.sentence}") for each in found] == [(2, TURNED)]
    assert told(block(f"Text {mark}.\n"), "A25") == [TURNED]


@pytest.mark.parametrize("field", ["title", "summary", "conflict"])
def test_a25_names_turned_letters_on_top_of_a_file(field: str) -> None:
    assert told(article("Text.", **{field: "A \u202eelcarim"}), "A25") == [TURNED]


@pytest.mark.parametrize("typed", ["\u200f", "\u200e", "&rlm;", "&#8233;", "&#x2029;", "مرحبا"])
def test_a25_passes_marks_of_direction_that_turn_nothing(typed: str) -> None:
    assert told(article(f"Text {typed}."), "A25") == []


def test_rules_read_the_words_that_readers_get_where_html_stood() -> None:
    assert told(article("This is a mir<b></b>acle.\n"), "A08") != []
    assert told(article("This is a mir<!-- a -->acle.\n"), "A08") != []


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
def test_a27_passes_links_that_lead_somewhere(target: str) -> None:
    assert told(article(f"## A walk\n\nSee [it]({target}).", SITE), "A27") == []


@pytest.mark.parametrize(
    ("target", "said"),
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
def test_a27_finds_links_that_do_not(target: str, said: str) -> None:
    assert told(article(f"## A walk\n\nSee [it]({target}).", SITE), "A27") == [said]


def test_a27_leaves_places_on_the_page_of_a_shared_passage_open() -> None:
    assert told(block("See [it](#somewhere)."), "A27") == []


def test_a27_lets_a_draft_point_at_itself() -> None:
    text = page("## A walk\n\nSee [it](/articles/draft/).", SITE)
    itself: Manuscript = replace(text, document=DRAFT)
    assert told(itself, "A27") == []
