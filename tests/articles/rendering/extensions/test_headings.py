"""Headings have ids for links, and fixed headings are recognized however they are marked up."""

import re
from pathlib import Path

import pytest
from markdown.extensions.toc import slugify

from articles.library import load_library
from articles.rendering.extensions.headings import heading_id, heading_name
from articles.rendering.page_cache import rendered
from articles.rendering.renderer import Rendered
from articles.rendering.sections import split_key_points
from tests.articles.rules.judged import article, messages
from tests.content_builders import make_article, make_content
from tests.shipped import shipped_library


def page(folder: Path, body: str) -> Rendered:
    sources = ["walking2020", "resting2019"]
    library = load_library(make_content(folder, walking=make_article(body, sources=sources)))
    return rendered(library.articles["walking"])


@pytest.mark.parametrize(
    ("heading", "wanted"),
    [
        ("5 questions to ask", "5-questions-to-ask"),
        ("1. First step", "1-first-step"),
        ("24/7", "247"),
        ("988", "988"),
        ("ألم", "ألم"),
        ("痛み", "痛み"),
        ("Боль", "боль"),
        ("Café: 5 tips", "cafe-5-tips"),
        ("¿Qué es?", "que-es"),
        ("Smørrebrød", "smørrebrød"),
        ("...", "section"),
        ("🙂", "section"),
        ("-5 degrees", "5-degrees"),
    ],
)
def test_the_contents_and_links_lead_to_every_heading(tmp_path: Path, heading: str, wanted: str) -> None:
    result = page(tmp_path, f"## {heading}\n\nSee [it](#{wanted}).\n")
    assert [content.id for content in result.contents] == [wanted]
    assert f'<h2 id="{wanted}">' in result.body
    assert messages(article(f"## {heading}\n\nSee [it](#{wanted}).\n"), "A27") == []
    assert messages(article(f"## {heading}\n\nSee [it](#{wanted}-not).\n"), "A27") != []


def test_a_percent_encoded_anchor_is_accepted() -> None:
    assert messages(article("## ألم\n\nSee [it](#%D8%A3%D9%84%D9%85).\n"), "A27") == []


def test_equal_headings_have_different_ids(tmp_path: Path) -> None:
    result = page(tmp_path, "## 5 tips\n\na\n\n## 5 tips\n\na\n\n## ...\n\na\n\n## !!!\n\na\n")
    assert [content.id for content in result.contents] == ["5-tips", "5-tips_1", "section", "section_1"]


@pytest.mark.parametrize(
    ("heading", "name", "wanted"),
    [
        ("What helps [@walking2020]", "What helps", "what-helps"),
        ("What helps[@resting2019; @walking2020]", "What helps", "what-helps"),
        ("What *helps*[^1]", "What helps", "what-helps"),
        ("What [@walking2020] helps[^1] [@resting2019]", "What helps", "what-helps"),
        ("Step 1 [@walking2020]", "Step 1", "step-1"),
    ],
)
def test_citations_and_notes_are_not_part_of_a_headings_name_or_id(
    tmp_path: Path, heading: str, name: str, wanted: str
) -> None:
    result = page(tmp_path, f"First [@resting2019].\n\n## {heading}\n\nText[^1].\n\n[^1]: Note.\n")
    assert [(content.text, content.id) for content in result.contents] == [(name, wanted)]
    marks = re.findall(r"<sup.*?</sup>", result.body.partition("<h2")[2].partition("</h2>")[0])
    assert len(marks) == heading.count("[")


@pytest.mark.parametrize(
    ("heading", "wanted"),
    [
        ("Main", "text-main"),
        ("Page sources", "text-page-sources"),
        ("Page key points", "text-page-key-points"),
        ("Source 1", "text-source-1"),
        ("Cite 1 1", "text-cite-1-1"),
        ("Figure 1 t", "text-figure-1-t"),
        ("Figure 1", "figure-1"),
        ("Schedule: heading", "text-schedule-heading"),
        ("Caption of table 1", "text-caption-of-table-1"),
        ("Main points", "main-points"),
        ("Sources", "sources"),
        ("Pages", "pages"),
    ],
)
def test_no_heading_takes_an_id_of_the_page_frame(heading: str, wanted: str) -> None:
    assert heading_id(heading) == wanted


@pytest.mark.parametrize("heading", ["What's new & old", "A - B", "Facts, not advice", "50% – or ½", "A_b c"])
def test_existing_ids_stay_the_same(heading: str) -> None:
    assert heading_id(heading) == slugify(heading, "-")


@pytest.mark.parametrize(
    "heading",
    [
        "## Key points",
        "##\u00a0Key points",
        "##  Key  points",
        "##Key points",
        "## Key points ##",
        "## **Key points**",
        "## *Key* points",
        "## __Key points__",
        "## `Key points`",
        "## [Key points](/about/)",
        "## Key points {claim-ok: a name}",
    ],
)
def test_key_points_are_recognized_however_marked_up(tmp_path: Path, heading: str) -> None:
    result = page(tmp_path, f"Text.\n\n{heading}\n\n- One.\n\n## Rest\n\nText.\n")
    assert "<li>One.</li>" in result.key_points
    assert "One." not in result.body
    points = "- One.\n- Two.\n- Three.\n"
    assert messages(article(f"{heading}\n\n{points}\n## Rest\n\nText.\n"), "A21") == []


@pytest.mark.parametrize("heading", ["## Key Points", "## Key points:", "### Key points", "## Key points and more"])
def test_a_different_heading_is_not_recognized_as_key_points(heading: str) -> None:
    assert split_key_points(f"{heading}\n\n- One.\n")[0] == ""
    assert messages(article(f"{heading}\n\n- One.\n- Two.\n- Three.\n"), "A21") != []


def test_other_fixed_headings_are_recognized(tmp_path: Path) -> None:
    result = page(tmp_path, "## **Common questions**\n\n### Why?\n\nSo.\n")
    assert '<section class="faq">' in result.body
    assert heading_name(" *Common* questions #") == "Common questions"


def test_citations_and_notes_are_numbered_in_reading_order(tmp_path: Path) -> None:
    body = (
        "## One\n\n- First [@walking2020]\n- **Then [@resting2019]**[^b]\n\nLast.[^a] Again.[^b]\n\n"
        "[^c]: Nobody names it.\n[^a]: Note a.\n[^b]: Note b [@walking2020].\n"
    )
    result = page(tmp_path, body)
    assert re.findall(r"\[(\d)\]", result.body) == ["1", "2", "1"]
    assert [cited.source.key for cited in result.cited] == ["walking2020", "resting2019"]
    assert re.findall(r'class="footnote-ref" href="#fn:(\w)">(\d)<', result.body) == [
        ("b", "1"),
        ("a", "2"),
        ("b", "1"),
    ]
    assert re.findall(r'<li id="fn:(\w)">', result.body) == ["b", "a", "c"]


def test_notes_of_the_same_name_in_two_parts_have_different_ids(tmp_path: Path) -> None:
    note = "\n\n[^1]: Note.\n\n"
    result = page(tmp_path, f"## Key points\n\n- One[^1] and again[^1].{note}## Two\n\nText[^1].{note}")
    ids = re.findall(r'id="([^"]+)"', result.key_points + result.body)
    assert len(ids) == len(set(ids))
    for part in (result.key_points, result.body):
        assert set(re.findall(r'href="#([^"]+)"', part)) <= set(re.findall(r'id="([^"]+)"', part))


def test_citations_in_tables_and_call_outs_are_numbered_in_reading_order(tmp_path: Path) -> None:
    table = "| A | B |\n|---|---|\n| c [@walking2020] | d |\n"
    result = page(tmp_path, f"> [!CARE] a\n> - b [@resting2019]\n\n{table}\nThen [@resting2019; @walking2020].\n")
    assert re.findall(r"\[(\d)\]", result.body) == ["1", "2", "1", "2"]


def test_shared_passages_of_the_site_number_their_citations_in_order() -> None:
    made = article("## A\n\n{{ block: risks }}\n\n{{ block: other_options }}\n", blocks=["risks", "other_options"])
    numbers = [int(number) for number in re.findall(r"\[(\d+)\]", rendered(made.page).body)]
    firsts = list(dict.fromkeys(numbers))
    assert firsts == list(range(firsts[0], firsts[0] + len(firsts)))
    assert shipped_library().shared.blocks["risks"].cites
