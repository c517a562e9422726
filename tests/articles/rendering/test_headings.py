"""Every heading can be linked to, and a fixed heading is known however it is set off."""

import re
from pathlib import Path

import pytest
from markdown.extensions.toc import slugify

from articles.library import load_library
from articles.rendering import Rendered
from articles.rendering.headings import heading_id, heading_name
from articles.rendering.sections import split_key_points
from tests.articles.rules.judged import SHARED, article, told
from tests.content_builders import make_article, make_content


def page(folder: Path, body: str) -> Rendered:
    sources = ["walking2020", "resting2019"]
    library = load_library(make_content(folder, walking=make_article(body, sources=sources)))
    return library.articles["walking"].rendered


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
def test_contents_lead_to_every_heading_and_so_do_links(tmp_path: Path, heading: str, wanted: str) -> None:
    made = page(tmp_path, f"## {heading}\n\nSee [it](#{wanted}).\n")
    assert [each.id for each in made.contents] == [wanted]
    assert f'<h2 id="{wanted}">' in made.body
    assert told(article(f"## {heading}\n\nSee [it](#{wanted}).\n"), "A27") == []
    assert told(article(f"## {heading}\n\nSee [it](#{wanted}-not).\n"), "A27") != []


def test_an_anchor_may_be_written_as_a_browser_copies_it() -> None:
    assert told(article("## ألم\n\nSee [it](#%D8%A3%D9%84%D9%85).\n"), "A27") == []


def test_headings_that_read_the_same_have_ids_of_their_own(tmp_path: Path) -> None:
    made = page(tmp_path, "## 5 tips\n\na\n\n## 5 tips\n\na\n\n## ...\n\na\n\n## !!!\n\na\n")
    assert [each.id for each in made.contents] == ["5-tips", "5-tips_1", "section", "section_1"]


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
def test_sources_and_notes_enter_neither_the_name_nor_the_id_of_a_heading(
    tmp_path: Path, heading: str, name: str, wanted: str
) -> None:
    made = page(tmp_path, f"First [@resting2019].\n\n## {heading}\n\nText[^1].\n\n[^1]: Note.\n")
    assert [(each.text, each.id) for each in made.contents] == [(name, wanted)]
    marks = re.findall(r"<sup.*?</sup>", made.body.partition("<h2")[2].partition("</h2>")[0])
    assert len(marks) == heading.count("[")


@pytest.mark.parametrize(
    ("heading", "wanted"),
    [
        ("Main", "text-main"),
        ("Page sources", "text-page-sources"),
        ("Page key points", "text-page-key-points"),
        ("Source 1", "text-source-1"),
        ("Cite 1 1", "text-cite-1-1"),
        ("Schedule: heading", "text-schedule-heading"),
        ("Caption of table 1", "text-caption-of-table-1"),
        ("Main points", "main-points"),
        ("Sources", "sources"),
        ("Pages", "pages"),
    ],
)
def test_no_heading_takes_an_id_of_the_frame(heading: str, wanted: str) -> None:
    assert heading_id(heading) == wanted


@pytest.mark.parametrize("heading", ["What's new & old", "A - B", "Facts, not advice", "50% – or ½", "A_b c"])
def test_ids_that_are_linked_to_already_stay_as_they_were(heading: str) -> None:
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
def test_key_points_are_known_however_they_are_set_off(tmp_path: Path, heading: str) -> None:
    made = page(tmp_path, f"Text.\n\n{heading}\n\n- One.\n\n## Rest\n\nText.\n")
    assert "<li>One.</li>" in made.key_points
    assert "One." not in made.body
    points = "- One.\n- Two.\n- Three.\n"
    assert told(article(f"{heading}\n\n{points}\n## Rest\n\nText.\n"), "A21") == []


@pytest.mark.parametrize("heading", ["## Key Points", "## Key points:", "### Key points", "## Key points and more"])
def test_a_heading_that_reads_otherwise_is_not_taken_for_key_points(heading: str) -> None:
    assert split_key_points(f"{heading}\n\n- One.\n")[0] == ""
    assert told(article(f"{heading}\n\n- One.\n- Two.\n- Three.\n"), "A21") != []


def test_other_fixed_headings_are_known_too(tmp_path: Path) -> None:
    made = page(tmp_path, "## **Common questions**\n\n### Why?\n\nSo.\n")
    assert '<section class="faq">' in made.body
    assert heading_name(" *Common* questions #") == "Common questions"


def test_sources_and_notes_are_numbered_as_a_reader_meets_them(tmp_path: Path) -> None:
    body = (
        "## One\n\n- First [@walking2020]\n- **Then [@resting2019]**[^b]\n\nLast.[^a] Again.[^b]\n\n"
        "[^c]: Nobody names it.\n[^a]: Note a.\n[^b]: Note b [@walking2020].\n"
    )
    made = page(tmp_path, body)
    assert re.findall(r"\[(\d)\]", made.body) == ["1", "2", "1"]
    assert [cited.source.key for cited in made.cited] == ["walking2020", "resting2019"]
    assert re.findall(r'class="footnote-ref" href="#fn:(\w)">(\d)<', made.body) == [("b", "1"), ("a", "2"), ("b", "1")]
    assert re.findall(r'<li id="fn:(\w)">', made.body) == ["b", "a", "c"]


def test_notes_of_the_same_name_in_two_parts_of_a_page_are_told_apart(tmp_path: Path) -> None:
    note = "\n\n[^1]: Note.\n\n"
    made = page(tmp_path, f"## Key points\n\n- One[^1] and again[^1].{note}## Two\n\nText[^1].{note}")
    ids = re.findall(r'id="([^"]+)"', made.key_points + made.body)
    assert len(ids) == len(set(ids))
    for part in (made.key_points, made.body):
        assert set(re.findall(r'href="#([^"]+)"', part)) <= set(re.findall(r'id="([^"]+)"', part))


def test_sources_in_tables_and_call_outs_are_numbered_with_the_text_around_them(tmp_path: Path) -> None:
    table = "| A | B |\n|---|---|\n| c [@walking2020] | d |\n"
    made = page(tmp_path, f"> [!CARE] a\n> - b [@resting2019]\n\n{table}\nThen [@resting2019; @walking2020].\n")
    assert re.findall(r"\[(\d)\]", made.body) == ["1", "2", "1", "2"]


def test_the_shared_passages_of_the_site_number_their_sources_in_order() -> None:
    made = article("## A\n\n{{ block: risks }}\n\n{{ block: other_options }}\n", blocks=["risks", "other_options"])
    numbers = [int(number) for number in re.findall(r"\[(\d+)\]", made.page.rendered.body)]
    firsts = list(dict.fromkeys(numbers))
    assert firsts == list(range(firsts[0], firsts[0] + len(firsts)))
    assert SHARED.blocks["risks"].cites
