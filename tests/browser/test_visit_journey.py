"""Visits from beginning to end: a time chosen from an article on, an offer, and a caller by phone."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.pages import assert_accessible
from tests.browser.test_desk import QUEUE, picture, press, then_it_says, when_they_open
from tests.browser.test_patient_journey import when_the_front_desk_signs_in
from tests.browser.test_visits_at_desk import when_a_caller_is_typed_in, when_the_first_free_time_is_booked
from tests.browser.test_visits_page import (
    PHONE,
    phone,
    then_a_notice_says,
    then_the_page_is_accessible,
    then_the_page_says,
    when_they_confirm,
    when_they_press,
    when_they_tab_to,
)
from tests.inside import run_inside
from tests.serving import Site

pytestmark = pytest.mark.slow

__all__ = ["phone"]  # used as a fixture

ARTICLE = "/articles/ketamine-and-chronic-pain-basics/"
IN_THE_OFFICE = "First consultation in the office: Port Alder office"
NUMBER = "(727) 555-0111"


@pytest.fixture
def desk_page(desk: BrowserContext, site: Site) -> Page:
    return when_the_front_desk_signs_in(desk, site)


def day_of_the_visit(page: Page) -> dt.date:
    """Return the day that the message on top names."""
    found = re.search(r"has a visit: \w+, (\w+ \d+, \d{4}),", page.locator(".messagelist").inner_text())
    assert found
    return dt.datetime.strptime(found[1], "%B %d, %Y").date()  # noqa: DTZ007 (a date)


def test_a_caller_is_typed_in_booked_and_stands_on_the_day_sheet(desk_page: Page) -> None:
    when_a_caller_is_typed_in(desk_page, "Cal Booker", "727 555 0195")
    then_it_says(desk_page, "is stored. Say: “Your reference is")
    when_the_first_free_time_is_booked(desk_page)
    day = day_of_the_visit(desk_page)
    desk_page.get_by_role("link", name="Back to the queue").click()
    desk_page.get_by_role("link", name="Day sheet").click()
    desk_page.get_by_label("Date").fill(day.isoformat())
    desk_page.get_by_role("button", name="Show").click()
    expect(desk_page.get_by_role("heading", name="Cal Booker")).to_be_visible()
    picture(desk_page, "day-sheet", height=520)
    assert_accessible(desk_page, also_at=PHONE)


def when_they_fill_in_the_form(page: Page, name: str) -> None:
    page.get_by_label("Full name").fill(name)
    page.get_by_label("Phone number").fill(NUMBER)
    page.get_by_label("E-mail address").fill(f"{name.split()[0].lower()}@example.com")
    page.get_by_label("I am 18 or older").check()


def when_they_ask_for_a_time_in_the_office(page: Page) -> None:
    page.get_by_label("Choose a time").check()
    when_they_press(page, "Ask for a consultation")
    then_the_page_says(page, "Choose a time")
    then_the_page_is_accessible(page)
    when_they_press(page, IN_THE_OFFICE)
    expect(page.get_by_text("We hold the time for you, and tell you by")).to_be_visible()
    when_they_press(page, "Ask for this time")
    expect(page.locator(".error-summary")).to_be_focused()
    then_the_page_is_accessible(page)
    when_they_tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    when_they_press(page, "Ask for this time")


def then_the_received_page_says(page: Page, heading: str) -> str:
    """Return the reference."""
    then_the_page_says(page, heading)
    then_the_page_is_accessible(page)
    return page.locator(".reference").inner_text()


def when_they_see_where_it_stands(page: Page) -> None:
    page.get_by_role("link", name="where your request stands").first.click()
    then_the_page_says(page, "Where your request stands")


def when_they_move_it_to_the_last_time_shown(page: Page) -> str:
    """Return the words for the new time."""
    when_they_tab_to(page, page.get_by_role("link", name="choose another time"))
    page.keyboard.press("Enter")
    then_the_page_says(page, "Choose another time")
    page.get_by_role("radio").last.check()
    when_they_confirm(page, "Move my visit")
    then_a_notice_says(page, "Your visit is moved")
    then_the_page_is_accessible(page)
    return page.locator(".panel strong").first.inner_text()


def when_the_desk_confirms(page: Page, name: str) -> None:
    when_they_open(page, name)
    expect(page.get_by_text("Picked by the patient")).to_be_visible()
    press(page, "Confirm")
    then_it_says(page, "has a visit:")
    expect(page.get_by_label("Kind of visit")).to_have_value("first-visit")
    assert_accessible(page, also_at=PHONE)


def when_the_desk_offers_two_times(page: Page, name: str) -> None:
    when_they_open(page, name)
    page.get_by_label("Kind of visit").select_option("First consultation in the office")
    page.get_by_label("Office", exact=True).first.select_option("Lake Wren office")
    press(page, "Show times")
    times = page.get_by_role("group", name="Free times").get_by_role("checkbox")
    for time in (times.first, times.last):
        time.check()
    picture(page, "visit", of=page.get_by_role("region", name="Visit"))
    press(page, "Offer")
    then_it_says(page, "2 times are offered")


def test_from_an_article_through_a_chosen_time_to_the_arrival(phone: Page, desk_page: Page, site: Site) -> None:
    phone.goto(ARTICLE)
    phone.get_by_role("link", name="Schedule a consultation").last.click()
    when_they_fill_in_the_form(phone, "Vera Picks")
    when_they_ask_for_a_time_in_the_office(phone)
    reference = then_the_received_page_says(phone, "Your time is held, and not yet confirmed")
    expect(phone.get_by_text("It is not booked yet")).to_be_visible()
    when_they_see_where_it_stands(phone)
    then_the_page_says(phone, "Your time is held, and not yet confirmed")
    when_the_desk_confirms(desk_page, "Vera Picks")
    phone.reload()
    then_the_page_says(phone, "Your visit is booked")
    when = when_they_move_it_to_the_last_time_shown(phone)
    [reminder] = run_inside(site.var, site.database_url, "tests.browser.visit_day", reference)
    then_it_reminds_of(reminder, reference, when)
    phone.goto(path_of_the_link(reminder))
    then_the_page_says(phone, "Where your request stands")
    when_the_desk_records_the_arrival(desk_page, reference)


def path_of_the_link(mail: dict[str, str]) -> str:
    links: list[str] = re.findall(r"http\S+", mail["body"])
    return urlsplit(links[0]).path


def then_it_reminds_of(reminder: dict[str, str], reference: str, when: str) -> None:
    assert reminder["subject"] == f"Your appointment: {reference}"
    assert f"A reminder: your appointment is on {when} " in reminder["body"]
    assert "Vera" not in reminder["body"]


def when_the_desk_records_the_arrival(page: Page, reference: str) -> None:
    page.goto(f"{QUEUE}day/")
    expect(page.get_by_role("heading", name="Vera Picks")).to_be_visible()
    assert_accessible(page, also_at=PHONE)
    page.get_by_role("link", name=reference).first.click()
    press(page, "Arrived")
    then_it_says(page, f"The visit of {reference}: arrived.")


def test_an_offered_time_is_taken_and_cancelled(phone: Page, desk_page: Page) -> None:
    phone.goto("/consultation/")
    when_they_fill_in_the_form(phone, "Otto Offered")
    when_they_press(phone, "Ask for a consultation")
    reference = then_the_received_page_says(phone, "We have your request")
    when_they_see_where_it_stands(phone)
    when_the_desk_offers_two_times(desk_page, "Otto Offered")
    phone.reload()
    then_the_page_says(phone, "Choose a time")
    then_the_page_is_accessible(phone)
    when_they_press(phone, "Take ")
    then_a_notice_says(phone, "Your visit is booked")
    when_they_tab_to(phone, phone.get_by_role("link", name="cancel your visit"))
    phone.keyboard.press("Enter")
    when_they_confirm(phone, "Cancel my visit")
    then_a_notice_says(phone, "Your visit is cancelled")
    then_the_page_is_accessible(phone)
    desk_page.goto(f"{QUEUE}?q={reference}")
    expect(desk_page.locator("#result_list tbody tr")).to_contain_text("Contacting")
