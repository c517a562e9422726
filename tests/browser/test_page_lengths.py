"""How long each public page is on a phone, what comes where, and that nothing is wider than the screen."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import ARTICLES, PUBLIC
from tests.serving import Site

WIDTH, HEIGHT = 390, 844  # of a phone, in CSS pixels
NARROW = 320
HEALTH_PAGES = ["/other-ways-to-treat-pain/", "/claims-you-may-read/"]
MOST_SCREENS = 12  # from the top of the page to the end of its main part, as it opens
KEY_POINTS_BY = 700  # pixels from the top
MOST_STOPS = 120
MOST_WORDS = 1300  # of running text with its shared passages; tests/test_content.py counts an article's own words
MEASURE = """() => {
    const top = selector => document.querySelector(selector)?.getBoundingClientRect().top ?? null;
    const {bottom, height} = document.querySelector("main").getBoundingClientRect();
    const running = [...document.querySelectorAll(":is(.key-points, .prose) :is(p, li)")].filter(
        part => !part.closest(".callout, .closing, .invitation, figure, table") && !part.querySelector("p, li"));
    const words = part => part.innerText.split(/\\s+/).filter(word => /[a-z0-9]/i.test(word)).length;
    const stops = [...document.querySelectorAll("a[href], button, input, textarea, select, summary, [tabindex='0']")];
    return {
        bottom, height,
        words: running.reduce((sum, part) => sum + words(part), 0),
        keyPoints: top(".key-points"), invitation: top(".invitation"), schedule: top(".schedule"),
        sources: top(".sources"),
        stops: stops.filter(stop => stop.tabIndex >= 0 && !stop.closest(".trap") && stop.checkVisibility()).length,
    };
}"""
# All that is folded is unfolded first. Beyond the page, or scrolled to the side in a box of its own.
TOO_WIDE = """() => {
    document.querySelectorAll("details").forEach(folded => folded.open = true);
    return [document.documentElement, ...document.querySelectorAll("main :is(table, .table-box, figure, svg, img)")]
        .filter(part => {
            const {left, right} = part.getBoundingClientRect();
            const scrolls = getComputedStyle(part).overflowX !== "visible" && part.scrollWidth > part.clientWidth;
            return left < 0 || right > innerWidth || left + part.scrollWidth > innerWidth || scrolls;
        }).map(part => part.outerHTML.slice(0, 120));
}"""


@pytest.fixture(scope="session")
def base_url(readers_site: Site) -> str:
    return readers_site.url


def measure(browser: Browser, base_url: str, path: str, width: int) -> dict[str, Any]:
    """Return what a page measures on a phone of that width, and what is too wide for it."""
    page = browser.new_page(base_url=base_url, viewport={"width": width, "height": HEIGHT})
    page.goto(path)
    measured: dict[str, Any] = page.evaluate(MEASURE)
    measured["too wide"] = page.evaluate(TOO_WIDE)
    page.close()
    return measured


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_has_at_most_twelve_screens_on_a_phone(browser: Browser, base_url: str, path: str) -> None:
    measured = measure(browser, base_url, path, WIDTH)
    assert measured["bottom"] / HEIGHT <= MOST_SCREENS, measured
    assert measured["too wide"] == []
    if path in ARTICLES:
        assert measured["keyPoints"] <= KEY_POINTS_BY, measured
        assert measured["words"] <= MOST_WORDS, measured
    if path in ARTICLES or path in HEALTH_PAGES:
        assert measured["stops"] <= MOST_STOPS, measured
        assert 1 / 4 <= measured["invitation"] / measured["height"] <= 3 / 4, measured
        assert measured["invitation"] < measured["schedule"] < measured["sources"], measured


@pytest.mark.parametrize("path", PUBLIC)
def test_on_a_narrow_phone_nothing_is_wider_than_the_page(browser: Browser, base_url: str, path: str) -> None:
    assert measure(browser, base_url, path, NARROW)["too wide"] == []
