"""Figures in a browser: usable by all, readable at every width, in forced colors and on paper."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import assert_accessible

ARTICLE = "/articles/what-ketamine-pain-studies-show/"
WITH_INTERVAL = "/articles/weighing-ketamine-with-pain-medicine/"
SPILLED = """() => [...document.querySelectorAll("figure.chart")].filter(figure => {
    const {left, right} = figure.getBoundingClientRect();
    return [...figure.querySelectorAll("svg *, p, dd, span")].some(part => {
        const box = part.getBoundingClientRect();
        return box.width && (box.left < left - 2 || box.right > right + 2);
    });
}).map(figure => figure.querySelector("figcaption").textContent)"""
COVERED = """() => [...document.querySelectorAll("figure.chart svg")].filter(svg => {
    const boxes = [...svg.querySelectorAll("text")].map(text => text.getBoundingClientRect());
    return boxes.some((one, place) => boxes.slice(place + 1).some(other =>
        one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom));
}).length"""


def test_a_page_with_figures_is_accessible(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, viewport={"width": 320, "height": 800}, bypass_csp=True)
    page = context.new_page()
    page.goto(ARTICLE)
    for summary in page.locator("figure.chart summary").all():
        summary.press("Enter")
    expect(page.get_by_role("table").filter(has_text="4 of 20")).to_be_visible()
    assert_accessible(page, also_at=1280)
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("slug", ["what-ketamine-pain-studies-show", "weighing-ketamine-with-pain-medicine"])
def test_nothing_in_a_figure_spills_or_covers_other_words(
    browser: Browser, base_url: str, width: int, slug: str
) -> None:
    page = browser.new_page(base_url=base_url, viewport={"width": width, "height": 740})
    page.goto(f"/articles/{slug}/")
    assert page.evaluate(SPILLED) == []
    assert page.evaluate(COVERED) == 0
    page.close()


def test_words_in_a_drawing_grow_with_the_letters_of_the_reader(reader: Page) -> None:
    reader.goto(WITH_INTERVAL)
    word = reader.locator("figure.chart text", has_text="no difference")
    before = word.evaluate("word => word.getBoundingClientRect().height")
    reader.evaluate("document.documentElement.style.fontSize = '200%'")
    after = word.evaluate("word => word.getBoundingClientRect().height")
    assert after / before == pytest.approx(2, abs=0.1)


def test_on_paper_the_tables_of_figures_are_open(reader: Page) -> None:
    reader.goto(ARTICLE)
    cell = reader.locator("figure.chart td").first
    assert not cell.evaluate("cell => cell.checkVisibility({contentVisibilityAuto: true})")
    reader.emulate_media(media="print")
    assert cell.evaluate("cell => cell.checkVisibility() && cell.offsetHeight > 0")


def test_forced_colors_keep_the_people_apart(browser: Browser, base_url: str) -> None:
    page = browser.new_page(base_url=base_url)
    page.emulate_media(forced_colors="active")
    page.goto(ARTICLE)
    counted, others = (page.locator(f".chart-people .chart-{name}").first for name in ("yes", "no"))
    expect(counted).not_to_have_css("fill", "none")
    expect(others).to_have_css("fill", "none")
    expect(others).to_have_css("stroke", re.compile("^rgb"))
    page.close()
