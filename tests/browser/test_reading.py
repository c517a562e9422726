"""Reading on a phone, at any size, in dark colors, on paper, by keyboard, and with little data."""

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from clinic_site.delivery.variants import FIRST_FLIGHT
from tests.browser.pages import ARTICLES, PUBLIC
from tests.serving import Site

BUDGET = 45 * 1024  # bytes sent for a first view of an article, headers included
STYLE_BUDGET = 12 * 1024  # bytes, brotli-compressed


@pytest.fixture(scope="session")
def base_url(readers_site: Site) -> str:
    return readers_site.url


@pytest.mark.parametrize("path", ARTICLES)
def test_a_first_view_of_an_article_is_small(browser: Browser, base_url: str, path: str) -> None:
    page = browser.new_context(base_url=base_url).new_page()
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(path, wait_until="networkidle")
    sizes = {response.url: response.request.sizes() for response in responses}
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values())
    assert total <= BUDGET, sizes
    text = sizes[f"{base_url}{path}"]
    assert text["responseBodySize"] + text["responseHeadersSize"] <= FIRST_FLIGHT, text
    assert all(url.startswith((base_url, "data:")) for url in sizes)
    style = next(response for response in responses if ".css" in response.url)
    assert style.headers["content-encoding"] in ("br", "gzip")
    assert sizes[style.url]["responseBodySize"] <= STYLE_BUDGET


@pytest.mark.parametrize("path", PUBLIC)
def test_no_public_page_has_a_script(browser: Browser, base_url: str, path: str) -> None:
    page = browser.new_context(base_url=base_url).new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.goto(path)
    scripts = page.locator("script:not([type='application/ld+json'])")
    expect(scripts).to_have_count(0)
    assert [text for text in errors if "Content Security Policy" in text] == []


@pytest.mark.parametrize("path", PUBLIC)
def test_at_400_percent_nothing_scrolls_sideways(browser: Browser, base_url: str, path: str) -> None:
    """1280 pixels at 400 % are a layout of 320 pixels."""
    context = browser.new_context(base_url=base_url, viewport={"width": 320, "height": 256})
    page = context.new_page()
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()


def test_the_keyboard_reaches_the_text_with_a_visible_focus(page: Page) -> None:
    page.goto(ARTICLES[0])
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the main text")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert float(outline.removesuffix("px")) >= 2


def test_body_text_is_large_and_lines_are_not_too_long(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(ARTICLES[0])
    paragraph = page.locator(".prose p").first
    size, width = paragraph.evaluate("element => [parseFloat(getComputedStyle(element).fontSize), element.clientWidth]")
    assert size >= 18
    assert 55 <= width / (size * 0.48) <= 80  # characters a line, at about half an em each


def test_print_hides_the_menus_and_shows_the_address(page: Page) -> None:
    page.goto(ARTICLES[0])
    page.emulate_media(media="print")
    expect(page.locator(".site-header nav")).to_be_hidden()
    expect(page.get_by_text("Printed from")).to_be_visible()
    expect(page.get_by_text("A clinician has not yet checked this page.")).to_be_visible()


NUMBERS = "a[href^='tel:'], a[href^='sms:']"
LIKE_WORDS = "a, summary { padding-block: 0 !important; margin-block: 0 !important; }"
UNEVEN = """([links, css]) => {
    const passages = [...document.querySelectorAll("p, .callout li, .sources > ol > li")];
    const lines = passages.filter(passage => passage.querySelector(links));
    const before = lines.map(line => line.offsetHeight);
    document.head.append(Object.assign(document.createElement("style"), {textContent: css}));
    return lines.filter((line, place) => line.offsetHeight !== before[place]).map(line => line.textContent);
}"""
WITH_NUMBERS = [ARTICLES[0], "/search/?q=zzzz", "/search/?q=suicide", "/consultation/", "/offices/", "/nope/"]


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_phone_numbers_are_large_to_touch_without_uneven_lines(browser: Browser, base_url: str, width: int) -> None:
    context = browser.new_context(base_url=base_url, viewport={"width": width, "height": 740}, bypass_csp=True)
    page = context.new_page()
    for path in WITH_NUMBERS:
        page.goto(path)
        heights = page.locator(NUMBERS).evaluate_all("links => links.map(link => link.getBoundingClientRect().height)")
        assert min(heights) >= 44, path
        assert page.evaluate(UNEVEN, [f"{NUMBERS}, .backlinks a", LIKE_WORDS]) == [], path
    context.close()


TORN_OFF = """links => [...document.querySelectorAll(links)].filter(link => {
    if (!/^[.,;:]/.test(link.nextSibling?.data ?? "")) return false;
    const sign = document.createRange();
    sign.setStart(link.nextSibling, 0);
    sign.setEnd(link.nextSibling, 1);
    const lines = link.getClientRects();
    const last = lines[lines.length - 1], {top, bottom} = sign.getBoundingClientRect();
    return bottom <= last.top || (top + bottom) / 2 > last.bottom;
}).map(link => link.textContent)"""


def test_a_full_stop_stays_on_the_line_of_its_number(browser: Browser, base_url: str) -> None:
    page = browser.new_page(base_url=base_url)
    page.goto("/search/?q=zzzz")
    for width in range(280, 460, 3):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(TORN_OFF, NUMBERS) == [], width
    page.close()
