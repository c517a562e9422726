"""A patient takes, moves and cancels a visit on their page, by keyboard and without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.pages import assert_accessible
from tests.inside import run_inside
from tests.serving import Site

PHONE, DESKTOP = 390, 1280  # pixels
DIGITS_LABEL, DIGITS = "Last four digits of your phone number", "0111"
Pages = dict[str, str]


@pytest.fixture
def pages(site: Site) -> Pages:
    """The paths of the pages of patients with visits, by state; new ones for each test."""
    made: Pages = run_inside(site.var, site.database_url, "tests.browser.visits_data")
    return made


@pytest.fixture
def phone(browser: Browser, site: Site) -> Page:
    """Return a page on a phone, where axe may run."""
    context = browser.new_context(
        base_url=site.url, viewport={"width": PHONE, "height": 844}, bypass_csp=True, accept_downloads=True
    )
    return context.new_page()


def when_they_tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, which must be possible."""
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(target).to_be_focused()


def when_they_press(page: Page, name: str) -> None:
    when_they_tab_to(page, page.get_by_role("main").get_by_role("button", name=name).first)
    page.keyboard.press("Enter")


def when_they_confirm(page: Page, button: str) -> None:
    when_they_tab_to(page, page.get_by_label(DIGITS_LABEL))
    page.keyboard.type(DIGITS)
    when_they_press(page, button)


def then_a_notice_says(page: Page, heading: str) -> None:
    expect(page.get_by_role("group", name=heading)).to_be_focused()
    expect(page).to_have_title(re.compile(f"^{heading}"))


def then_the_page_says(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


def then_the_page_is_accessible(page: Page) -> None:
    assert_accessible(page, also_at=DESKTOP)


def test_every_state_and_page_is_accessible(phone: Page, pages: Pages) -> None:
    for path in pages.values():
        phone.goto(path)
        then_the_page_is_accessible(phone)
    for page in ("move/", "cancel/"):
        phone.goto(pages["booked"] + page)
        then_the_page_is_accessible(phone)
        phone.get_by_role("main").get_by_role("button").first.click()
        expect(phone.locator(".error-summary")).to_be_focused()
        then_the_page_is_accessible(phone)


def test_an_offered_time_is_taken_with_one_press(reader: Page, pages: Pages) -> None:
    reader.goto(pages["offered"])
    then_the_page_says(reader, "Choose a time")
    when_they_press(reader, "Take ")
    then_a_notice_says(reader, "Your visit is booked")
    expect(reader.get_by_role("button", name="Take ")).to_have_count(0)
    assert reader.context.cookies() == []


def test_none_of_the_offered_times_fits(reader: Page, pages: Pages) -> None:
    reader.goto(pages["offered"])
    when_they_press(reader, "None of these fits")
    then_a_notice_says(reader, "We know that no offered time fits")
    then_the_page_says(reader, "No offered time fits you")


def test_a_visit_is_moved_by_keyboard(reader: Page, pages: Pages) -> None:
    reader.goto(pages["booked"])
    when_they_tab_to(reader, reader.get_by_role("link", name="choose another time"))
    reader.keyboard.press("Enter")
    then_the_page_says(reader, "Choose another time")
    when_they_press(reader, "Move my visit")
    expect(reader.locator(".error-summary")).to_be_focused()
    link = reader.get_by_role("link", name="Choose a time", exact=True)
    expect(link).to_have_attribute("href", "#id_time_0")
    expect(reader.locator("#id_time_error")).to_contain_text("Choose a time")
    when_they_tab_to(reader, reader.get_by_role("radio").first)
    reader.keyboard.press("Space")
    reader.keyboard.press("ArrowDown")
    expect(reader.get_by_role("radio").nth(1)).to_be_checked()
    when_they_confirm(reader, "Move my visit")
    then_a_notice_says(reader, "Your visit is moved")


def test_later_days_are_behind_a_link(reader: Page, pages: Pages) -> None:
    reader.goto(f"{pages['call']}move/")
    first = reader.get_by_role("radio").first.get_attribute("value")
    reader.get_by_role("link", name="Later days").click()
    assert reader.get_by_role("radio").first.get_attribute("value") != first
    reader.get_by_role("link", name="Earlier days").click()
    assert reader.get_by_role("radio").first.get_attribute("value") == first


def test_of_two_windows_the_second_finds_the_time_as_it_is(reader: Page, pages: Pages) -> None:
    reader.goto(f"{pages['picked']}cancel/")
    other = reader.context.new_page()
    other.goto(f"{pages['picked']}move/")
    other.get_by_role("radio").first.check()
    when_they_confirm(other, "Move my visit")
    then_a_notice_says(other, "Your new time is held for you")
    when_they_confirm(reader, "Cancel my visit")
    then_a_notice_says(reader, "Nothing was changed yet")
    when_they_press(reader, "Cancel my visit")
    then_a_notice_says(reader, "Your visit is cancelled")


def test_the_waiting_list_and_an_earlier_time(reader: Page, pages: Pages) -> None:
    reader.goto(pages["booked"])
    when_they_press(reader, "Tell me if an earlier time is free")
    then_a_notice_says(reader, "We e-mail you if an earlier time is free")
    when_they_press(reader, "Stop looking for an earlier time")
    then_a_notice_says(reader, "We do not look for an earlier time any more")
    reader.goto(pages["earlier"])
    expect(reader.get_by_text("Your booked time stays yours until you take another one.")).to_be_visible()
    when_they_press(reader, "Keep my booked time")
    then_a_notice_says(reader, "You keep your booked time")


def test_the_calendar_file_is_downloaded(phone: Page, pages: Pages) -> None:
    phone.goto(pages["call"])
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Add it to your calendar").click()
    assert download.value.suggested_filename == "appointment.ics"
    assert "METHOD:PUBLISH" in download.value.path().read_text()
