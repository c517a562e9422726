"""A19, A25 and A27: what a page points at."""

from dataclasses import replace

import pytest

from articles.rules.links import find_images, find_links
from articles.rules.manuscript import Manuscript, Site
from tests.articles.rules.judged import WHOLE, article, block, page, read_article, told

OTHER = read_article(WHOLE, "articles/other.md")
DRAFT = read_article(WHOLE.replace("status: published", "status: draft"), "articles/draft.md")
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
        ("Text <script src=x>", ["block: “<script” is HTML, which readers would see as text."]),
        ("Less than 3 < 4, and <https://www.fda.gov/>.", []),
    ],
)
def test_a25_lets_nothing_load_from_outside(body: str, said: list[str]) -> None:
    assert told(article(body), "A25") == said
    assert told(block(body), "A25") == said


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
