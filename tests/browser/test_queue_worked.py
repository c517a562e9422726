"""A request of every kind is worked through at the desk, from new to its end, at two widths."""

from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import serving_a_copy
from tests.browser.pages import assert_accessible
from tests.browser.test_desk import (
    QUEUE,
    WIDTHS,
    count_on_tab,
    given_the_busy_desk,
    press,
    rows,
    then_it_says,
)
from tests.inside import run_inside
from tests.serving import Serving, Site

pytestmark = pytest.mark.slow

REQUESTS = 21  # of them 12 wait


@pytest.fixture(scope="module")
def busy_site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    """Serve a site with one waiting request of each kind at its desk."""
    with serving_a_copy(tmp_path_factory.mktemp("few"), serving) as site:
        run_inside(site.var, site.database_url, "tests.browser.desk_data", "few")
        yield site


def reach_and_schedule(page: Page) -> None:
    press(page, "Reached")
    then_it_says(page, ": reached. ")
    press(page, "Book now")
    expect(page.get_by_role("link", name="Tick the one free time to book")).to_be_visible()
    page.get_by_role("group", name="Free times").get_by_role("checkbox").first.check()
    press(page, "Book now")
    then_it_says(page, "has a visit:")


def decline(page: Page) -> None:
    press(page, "Decline")
    expect(page.get_by_role("link", name="Choose why the request is declined")).to_be_visible()
    page.get_by_label("Reason for declining").select_option("No room at present")
    press(page, "Decline")
    then_it_says(page, "was declined: no room at present.")


def assign_note_and_close(page: Page) -> None:
    if page.get_by_role("button", name="Assign to me").count():
        press(page, "Assign to me")
    page.get_by_label("Add a note").fill("Answered by e-mail.")
    press(page, "Add note")
    expect(page.get_by_text("Answered by e-mail.")).to_be_visible()
    press(page, "Close")
    then_it_says(page, "→ Closed.")


def undo_and_withdraw(page: Page) -> None:
    press(page, "Mark as spam")
    then_it_says(page, "→ Spam.")
    press(page, "Undo this step")
    then_it_says(page, ", undone:")
    press(page, "Withdrawn by the patient")
    then_it_says(page, "→ Withdrawn.")


ENDINGS: tuple[Callable[[Page], None], ...] = (
    reach_and_schedule,
    decline,
    assign_note_and_close,
    undo_and_withdraw,
)


def work_through(page: Page, left: int) -> None:
    """Work on the most urgent request until `left` are left."""
    for ending in cycle(ENDINGS):
        page.goto(QUEUE)
        if rows(page) <= left:
            return
        page.locator("#result_list .field-who a").first.click()
        ending(page)


def test_the_queue_is_worked_through(busy_desk: BrowserContext, busy_site: Site) -> None:
    """Half of it at one width, the rest at the other."""
    page = given_the_busy_desk(busy_desk, busy_site, WIDTHS[0])
    half = rows(page) // 2
    work_through(page, left=half)
    assert_accessible(page)
    page.set_viewport_size({"width": WIDTHS[1], "height": 900})
    work_through(page, left=0)
    assert count_on_tab(page, "All waiting") == 0
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    page.get_by_role("navigation", name="Queue").get_by_role("link", name="Ended").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(REQUESTS)
    assert_accessible(page)
