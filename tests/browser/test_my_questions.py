"""A reader ticks questions, and prints one sheet; another sheet is filled in by pen."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import ARTICLES, assert_accessible
from tests.browser.test_print_sheet import PAGE_OF_PDF
from tests.serving import Site
from tests.shipped import SLUGS

PHONE, DESKTOP = {"width": 390, "height": 740}, {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def base_url(readers_site: Site) -> str:
    return readers_site.url


def sheets_of_letter_paper(page: Page) -> int:
    return len(PAGE_OF_PDF.findall(page.pdf(format="Letter")))


def given_the_longest_questions(page: Page) -> None:
    """Tick the ten longest questions of the site, each once."""
    page.goto("/my-questions/")
    texts = {box.inner_text(): box for box in page.locator(".question-lists label").all()}
    for text in sorted(texts, key=len)[-10:]:
        texts[text].locator("input").check()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_reader_ticks_questions_of_an_article_and_gets_one_sheet(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(ARTICLES[0])
    page.locator("summary", has_text="Tick and print").click()
    boxes = page.get_by_role("form", name="Questions to take to your visit").get_by_role("checkbox")
    words = [boxes.nth(place).locator("xpath=..").inner_text().strip() for place in (0, 2)]
    for word in words:
        page.get_by_role("checkbox", name=word).check()
    page.get_by_role("button", name="Make my sheet").click()
    expect(page).to_have_url(
        re.compile(rf"/my-questions/sheet/\?q={SLUGS[0]}\.[0-9a-f]{{4}}&q={SLUGS[0]}\.[0-9a-f]{{4}}$")
    )
    assert page.locator(".sheet li").all_inner_texts() == words
    assert_accessible(page)
    page.get_by_role("checkbox", name=words[0]).uncheck()
    page.get_by_role("button", name="Make my sheet").click()
    assert page.locator(".sheet li").all_inner_texts() == words[1:]
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.get_by_role("main").get_by_role("link", name="Schedule a consultation").click()
    expect(page).to_have_url(re.compile("/consultation/$"))


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.goto("/my-questions/")
    first = page.get_by_role("checkbox").first
    first.focus()
    page.keyboard.press("Space")
    expect(first).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".sheet li")).to_have_count(1)


def test_ten_questions_fit_on_one_sheet_of_paper(page: Page) -> None:
    given_the_longest_questions(page)
    page.get_by_role("button", name="Make my sheet").click()
    expect(page.locator(".sheet li")).to_have_count(10)
    assert sheets_of_letter_paper(page) == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("checkbox").first).to_be_hidden()
    expect(page.get_by_text("My own questions:")).to_be_visible()


def test_a_few_questions_fit_on_one_sheet_with_more_room(page: Page) -> None:
    page.goto("/my-questions/")
    for place in range(6):
        page.get_by_role("checkbox").nth(place).check()
    page.get_by_role("button", name="Make my sheet").click()
    expect(page.locator(".sheet li")).to_have_count(6)
    assert sheets_of_letter_paper(page) == 1


def test_what_matters_to_me_fits_on_one_sheet_of_paper(page: Page) -> None:
    page.goto("/what-matters-to-me/")
    assert sheets_of_letter_paper(page) == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("table", name="Mark one box in each row")).to_be_visible()
    expect(page.get_by_role("link", name="My questions for the visit")).to_be_hidden()
