"""A caller is typed in with the keyboard, booked, found on the day sheet and in the week, and moved."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.pages import assert_accessible
from tests.browser.test_desk import given_the_busy_desk, picture, press, then_it_says
from tests.serving import Site

NARROW = 390


def when_a_caller_is_typed_in(page: Page, name: str, phone: str) -> None:
    """Use the keyboard alone, ten keys besides typing: the name has the focus, and Enter sends."""
    page.get_by_role("link", name="New request by phone").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(phone)
    for _ in range(5):  # over the three ways of contact and the note, to the first question
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    picture(page, "caller")
    page.keyboard.press("Enter")


def when_the_first_free_time_is_booked(page: Page) -> str:
    """Return the label of the time."""
    group = page.get_by_role("group", name="Free times")
    group.get_by_role("checkbox").first.check()
    label = group.locator("label").first.inner_text()
    page.get_by_role("button", name=re.compile("^(Book now|Move)$")).click()
    then_it_says(page, "has a visit:")
    return label


def test_a_caller_is_typed_in_booked_and_moved(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, 1280)
    when_a_caller_is_typed_in(page, "Cleo Caller", "727 555 0198")
    then_it_says(page, "is stored. Say: “Your reference is")
    assert_accessible(page, also_at=NARROW)
    first = when_the_first_free_time_is_booked(page)
    page.get_by_text("Move to another time").click()
    page.get_by_label("Kind of visit").select_option("First consultation in the office")
    press(page, "Show times")
    expect(page.get_by_label("Kind of visit")).to_have_value("first-visit")
    assert when_the_first_free_time_is_booked(page)
    assert first
    page.get_by_label("Reason for cancelling").select_option("Booked by mistake")
    press(page, "Cancel the visit")
    then_it_says(page, "is cancelled: booked by mistake.")


def test_a_second_call_shows_the_first_request(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, 1280)
    when_a_caller_is_typed_in(page, "Yusuf Demir", "(727) 555-0124")
    expect(page.get_by_role("heading", name="Perhaps the same person")).to_be_visible()
    expect(page.locator(".error-summary")).to_be_focused()
    assert_accessible(page, also_at=NARROW)


def test_an_answer_is_read_and_sent(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, 1280)
    page.locator("#result_list .field-who a").last.click()
    page.get_by_label("Answer", exact=True).select_option("We are working on it")
    press(page, "Show")
    expect(page.get_by_text("“We are still working on your request.")).to_be_visible()
    press(page, "Send this answer")
    then_it_says(page, "shows the answer.")


def test_the_day_sheet_and_the_week_are_accessible(browser: Browser, busy_site: Site) -> None:
    context = browser.new_context(base_url=busy_site.url, viewport={"width": NARROW, "height": 844})
    page = given_the_busy_desk(context, busy_site, NARROW)
    page.get_by_role("link", name="Week", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Week of Monday")
    assert_accessible(page, also_at=1280)
    page.get_by_role("link", name="Day sheet").click()
    expect(page.get_by_text("This sheet is private")).to_be_visible()
    assert_accessible(page, also_at=1280)
    context.close()
