"""The desk with thirty requests of every kind: what it shows, and the effect of its buttons."""

import os
import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.pages import assert_accessible
from tests.browser.test_patient_journey import when_the_front_desk_signs_in
from tests.serving import Site

QUEUE = "/admin/appointments/consultationrequest/"
PICTURES = os.environ.get("PICTURES", "")  # the folder for new pictures of the guide, if they are to be taken
WIDTHS = (1280, 768)
# Steps whose “Save and next” stands in another line.
PARTED = """() => [...document.querySelectorAll(".desk-pair")].filter(pair => {
    const tops = [...pair.querySelectorAll("button")].filter(button => button.checkVisibility())
        .map(button => button.getBoundingClientRect().top);
    return new Set(tops).size > 1;
}).map(pair => pair.textContent)"""


def picture(page: Page, name: str, height: int = 900, of: Locator | None = None) -> None:
    """Take a picture of the top of the page, or of one block, for docs/front-desk-guide.md."""
    if PICTURES:
        page.set_viewport_size({"width": 1280, "height": height})
        (of or page).screenshot(path=Path(PICTURES) / f"{name}.png")


def rows(page: Page) -> int:
    return page.locator("#result_list tbody tr").count()


def count_on_tab(page: Page, tab: str) -> int:
    link = page.get_by_role("navigation", name="Queue").get_by_role("link", name=tab)
    return int(link.locator(".count").inner_text())


def then_it_says(page: Page, text: str) -> None:
    expect(page.locator(".messagelist")).to_contain_text(text)


def when_they_open(page: Page, name: str) -> None:
    page.goto(QUEUE)
    page.locator("#result_list tr", has_text=name).first.locator(".field-who a").click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def given_the_busy_desk(desk: BrowserContext, site: Site, width: int) -> Page:
    page = when_the_front_desk_signs_in(desk, site)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(QUEUE)
    return page


def test_the_queue_shows_urgent_requests_first(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, WIDTHS[0])
    expect(page.get_by_role("heading", name="Look at these first")).to_be_visible()
    expect(page.locator("#result_list tbody tr").first).to_contain_text("Words of a crisis")
    assert count_on_tab(page, "All waiting") == rows(page) > 20
    assert 0 < count_on_tab(page, "Overdue") < rows(page)
    assert 0 < count_on_tab(page, "Waiting for a callback") < count_on_tab(page, "New")
    assert_accessible(page)
    picture(page, "queue")


def test_links_and_boxes_of_the_queue_are_large_enough_to_touch(browser: Browser, busy_site: Site) -> None:
    context = browser.new_context(
        base_url=busy_site.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = given_the_busy_desk(context, busy_site, 390)
    boxes = page.locator("#result_list input[type=checkbox]")
    assert min(boxes.evaluate_all("boxes => boxes.map(box => box.getBoundingClientRect().height)")) >= 28
    links = page.locator(".field-who a, .queue-tabs a, #user-tools :is(a, button), .actions :is(select, button)")
    assert min(links.evaluate_all("links => links.map(link => link.getBoundingClientRect().height)")) >= 44
    context.close()


def test_safe_contact_comes_before_the_phone_number(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, WIDTHS[0])
    when_they_open(page, "Jo Park")
    text = page.get_by_role("main").inner_text() if page.get_by_role("main").count() else page.inner_text("body")
    assert text.index("Before you make contact") < text.index("(727) 555-0109")
    expect(page.get_by_role("button", name="No answer")).to_have_count(0)
    expect(page.get_by_role("button", name="Left a voicemail")).to_have_count(0)
    expect(page.get_by_role("button", name="Sent an e-mail or a text", exact=True)).to_be_visible()
    assert page.evaluate(PARTED) == []
    assert_accessible(page)


def test_an_attempt_sets_the_next_try_and_can_be_undone(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, WIDTHS[1])
    when_they_open(page, "Mateo Ruiz")
    picture(page, "request", height=1200)
    page.set_viewport_size({"width": WIDTHS[1], "height": 900})
    press(page, "Left a voicemail")
    then_it_says(page, ": left a voicemail. Next try")
    press(page, "Undo this step")
    then_it_says(page, ", undone: demo-desk tried to reach the patient: left a voicemail.")


def test_duplicates_are_joined(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, WIDTHS[0])
    when_they_open(page, "Yusuf Demir")
    page.get_by_role("heading", name="Possible duplicates").scroll_into_view_if_needed()
    picture(page, "duplicates", height=1350)
    page.get_by_role("button", name=re.compile("^Join ")).click()
    then_it_says(page, "was joined to")


def test_a_stale_page_says_what_a_colleague_did(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, WIDTHS[0])
    when_they_open(page, "Bo Li")
    other = busy_desk.new_page()
    other.goto(page.url)
    press(other, "Assign to me")
    press(page, "No answer")
    then_it_says(page, "it changed meanwhile. demo-desk gave the request to demo-desk.")


def test_the_figures_have_charts_and_are_accessible(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, WIDTHS[1])
    page.get_by_role("link", name="Figures").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Figures")
    expect(page.get_by_role("img").first).to_be_visible()
    assert_accessible(page)
    picture(page, "figures")
