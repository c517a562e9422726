"""Markdown becomes a safe, accessible page."""

import re
from pathlib import Path

import pytest
from django.utils.safestring import SafeString

from articles.content.documents import Article
from articles.library import load_library
from articles.rendering import page_cache
from articles.rendering.renderer import Rendered, render_block
from tests.content_builders import make_article, make_content

SOURCES = ["walking2020", "resting2019"]


@pytest.fixture
def rendered(tmp_path: Path) -> "Render":
    return Render(tmp_path)


class Render:
    """Render a body as that of an article."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def article(self, body: str, **overrides: object) -> Article:
        text = make_article(body=body, sources=SOURCES, **overrides)
        library = load_library(make_content(self.folder, page=text))
        assert library.problems == ()
        return library.articles["page"]

    def __call__(self, body: str, **overrides: object) -> Rendered:
        return page_cache.rendered(self.article(body, **overrides))


def test_citations_are_numbered_by_first_appearance_and_linked_both_ways(rendered: Render) -> None:
    page = rendered("One [@resting2019]. Two [@walking2020; @resting2019].\n")
    assert [(cited.number, cited.source.key) for cited in page.cited] == [(1, "resting2019"), (2, "walking2020")]
    assert [cited.place for cited in page.cited] == ["cite-1", "cite-2"]
    for cited in page.cited:
        assert page.body.count(f'href="#source-{cited.number}" id="{cited.place}"') == 1
    assert page.body.count('href="#source-1"') == 2
    assert "One<sup" in page.body


def test_the_tab_key_stops_at_a_source_once_in_three_sections(rendered: Render) -> None:
    more = "## More\n\nThree [@resting2019].\n\n"
    page = rendered(f"One [@resting2019]. Two [@walking2020; @resting2019].\n\n{more}{more}{more}")
    links = re.findall(r'<a [^>]*href="#source-(\d)"[^>]*>', page.body)
    stops = re.findall(r'<a (?![^>]*tabindex)[^>]*href="#source-(\d)"[^>]*>', page.body)
    assert (links, stops) == (["1", "2", "1", "1", "1", "1"], ["1", "2", "1"])


def test_numbering_continues_through_key_points_text_and_blocks(rendered: Render) -> None:
    body = "## Key points\n\n- A point [@walking2020].\n\n## More\n\n{{ block: unknowns }}\n"
    page = rendered(body, blocks=["unknowns"])
    assert [cited.source.key for cited in page.cited] == ["walking2020", "resting2019"]
    assert "#source-1" in page.key_points
    assert "#source-2" in page.body


def test_citations_in_code_stay_text(rendered: Render) -> None:
    assert "[@walking2020]" in rendered("Write `[@walking2020]` to cite.\n").body


def test_a_citation_of_a_removed_source_stays_text(tmp_path: Path) -> None:
    """The block keeps its last good text while its source is missing, and staff see a problem."""
    root = make_content(tmp_path)
    before = load_library(root)
    (root / "references.yaml").write_text("sources: []")
    after = load_library(root, before)
    assert "Nobody knows how long it lasts [@resting2019]." in render_block(after.shared, "unknowns")
    assert any(problem.path == "blocks/unknowns.md" for problem in after.problems)


def test_a_missing_block_is_empty(tmp_path: Path) -> None:
    assert render_block(load_library(make_content(tmp_path)).shared, "banner") == ""


def test_glossary_terms_are_linked_at_first_use_the_longest_first(rendered: Render) -> None:
    body = "High-impact chronic pain is chronic pain. *Long-term pain* too, and chronic pain again.\n"
    page = rendered(body)
    assert page.body.count('class="term"') == 2
    assert (
        'popovertarget="page-term-high-impact-chronic-pain" type="button">High-impact chronic pain</button>'
        in page.body
    )
    assert ">chronic pain</button><span" in page.body
    assert "</span>\u2060. <em>Long-term pain</em>" in page.body


def test_a_term_opens_its_definition_in_its_place(rendered: Render) -> None:
    article = rendered.article("It eases long-term pain.\n\nHigh-impact chronic pain too.\n")
    assert article.shared is not None
    page, definition = page_cache.rendered(article), article.shared.terms["chronic-pain"].definition
    assert (
        '<button class="term" popovertarget="page-term-chronic-pain" type="button">long-term pain</button>'
        '<span class="term-note" id="page-term-chronic-pain" popover="auto"><strong>Chronic pain:</strong> '
        f"{definition}</span>\u2060.</p>"
    ) in page.body
    definition = article.shared.terms["high-impact-chronic-pain"].definition
    assert f'popover="auto">{definition}</span> too.</p>' in page.body  # the button has the name


def test_terms_in_headings_links_and_code_are_not_linked(rendered: Render) -> None:
    page = rendered("## Chronic pain\n\n[chronic pain](/about/) and `chronic pain`, then chronic pain.\n")
    assert page.body.count('class="term"') == 1
    assert ', then <button class="term"' in page.body


def test_a_term_in_the_key_points_is_linked_there_only(rendered: Render) -> None:
    page = rendered("## Key points\n\n- Chronic pain is common.\n\n## Text\n\nChronic pain stays.\n")
    assert page.key_points.count('class="term"') == 1
    assert page.body.count('class="term"') == 0


@pytest.mark.parametrize(
    ("mark", "word", "style"),
    [("CARE", "Take note:", "care"), ("URGENT", "Urgent:", "urgent"), ("EMERGENCY", "Emergency:", "emergency")],
)
def test_call_outs_state_their_strength_in_words(rendered: Render, mark: str, word: str, style: str) -> None:
    page = rendered(f"## Part\n\n> [!{mark}] call us\n> - if it spreads\n\nAfter.\n")
    assert f'<div class="callout callout-{style}">' in page.body
    assert f'<span class="callout-strength">{word}</span> call us</h3>' in page.body
    assert "<li>if it spreads</li>" in page.body


def test_adjacent_call_outs_stay_separate(rendered: Render) -> None:
    page = rendered("> [!CARE] one\n> a\n\n> [!URGENT] two\n> b\n\n> A plain quotation.\n")
    assert page.body.count('class="callout ') == 2
    assert "<blockquote>" in page.body


def test_a_table_has_a_caption_header_cells_and_a_scrolling_box(rendered: Render) -> None:
    page = rendered("Table: Two ways\n\n| Way | Result |\n|---|---|\n| Walking | Some |\n")
    assert '<caption id="caption-of-table-1"><span>Two ways</span></caption>' in page.body
    assert 'role="region"' in page.body
    assert 'tabindex="0"' in page.body
    assert 'aria-labelledby="caption-of-table-1"' in page.body
    assert '<th role="columnheader" scope="col">Way</th>' in page.body
    assert '<th role="rowheader" scope="row">Walking</th>' in page.body
    assert "Table:" not in page.body


def test_a_table_states_its_roles_for_other_layouts(rendered: Render) -> None:
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
def test_a_cell_carries_the_visible_heading_of_its_column(rendered: Render, heading: str, label: str) -> None:
    notes = "\n*[FDA]: The agency\n\n[^1]: A note.\n"
    page = rendered(f"| Way | Cost | {heading} |\n|---|---|---|\n| Walking | None | Some |\n{notes}")
    assert '<td data-label="Cost" role="cell">None</td>' in page.body
    assert f'<td data-label="{label}" role="cell">Some</td>' in page.body


def test_a_cell_below_an_empty_heading_carries_none(rendered: Render) -> None:
    page = rendered("| Way | |\n|---|---|\n| Walking | Some |\n")
    assert '<td role="cell">Some</td>' in page.body


def test_a_term_in_a_table_head_is_linked_at_its_next_use(rendered: Render) -> None:
    page = rendered("| Way | Chronic pain |\n|---|---|\n| Walking | Less chronic pain |\n")
    assert '>Less <button class="term"' in page.body


@pytest.mark.parametrize("before", ["", "Just a paragraph.\n\n"])
def test_a_table_without_a_caption_has_a_name(rendered: Render, before: str) -> None:
    page = rendered(f"{before}| Way | Result |\n|---|---|\n| Walking | Some |\n")
    assert 'aria-label="Table"' in page.body
    assert "<caption" not in page.body


def test_questions_and_worksheet_have_wrappers_and_are_in_the_contents(rendered: Render) -> None:
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


def test_key_points_come_before_the_text_and_are_not_in_the_contents(rendered: Render) -> None:
    page = rendered("## Key points\n\n- One.\n\n## Rest\n\nText.\n")
    assert "<li>One.</li>" in page.key_points
    assert [heading.id for heading in page.contents] == ["rest"]


def test_a_page_may_hold_key_points_alone(rendered: Render) -> None:
    page = rendered("## Key points\n\n- One.\n")
    assert "<li>One.</li>" in page.key_points
    assert page.body == ""


def test_blocks_are_placed_before_in_or_after_the_text(rendered: Render) -> None:
    page = rendered("{{ block: unknowns }}\n", blocks=["closing_note", "unknowns", "emergency"])
    assert page.lead == ""
    assert "what nobody knows yet" in page.body
    assert "when not to wait</h" in page.closing
    assert "Talk with your clinician. Call (727) 555-0142 (Port Alder office)" in page.closing


def test_an_article_without_the_warning_signs_has_the_emergency_box(rendered: Render, tmp_path: Path) -> None:
    page = rendered("Text.\n")
    assert f'id="{page.help_id}"><span class="callout-strength">Emergency:</span> when not to wait' in page.closing
    root = make_content(tmp_path / "signs", page=make_article(blocks=["warning_signs"]))
    (root / "blocks" / "warning_signs.md").write_text("> [!EMERGENCY] call 911\n> - a seizure\n")
    page = page_cache.rendered(load_library(root).articles["page"])
    assert "when not to wait" not in page.closing
    assert f'id="{page.help_id}"><span class="callout-strength">Emergency:</span> call 911' in page.closing
    root = make_content(tmp_path / "without", page=make_article())
    (root / "blocks" / "emergency.md").unlink()
    page = page_cache.rendered(load_library(root).articles["page"])
    assert (page.closing, page.help_id) == ("", "")


def test_clinic_facts_are_filled_in(rendered: Render) -> None:
    page = rendered(
        "{{ clinic: name }} in {{ clinic: office_names }}. {{ clinic: email }} {{ clinic: owner }} {{clinic:sells}}\n"
    )
    assert "Marigold Pain Clinic in Port Alder office and Lake Wren office" in page.body
    assert '<a href="mailto:website@clinic.example">website@clinic.example</a>' in page.body


def test_the_conflict_line_names_the_clinic(rendered: Render) -> None:
    assert rendered("x", conflict="Run by {{ clinic: name }}.").conflict == "Run by Marigold Pain Clinic."


def test_ids_of_one_page_are_unique(rendered: Render) -> None:
    page = rendered("## Facts, not advice\n\nText.\n", blocks=["closing_note"])
    assert 'id="facts-not-advice"' in page.body
    assert 'id="end-facts-not-advice"' in page.closing


def test_tables_in_key_points_and_text_have_different_ids(rendered: Render) -> None:
    table = "Table: {}\n\n| a | b |\n|---|---|\n| c | d |\n"
    page = rendered(f"## Key points\n\n{table.format('One')}\n## Rest\n\n{table.format('Two')}")
    assert 'id="key-of-table-1"' in page.key_points
    assert 'id="caption-of-table-1"' in page.body


def test_supported_markdown_is_rendered(rendered: Render) -> None:
    body = (
        'Term\n:   Meaning\n\nFDA here.[^1]\n\n*[FDA]: The agency\n\n1. one\n2. two\n\n"Quoted" it\n\n[^1]: A note.\n'
    )
    page = rendered(body)
    assert "<dt>Term</dt>" in page.body
    assert '<abbr title="The agency">FDA</abbr>' in page.body
    assert 'class="footnote-ref" href="#fn:1"' in page.body
    assert "<ol>" in page.body
    assert "“Quoted” it" in page.body


def test_the_contents_show_headings_as_typed(rendered: Render) -> None:
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
    # Plain text: the template escapes it.
    assert not any(isinstance(heading.text, SafeString) for heading in page.contents)
