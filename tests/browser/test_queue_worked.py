"""Thirty requests of every kind are worked through at the desk, from new to their ends, at two widths."""

from collections.abc import Callable
from itertools import cycle

from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from appointments.visit_time import typed_date
from clinic_site.wording import clock
from tests.appointments.builders import next_visit
from tests.browser.pages import assert_accessible
from tests.browser.test_desk import (
    QUEUE,
    WIDTHS,
    count_on_tab,
    given_the_desk_with_thirty_requests,
    press,
    rows,
    then_it_says,
)
from tests.serving import Site

OPENING = next_visit(timezone.now()).at
VISIT = {"Date of the visit": typed_date(OPENING), "Time of the visit": clock(OPENING)}


def reached_and_scheduled(page: Page) -> None:
    press(page, "Reached")
    then_it_says(page, "Written down: reached.")
    press(page, "Mark as scheduled")
    expect(page.get_by_role("link", name="Enter the date of the visit as month, day and year")).to_be_visible()
    for label, value in VISIT.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("Office of the visit").select_option("Port Alder office")
    press(page, "Mark as scheduled")
    then_it_says(page, "has a visit:")


def declined(page: Page) -> None:
    press(page, "Decline")
    expect(page.get_by_role("link", name="Choose why the request is declined")).to_be_visible()
    page.get_by_label("Reason for declining").select_option("No room at present")
    press(page, "Decline")
    then_it_says(page, "was declined: no room at present.")


def assigned_noted_and_closed(page: Page) -> None:
    if page.get_by_role("button", name="Assign to me").count():
        press(page, "Assign to me")
    page.get_by_label("Add a note").fill("Answered by e-mail.")
    press(page, "Add note")
    expect(page.get_by_text("Answered by e-mail.")).to_be_visible()
    press(page, "Close")
    then_it_says(page, "→ Closed.")


def undone_and_withdrawn(page: Page) -> None:
    press(page, "Mark as spam")
    then_it_says(page, "→ Spam.")
    press(page, "Undo this step")
    then_it_says(page, "Undone:")
    press(page, "Withdrawn by the patient")
    then_it_says(page, "→ Withdrawn.")


ENDINGS: tuple[Callable[[Page], None], ...] = (
    reached_and_scheduled,
    declined,
    assigned_noted_and_closed,
    undone_and_withdrawn,
)


def work_through(page: Page, left: int) -> None:
    """The most urgent first, until so many are left."""
    for ending in cycle(ENDINGS):
        page.goto(QUEUE)
        if rows(page) <= left:
            return
        page.locator("#result_list .field-reference a").first.click()
        ending(page)


def test_the_queue_is_worked_through(filled_desk: BrowserContext, filled: Site) -> None:
    """Half of it at the one width, the rest at the other."""
    page = given_the_desk_with_thirty_requests(filled_desk, filled, WIDTHS[0])
    half = rows(page) // 2
    work_through(page, left=half)
    assert_accessible(page)
    page.set_viewport_size({"width": WIDTHS[1], "height": 900})
    work_through(page, left=0)
    assert count_on_tab(page, "All waiting") == 0
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    page.get_by_role("navigation", name="Queue").get_by_role("link", name="Ended").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(30)
    assert_accessible(page)
