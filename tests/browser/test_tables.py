"""Tables on a phone: rows as cards, nothing hidden to the side, and still tables to a screen reader."""

from collections import Counter

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import ARTICLES

ARTICLE = "/articles/weighing-ketamine-with-pain-medicine/"
PAGES = [*ARTICLES, "/offices/"]
# A folded table has no width in some browsers: its reader unfolds it.
HIDDEN = """() => [...document.querySelectorAll("main :is(tbody th, td, caption)")].filter(cell => {
    if (cell.closest("details:not([open])")) return false;
    const range = document.createRange();
    range.selectNodeContents(cell);
    const {left, right, width} = range.getBoundingClientRect();
    return left < 0 || right > innerWidth || width === 0;
}).map(cell => cell.textContent)"""


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_no_cell_is_hidden_to_the_side(browser: Browser, base_url: str, width: int) -> None:
    page = browser.new_page(base_url=base_url, viewport={"width": width, "height": 740})
    for path in PAGES:
        page.goto(path)
        assert page.evaluate(HIDDEN) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
    page.close()


def test_on_a_phone_each_cell_shows_the_heading_of_its_column(reader: Page) -> None:
    reader.goto(ARTICLE)
    cell = reader.get_by_role("cell").nth(1)
    label = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"Might speak against it:"'
    expect(cell).to_have_css("display", "block")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_screen_reader_finds_the_same_table_at_any_width(browser: Browser, base_url: str, width: int) -> None:
    page = browser.new_page(base_url=base_url, viewport={"width": width, "height": 740})
    page.goto(ARTICLE)
    box = page.locator(".table-box")  # the table of a figure is folded
    columns, rows = box.locator("thead th").count(), box.locator("tbody tr").count()
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    roles = Counter(node["role"]["value"] for node in tree["nodes"] if not node["ignored"])
    assert roles["table"] == 1
    assert roles["row"] == rows + 1
    assert [roles["columnheader"], roles["rowheader"], roles["cell"]] == [columns, rows, rows * (columns - 1)]
    page.close()


def test_a_link_in_a_table_head_is_visible_while_focused(reader: Page) -> None:
    """The rows repeat the text of the head, but only the keyboard reaches a source cited there."""
    reader.goto(ARTICLE)
    head = reader.locator(".table-box thead").first
    expect(head).to_have_css("width", "1px")
    head.locator("th").first.evaluate("cell => { cell.innerHTML = '<a href=\"#main\">A source</a>' }")
    reader.get_by_role("link", name="A source").focus()
    expect(head).not_to_have_css("width", "1px")


@pytest.mark.parametrize(("width", "media"), [(1280, "screen"), (768, "screen"), (390, "print")])
def test_on_wide_screens_and_paper_a_table_has_table_layout(
    browser: Browser, base_url: str, width: int, media: str
) -> None:
    page = browser.new_page(base_url=base_url, viewport={"width": width, "height": 740})
    page.emulate_media(media="print" if media == "print" else "screen")
    for path in PAGES:
        page.goto(path)
        shapes = page.locator("td").evaluate_all("cells => cells.map(cell => getComputedStyle(cell).display)")
        assert set(shapes) <= {"table-cell"}, path
    page.goto(ARTICLE)
    expect(page.locator(".table-box thead th").first).to_be_visible()
    page.close()
