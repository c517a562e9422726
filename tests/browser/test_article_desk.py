"""The staff pages about articles in a real browser: accessible, nothing overflows, usable by keyboard."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.comfort import assert_comfortable
from tests.browser.pages import assert_accessible, open_signed_in
from tests.serving import Site

pytestmark = pytest.mark.slow

DESK = "/admin/articles/contentfile/"
ARTICLE = "ketamine-and-chronic-pain-basics"
PAGES = (
    "",
    "?sort=-problems&status=live",
    "new/",
    f"rename/{ARTICLE}/",
    f"withdraw/{ARTICLE}/",
    f"history/{ARTICLE}/",
    f"history/{ARTICLE}/?compare=1",
    f"history/{ARTICLE}/?compare=1:1",
    "files/",
    "files/watch.yaml",
    "files/blocks/unknowns.md",
    "clinic/",
    "clinic/offices/port-alder/hours/",
    "clinic/offices/port-alder/closed-days/",
    "clinic/offices/lake-wren/calendars/lake-wren-room-1/",
    "clinic/visits/first-visit/",
)


def when_an_editor_signs_in(desk: BrowserContext, site: Site) -> Page:
    page = desk.new_page()
    open_signed_in(page, "demo-editor", site.password("demo-editor"), DESK)
    return page


def given_feedback_of_a_reader(desk: BrowserContext) -> None:
    """Feedback makes the list wider."""
    page = desk.new_page()
    page.goto(f"/articles/{ARTICLE}/")
    page.get_by_text("Something here is unclear").click()
    page.get_by_label("What is unclear?").fill("What is a drip?")
    page.get_by_role("button", name="Tell us what is unclear").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_every_page_is_accessible(desk: BrowserContext, site: Site) -> None:
    given_feedback_of_a_reader(desk)
    page = when_an_editor_signs_in(desk, site)
    for address in PAGES:
        page.goto(DESK + address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(page, also_at=390)
        assert_comfortable(page)


def test_at_400_percent_nothing_covers_the_text_or_the_focus(desk: BrowserContext, site: Site) -> None:
    page = when_an_editor_signs_in(desk, site)
    page.goto(f"{DESK}edit/{ARTICLE}/")
    expect(page.locator("#buttons")).to_have_css("position", "sticky")
    page.set_viewport_size({"width": 320, "height": 225})  # what 1280 by 900 pixels hold at 400 %
    expect(page.locator("#buttons")).to_have_css("position", "static")
    assert_comfortable(page)


def test_the_list_is_filtered_and_sorted_by_keyboard(desk: BrowserContext, site: Site) -> None:
    page = when_an_editor_signs_in(desk, site)
    page.get_by_label("Title", exact=True).focus()
    page.keyboard.type("infusion")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^1 of "))).to_be_visible()
    page.get_by_role("link", name="Reading grade").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Reading grade")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("heading", name=re.compile("^1 of "))).to_be_visible()


def test_an_incomplete_choice_is_an_error_with_the_focus(desk: BrowserContext, site: Site) -> None:
    page = when_an_editor_signs_in(desk, site)
    page.goto(f"{DESK}history/{ARTICLE}/")
    page.get_by_role("button", name="Compare the two").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()  # nothing was ticked: the same list again
    page.get_by_role("checkbox", name="Revision 1").first.press("Space")
    page.get_by_role("button", name="Compare the two").click()
    expect(page).to_have_title("Error: Ketamine and long-term pain: the basics: history | Clinic desk")
    expect(page.locator(".error-summary")).to_be_focused()
