"""The queue on a desktop, a phone and at 400 % zoom: how much of it is visible, and that no text covers another."""

from playwright.sync_api import Browser, BrowserContext

from tests.browser.comfort import assert_comfortable
from tests.browser.pages import assert_accessible, assert_fits
from tests.browser.test_desk import QUEUE, given_the_busy_desk
from tests.serving import Site

WHOLE_ROWS = """() => [...document.querySelectorAll("#result_list tbody tr")]
    .filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"""
# The boxes of all lines of text that can be seen; a few pixels of two lines may touch, letters do not.
OVERPRINTED = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const lines = [];
    for (let text; (text = walker.nextNode()); ) {
        if (!text.data.trim() || text.parentElement.closest(".visually-hidden, option, script, style")) continue;
        if (!text.parentElement.checkVisibility({visibilityProperty: true})) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        for (const box of range.getClientRects()) if (box.width > 1) lines.push({box, text: text.data.trim()});
    }
    const covers = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    return lines.flatMap((line, number) => lines.slice(number + 1)
        .filter(other => covers(line.box, other.box)).map(other => `${line.text} / ${other.text}`));
}"""
# As at any hour: at night no number may be called before the morning.
LONGEST_TIMES = """() => {
    document.querySelectorAll("#result_list :is(.field-due, .field-last_try)").forEach(cell =>
        { cell.innerHTML = cell.innerHTML.replace(/\\w{3}([ \\u00a0])\\d.*?[ap]\\.m\\./, "Wed$112:59\\u00a0p.m."); });
    document.querySelectorAll("#result_list .field-call").forEach(cell =>
        { cell.innerHTML = `${cell.firstChild.textContent} <small>from Wed 12:59\\u00a0p.m.</small>`; });
}"""
CUT = """() => [...document.querySelectorAll("#result_list :is(td, tbody th)")].filter(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    const {left, right} = range.getBoundingClientRect();
    const {left: from, right: to} = cell.getBoundingClientRect();
    return left < 0 || right > innerWidth || left < from - 1 || right > to + 1;
}).map(cell => cell.textContent)"""
# Labels of the filters that stand in another line than their list.
PARTED = """() => [...document.querySelectorAll("label[for^=filter-]")]
    .filter(label => label.getBoundingClientRect().bottom <= label.control.getBoundingClientRect().top)
    .map(label => label.textContent)"""


def test_eight_rows_are_visible_at_once_below_the_alarms(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, 1280)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate(LONGEST_TIMES)
    assert page.evaluate(WHOLE_ROWS) >= 8
    assert_accessible(page)


def test_nothing_is_overprinted_or_cut_at_any_width(browser: Browser, busy_site: Site) -> None:
    """320 pixels are what is left of 1280 at 400 % zoom."""
    context = browser.new_context(base_url=busy_site.url)
    page = given_the_busy_desk(context, busy_site, 1280)
    for width in (1280, 1024, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for query in ("", "?queue=ended"):
            page.goto(QUEUE + query)
            assert page.evaluate(OVERPRINTED) == [], width
            assert page.evaluate(CUT) == [], width
            assert page.evaluate(PARTED) == [], width
            assert_fits(page)
    context.close()


def test_the_cards_of_a_phone_are_accessible(browser: Browser, busy_site: Site) -> None:
    context = browser.new_context(base_url=busy_site.url)
    page = given_the_busy_desk(context, busy_site, 390)
    assert page.locator("#result_list tbody tr").first.evaluate("row => getComputedStyle(row).display") == "block"
    assert_accessible(page, also_at=320)
    assert_comfortable(page)
    context.close()
