"""The front desk prints a request: an ordinary one on one page, and a long one to its end."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.comfort import assert_comfortable
from tests.browser.desk_data import LONGEST
from tests.browser.pages import assert_accessible
from tests.browser.test_patient_journey import when_the_front_desk_signs_in
from tests.serving import Site

LIST = "/admin/appointments/consultationrequest/"
PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b")


def when_they_open_the_sheet_of(page: Page, search: str) -> None:
    page.goto(f"{LIST}?q={search}")
    page.locator("#result_list .field-who a").first.click()
    page.goto(page.url.partition("change/")[0] + "print/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Request")


def pages_of(page: Page) -> int:
    return len(PAGE_OF_PDF.findall(page.pdf(prefer_css_page_size=True)))


def then_it_fits_the_width_of_the_paper(page: Page) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 960})  # 7.5 by 10 inches
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_an_ordinary_request_is_one_page(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = when_the_front_desk_signs_in(busy_desk, busy_site)
    when_they_open_the_sheet_of(page, "Bo Li")
    assert pages_of(page) == 1
    then_it_fits_the_width_of_the_paper(page)


def test_a_request_of_the_greatest_length_is_printed_to_the_end(busy_desk: BrowserContext, busy_site: Site) -> None:
    page = when_the_front_desk_signs_in(busy_desk, busy_site)
    when_they_open_the_sheet_of(page, LONGEST["name"])
    assert pages_of(page) > 1
    then_it_fits_the_width_of_the_paper(page)
    expect(page.get_by_text("Note 10")).to_be_visible()
    expect(page.get_by_text("Printed on")).to_be_visible()
    expect(page.get_by_text("Back to the queue")).to_be_hidden()
    clipped = "[...document.querySelectorAll('.sheet *')].filter(tag => tag.scrollWidth > tag.clientWidth + 1 \
&& getComputedStyle(tag).display !== 'inline').map(tag => tag.outerHTML)"
    assert page.evaluate(clipped) == []


@pytest.mark.parametrize("path", [LIST, f"{LIST}?queue=ended", f"{LIST}?q=zzzz", "/admin/", "print"])
def test_the_queue_and_the_sheet_are_accessible(busy_desk: BrowserContext, busy_site: Site, path: str) -> None:
    page = when_the_front_desk_signs_in(busy_desk, busy_site)
    if path == "print":
        when_they_open_the_sheet_of(page, "Bo Li")
    else:
        page.goto(path)
    assert_accessible(page, also_at=768)
    assert_comfortable(page)
