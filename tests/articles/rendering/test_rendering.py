"""Markdown becomes a safe, accessible page."""

import re
from pathlib import Path

import pytest
from django.utils.safestring import SafeString

from articles.documents import Article
from articles.library import load_library
from articles.rendering import Rendered, render_block
from tests.content_builders import make_article, make_content

SOURCES = ["walking2020", "resting2019"]


@pytest.fixture
def rendered(tmp_path: Path) -> "Render":
    return Render(tmp_path)


class Render:
    """Renders a body as the article it would be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def article(self, body: str, **overrides: object) -> Article:
        text = make_article(body=body, sources=SOURCES, **overrides)
        library = load_library(make_content(self.folder, page=text))
        assert library.problems == ()
        return library.articles["page"]

    def __call__(self, body: str, **overrides: object) -> Rendered:
        return self.article(body, **overrides).rendered


def test_sources_are_numbered_as_they_first_appear_and_linked_both_ways(rendered: Render) -> None:
    page = rendered("One [@resting2019]. Two [@walking2020; @resting2019].\n")
    assert [(cited.number, cited.source.key) for cited in page.cited] == [(1, "resting2019"), (2, "walking2020")]
    assert page.cited[0].places == ("cite-1-1", "cite-1-2")
    for cited in page.cited:
        for place in cited.places:
            assert f'href="#source-{cited.number}" id="{place}"' in page.body.replace(
                f'aria-label="Source {cited.number}" ', ""
            )
    assert "One<sup" in page.body


def test_numbering_runs_on_through_blocks_key_points_and_text(rendered: Render) -> None:
    body = "## Key points\n\n- A point [@walking2020].\n\n## More\n\n{{ block: unknowns }}\n"
    page = rendered(body, blocks=["unknowns"])
    assert [cited.source.key for cited in page.cited] == ["walking2020", "resting2019"]
    assert "#source-1" in page.key_points
    assert "#source-2" in page.body


def test_citations_in_code_stay_text(rendered: Render) -> None:
    assert "[@walking2020]" in rendered("Write `[@walking2020]` to cite.\n").body


def test_a_citation_whose_source_was_taken_out_stays_text(tmp_path: Path) -> None:
    """The block keeps its last good text while its source is missing; staff are told."""
    root = make_content(tmp_path)
    before = load_library(root)
    (root / "references.yaml").write_text("sources: []")
    after = load_library(root, before)
    assert "Nobody knows how long it lasts [@resting2019]." in render_block(after.shared, "unknowns")
    assert any(problem.path == "blocks/unknowns.md" for problem in after.problems)


def test_a_block_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert render_block(load_library(make_content(tmp_path)).shared, "banner") == ""


def test_glossary_terms_are_linked_at_first_use_longest_first(rendered: Render) -> None:
    body = "High-impact chronic pain is chronic pain. *Long-term pain* too, and chronic pain again.\n"
    page = rendered(body)
    assert page.body.count('class="term"') == 2
    assert '<a class="term" href="/glossary/#high-impact-chronic-pain">High-impact chronic pain</a>' in page.body
    assert '<a class="term" href="/glossary/#chronic-pain">chronic pain</a>. <em>Long-term pain</em>' in page.body


def test_terms_are_left_alone_in_headings_links_and_code(rendered: Render) -> None:
    page = rendered("## Chronic pain\n\n[chronic pain](/about/) and `chronic pain`, then chronic pain.\n")
    assert page.body.count('class="term"') == 1
    assert page.body.rstrip().endswith('then <a class="term" href="/glossary/#chronic-pain">chronic pain</a>.</p>')


def test_a_term_used_in_the_key_points_is_linked_there_only(rendered: Render) -> None:
    page = rendered("## Key points\n\n- Chronic pain is common.\n\n## Text\n\nChronic pain stays.\n")
    assert page.key_points.count('class="term"') == 1
    assert page.body.count('class="term"') == 0


@pytest.mark.parametrize(
    ("mark", "word", "style"),
    [("CARE", "Take note:", "care"), ("URGENT", "Urgent:", "urgent"), ("EMERGENCY", "Emergency:", "emergency")],
)
def test_call_outs_say_their_strength_in_words(rendered: Render, mark: str, word: str, style: str) -> None:
    page = rendered(f"## Part\n\n> [!{mark}] call us\n> - if it spreads\n\nAfter.\n")
    assert f'<div class="callout callout-{style}">' in page.body
    assert f'<span class="callout-strength">{word}</span> call us</h3>' in page.body
    assert "<li>if it spreads</li>" in page.body


def test_neighbouring_call_outs_stay_apart(rendered: Render) -> None:
    page = rendered("> [!CARE] one\n> a\n\n> [!URGENT] two\n> b\n\n> A plain quotation.\n")
    assert page.body.count('class="callout ') == 2
    assert "<blockquote>" in page.body


def test_a_table_has_a_caption_header_cells_and_a_box_to_scroll_in(rendered: Render) -> None:
    page = rendered("Table: Two ways\n\n| Way | Result |\n|---|---|\n| Walking | Some |\n")
    assert '<caption id="caption-of-table-1"><span>Two ways</span></caption>' in page.body
    assert 'role="region"' in page.body
    assert 'tabindex="0"' in page.body
    assert 'aria-labelledby="caption-of-table-1"' in page.body
    assert '<th role="columnheader" scope="col">Way</th>' in page.body
    assert '<th role="rowheader" scope="row">Walking</th>' in page.body
    assert "Table:" not in page.body


def test_a_table_says_its_roles_wherever_it_is_not_laid_out_as_one(rendered: Render) -> None:
    page = rendered("Table: Two ways\n\n| Way | Result |\n|---|---|\n| Walking | Some |\n")
    for start in ('<table role="table">', '<thead role="rowgroup">', '<tbody role="rowgroup">', '<tr role="row">'):
        assert start in page.body
    assert '<td data-label="Result" role="cell">Some</td>' in page.body


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("Might speak *against* it", "Might speak against it"),
        ("Found [@walking2020]", "Found"),
        ("Noted[^1]", "Noted"),
        ("[Weeks](/about/) of `rest`", "Weeks of rest"),
        ('The clinic\'s "best" guess', "The clinic’s “best” guess"),
        ("1 to 2&nbsp;weeks", "1 to 2&nbsp;weeks"),
        ("Yes \\| no \\*", "Yes | no *"),
        ("A < B & C", "A &lt; B &amp; C"),
        ("FDA", "FDA"),
    ],
)
def test_a_cell_carries_the_heading_of_its_column_as_readers_see_it(rendered: Render, heading: str, label: str) -> None:
    notes = "\n*[FDA]: The agency\n\n[^1]: A note.\n"
    page = rendered(f"| Way | Cost | {heading} |\n|---|---|---|\n| Walking | None | Some |\n{notes}")
    assert '<td data-label="Cost" role="cell">None</td>' in page.body
    assert f'<td data-label="{label}" role="cell">Some</td>' in page.body


def test_a_cell_below_an_empty_heading_carries_none(rendered: Render) -> None:
    page = rendered("| Way | |\n|---|---|\n| Walking | Some |\n")
    assert '<td role="cell">Some</td>' in page.body


def test_a_term_in_the_head_of_a_table_is_linked_where_it_comes_next(rendered: Render) -> None:
    page = rendered("| Way | Chronic pain |\n|---|---|\n| Walking | Less chronic pain |\n")
    assert '>Less <a class="term" href="/glossary/#chronic-pain">chronic pain</a></td>' in page.body


@pytest.mark.parametrize("before", ["", "Just a paragraph.\n\n"])
def test_a_table_without_a_caption_is_named_all_the_same(rendered: Render, before: str) -> None:
    page = rendered(f"{before}| Way | Result |\n|---|---|\n| Walking | Some |\n")
    assert 'aria-label="Table"' in page.body
    assert "<caption" not in page.body


def test_questions_and_worksheet_have_wrappers_and_stand_in_the_contents(rendered: Render) -> None:
    body = (
        "## A\n\nText.\n\n## Common questions\n\n### Why?\n\nSo.\n\n"
        "## Questions to take to your visit\n\n- How?\n\n## Other options\n\nMore.\n"
    )
    page = rendered(body)
    assert '<section class="faq">' in page.body
    assert '<section class="worksheet">' in page.body
    assert [heading.text for heading in page.contents] == [
        "A", "Common questions", "Questions to take to your visit", "Other options",
    ]  # fmt: skip
    assert page.body.index("Other options") > page.body.rindex("</section>")


def test_key_points_stand_above_the_text_and_out_of_the_contents(rendered: Render) -> None:
    page = rendered("## Key points\n\n- One.\n\n## Rest\n\nText.\n")
    assert "<li>One.</li>" in page.key_points
    assert [heading.id for heading in page.contents] == ["rest"]


def test_a_page_of_key_points_alone_is_fine(rendered: Render) -> None:
    page = rendered("## Key points\n\n- One.\n")
    assert "<li>One.</li>" in page.key_points
    assert page.body == ""


def test_blocks_stand_on_top_in_the_text_or_below(rendered: Render) -> None:
    page = rendered("{{ block: unknowns }}\n", blocks=["closing_note", "unknowns", "emergency"])
    assert "when not to wait</h2>" in page.lead
    assert "what nobody knows yet" in page.body
    assert "Talk with your clinician. Call (727) 555-0142 (Port Alder office)" in page.closing


def test_every_article_has_the_emergency_box_listed_or_not(rendered: Render, tmp_path: Path) -> None:
    assert "when not to wait</h2>" in rendered("Text.\n").lead
    root = make_content(tmp_path / "without", page=make_article())
    (root / "blocks" / "emergency.md").unlink()
    assert load_library(root).articles["page"].rendered.lead == ""


def test_clinic_facts_are_put_in(rendered: Render) -> None:
    page = rendered(
        "{{ clinic: name }} in {{ clinic: office_names }}. {{ clinic: email }} {{ clinic: owner }} {{clinic:sells}}\n"
    )
    assert "Marigold Pain Clinic in Port Alder office and Lake Wren office" in page.body
    assert '<a href="mailto:website@clinic.example">website@clinic.example</a>' in page.body


def test_the_conflict_line_names_the_clinic(rendered: Render) -> None:
    assert rendered("x", conflict="Run by {{ clinic: name }}.").conflict == "Run by Marigold Pain Clinic."


def test_ids_of_one_page_never_clash(rendered: Render) -> None:
    page = rendered("## Facts, not advice\n\nText.\n", blocks=["closing_note"])
    assert 'id="facts-not-advice"' in page.body
    assert 'id="end-facts-not-advice"' in page.closing


def test_tables_above_and_in_the_text_have_captions_of_their_own(rendered: Render) -> None:
    table = "Table: {}\n\n| a | b |\n|---|---|\n| c | d |\n"
    page = rendered(f"## Key points\n\n{table.format('One')}\n## Rest\n\n{table.format('Two')}")
    assert 'id="key-of-table-1"' in page.key_points
    assert 'id="caption-of-table-1"' in page.body


def test_markdown_that_editors_know_is_rendered(rendered: Render) -> None:
    body = (
        'Term\n:   Meaning\n\nFDA here.[^1]\n\n*[FDA]: The agency\n\n1. one\n2. two\n\n"Quoted" it\n\n[^1]: A note.\n'
    )
    page = rendered(body)
    assert "<dt>Term</dt>" in page.body
    assert '<abbr title="The agency">FDA</abbr>' in page.body
    assert 'class="footnote-ref" href="#fn:1"' in page.body
    assert "<ol>" in page.body
    assert "“Quoted” it" in page.body


def test_the_contents_list_shows_headings_as_they_are_typed(rendered: Render) -> None:
    assert rendered("## What's new & old\n").contents[0].text == "What’s new & old"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<div onclick=alert(1)>x</div>",
        "<style>body{display:none}</style>",
        "<iframe src=https://elsewhere.example></iframe>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,alert(1))",
        "![x](https://elsewhere.example/pixel.png)",
        "[x](JaVaScRiPt:alert(1))",
        "<a href='vbscript:x'>y</a>",
        "<svg/onload=alert(1)>",
        "`<script>`",
        "## <script>alert(1)</script>",
        '*[x]: " onmouseover="alert(1)\n\nx',
        "> [!CARE] <script>alert(1)</script>\n> <b onclick=x>y</b>",
        "Table: <script>x</script>\n\n|a|b|\n|-|-|\n|<script>|c|",
    ],
)
def test_raw_html_never_runs(rendered: Render, attack: str) -> None:
    page = rendered(f"Text.\n\n{attack}\n")
    tags = " ".join(re.findall(r"<[^>]*>", page.body + page.lead)).lower()
    assert not re.search(r"<(script|img|style|iframe|svg|b|div onclick)\b", tags)
    assert not re.search(r"""(javascript|vbscript|data):|\son\w+=["']""", tags)
    # Plain text, which the template escapes.
    assert not any(isinstance(heading.text, SafeString) for heading in page.contents)
