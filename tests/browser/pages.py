"""The public pages of the shipped site, and what the browser tests do on them."""

import re
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, expect

from tests.browser.codesniffer import assert_nothing_sniffed
from tests.shipped import SLUGS

ROOT = Path(__file__).parent.parent.parent
ARTICLES = [f"/articles/{slug}/" for slug in SLUGS]
PUBLIC = [
    "/",
    "/articles/",
    *ARTICLES,
    "/topics/ketamine/",
    "/glossary/",
    "/references/",
    "/search/",
    "/search/?q=side+effects",
    "/search/?q=ketmine",
    "/search/?q=zzzz",
    "/about/",
    "/privacy/",
    "/accessibility/",
    "/how-we-write/",
    "/offices/",
    "/other-ways-to-treat-pain/",
    "/claims-you-may-read/",
    "/what-matters-to-me/",
    "/my-questions/",
    "/my-questions/sheet/",
    "/consultation/",
    "/nope/",
]
# axe is faster without lists of what passes.
FAULTS_ALONE = {"resultTypes": ["violations"]}
# Targets of 24 pixels, or as much room; axe does not check them by default.
EVERYTHING = {**FAULTS_ALONE, "rules": {"target-size": {"enabled": True}}}
COLORS = {**FAULTS_ALONE, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
OF_THE_WIDTH = ["target-size", "link-name", "button-name", "label", "scrollable-region-focusable"]
LAYOUT = {**FAULTS_ALONE, "runOnly": {"type": "rule", "values": OF_THE_WIDTH}}
UNNAMED = """() => [...document.querySelectorAll("table, fieldset")].filter(group => {
    const name = group.querySelector(":scope > :is(caption, legend)") ?? document.getElementById(
        group.getAttribute("aria-labelledby"));
    return !(name?.textContent.trim() || group.getAttribute("aria-label"));
}).map(group => group.outerHTML.slice(0, 200))"""
TORN = re.compile(r"\s[,.;:!?]")  # a screen reader pauses before it, so visually hidden text must not begin with one
ERROR_TITLE = re.compile("^Error: ")
SESSIONS: dict[tuple[str, str], Any] = {}  # cookies by user and password, which differs between sites


def sign_in(page: Page, who: str, password: str, at: str = "/admin/") -> None:
    page.goto(at)
    page.get_by_label("Username").fill(who)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def open_signed_in(page: Page, who: str, password: str, at: str = "/admin/") -> None:
    """Open a page with the session of an earlier test, or sign in if there is none, or it has ended."""
    page.context.add_cookies(SESSIONS.get((who, password), []))
    page.goto(at)
    if page.get_by_label("Username").count():
        sign_in(page, who, password, at)
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
        SESSIONS[who, password] = [cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid"]


def assert_accessible(page: Page, also_at: int = 0) -> None:
    """Check accessibility with two engines, in light and dark, target sizes, and that nothing overflows to the side.

    The page must be in light colors; in dark ones, only axe's rules about colors are checked again. With `also_at`,
    axe's rules that depend on the layout are checked again in a window of that many pixels, and the second engine
    reads the page there: contrast, which takes axe longest, is then judged at both widths, by one engine each.
    """
    page.wait_for_load_state()
    assert_no_violation(page, EVERYTHING)
    assert_fits(page)
    before = page.viewport_size
    if also_at and before:
        page.set_viewport_size({"width": also_at, "height": before["height"]})
        assert_no_violation(page, LAYOUT)
        assert_fits(page)
    assert_nothing_sniffed(page)  # before the dark colors, which the text of closed details keeps
    if also_at and before:
        page.set_viewport_size(before)
    change_colors(page, "dark")
    assert_no_violation(page, COLORS)
    change_colors(page, "light")
    assert [name for name in names_of_controls(page) if TORN.search(name)] == []
    assert page.evaluate(UNNAMED) == []
    expect(page.locator("h1")).to_have_count(1)


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def change_colors(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Switch the color scheme, without waiting for the transition of links and buttons."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.getAnimations().forEach(change => change.finish())")


def assert_no_violation(page: Page, options: dict[str, Any]) -> None:
    if not page.evaluate("'axe' in window"):  # half a megabyte, which a page needs once
        page.evaluate(AXE_SCRIPT)
    results = AxeResults(page.evaluate("options => axe.run(options)", options))
    assert results.violations_count == 0, results.generate_report()


def names_of_controls(page: Page) -> list[str]:
    """Return the accessible name of each link and button, as the browser computes it."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [node["name"]["value"] for node in nodes if node.get("role", {}).get("value") in ("link", "button")]


def assert_error(page: Page, field: str, message: str) -> None:
    """Check a validation error: title, focused summary, link to the field, message beside the field."""
    expect(page).to_have_title(ERROR_TITLE)
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    link = summary.get_by_role("link", name=message)
    expect(link).to_have_attribute("href", f"#{field}")
    beside = page.locator(f"[id='{field}_error'], [id='{field}-error']")
    expect(beside).to_contain_text(message)
