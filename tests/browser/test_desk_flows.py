"""The desk's flows: the number of clicks for each end of a call, and the keys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.pages import assert_accessible
from tests.browser.test_desk import QUEUE, count_on_tab, given_the_busy_desk, then_it_says
from tests.serving import Site

NONE_LEFT = "No other request of this view can be worked on now."


class Hand:
    """A hand that counts its clicks. Choosing from a list is one, typing is none."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label).select_option(option)
        self.clicks += 1

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def save_and_next(self, name: str) -> None:
        self.press(f"Save and next ({name})")


def no_answer(hand: Hand) -> None:
    hand.save_and_next("No answer")


def voicemail(hand: Hand) -> None:
    hand.save_and_next("Left a voicemail")


def spam(hand: Hand) -> None:
    hand.save_and_next("Mark as spam")


def reached_and_booked(hand: Hand) -> None:
    hand.press("Reached")
    hand.click(hand.page.get_by_role("group", name="Free times").get_by_role("checkbox").first)
    hand.save_and_next("Book now")


def declined(hand: Hand) -> None:
    hand.choose("Reason for declining", "No room at present")
    hand.save_and_next("Decline")


@pytest.mark.parametrize(
    ("name", "end", "clicks"),
    [
        ("Eli Marsh", no_answer, 2),
        ("Greta Lind", voicemail, 2),
        ("Hugo Brandt", spam, 2),
        ("Ana Torres", reached_and_booked, 4),
        ("Ines Duarte", declined, 3),
    ],
)
def test_the_clicks_from_the_queue_and_back(
    busy_desk: BrowserContext, busy_site: Site, name: str, end: Callable[[Hand], None], clicks: int
) -> None:
    page = given_the_busy_desk(busy_desk, busy_site, 1280)
    page.goto(f"{QUEUE}?q={name.replace(' ', '+')}")
    view, hand = page.url, Hand(page)
    hand.click(page.locator(".field-who a").first)
    end(hand)
    then_it_says(page, NONE_LEFT)
    assert (page.url, hand.clicks) == (view, clicks)


def test_save_and_next_goes_through_a_tab(busy_desk: BrowserContext, busy_site: Site) -> None:
    """What is overdue can be worked on at any hour; of the other tabs, a part may be planned for later."""
    page = given_the_busy_desk(busy_desk, busy_site, 1280)
    page.goto(f"{QUEUE}?queue=overdue")
    references = page.locator(".who-reference").all_inner_texts()
    assert len(references) == count_on_tab(page, "Overdue") >= 2
    page.locator(".field-who a").first.click()
    for reference in references:
        expect(page.get_by_role("heading", level=1)).to_have_text(reference)
        page.get_by_label("Add a note").fill("Looked at.")
        page.get_by_role("button", name="Save and next (Add note)").click()
    then_it_says(page, NONE_LEFT)
    assert page.url.endswith("?queue=overdue")


class TestKeys:
    @pytest.fixture
    def page(self, busy_desk: BrowserContext, busy_site: Site) -> Page:
        page = given_the_busy_desk(busy_desk, busy_site, 1280)
        page.goto(f"{QUEUE}?queue=new")
        page.locator(".field-who a").first.click()
        expect(page.get_by_text("Keys: J next request, C call card, N note.")).to_be_visible()
        return page

    def test_each_does_what_the_page_says(self, page: Page) -> None:
        page.keyboard.press("c")
        expect(page.get_by_role("heading", name="Before you make contact")).to_be_focused()
        page.keyboard.press("n")
        expect(page.get_by_label("Add a note")).to_be_focused()
        first = page.url.partition("#")[0]
        page.keyboard.type("jcn")  # letters, while somebody types
        expect(page.get_by_label("Add a note")).to_have_value("jcn")
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("j")  # the note would be lost
        expect(page.get_by_label("Add a note")).to_be_focused()
        page.get_by_label("Add a note").fill("")
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("Control+j")
        page.keyboard.press("j")
        expect(page).not_to_have_url(first)
        expect(page.get_by_role("heading", name="Before you make contact")).to_be_visible()
        assert_accessible(page)

    def test_they_can_be_turned_off_for_good(self, page: Page) -> None:
        page.get_by_role("button", name="Turn keys off").click()
        page.reload()
        page.keyboard.press("c")
        expect(page.get_by_role("button", name="Turn keys on")).to_be_visible()
        expect(page.get_by_role("heading", name="Before you make contact")).not_to_be_focused()
        page.get_by_role("button", name="Turn keys on").click()
        page.keyboard.press("c")
        expect(page.get_by_role("heading", name="Before you make contact")).to_be_focused()
