"""An article on a phone: the answer in the first screen, terms in their place, sources one touch away."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import ARTICLES, assert_accessible
from tests.serving import Site


@pytest.fixture(scope="session")
def base_url(readers_site: Site) -> str:
    return readers_site.url


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Page:
    return browser.new_page(base_url=base_url, viewport={"width": 390, "height": 844})


def top(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("element => element.getBoundingClientRect().top"))


@pytest.mark.parametrize("path", ARTICLES)
def test_the_first_screen_answers_and_the_invitation_comes_before_the_sources(phone: Page, path: str) -> None:
    phone.goto(path)
    order = ["h1", ".article-meta", ".strip", ".in-short", ".plain-facts", ".key-points", ".contents", ".invitation"]
    tops = [top(phone, selector) for selector in [*order, ".schedule", ".sources", ".colophon"]]
    assert tops == sorted(tops)
    expect(phone.locator(".in-short .certainty")).to_have_count(3)


def test_a_term_shows_its_definition_in_its_place(phone: Page) -> None:
    phone.goto(ARTICLES[0])
    term = phone.locator(".key-points .term").first
    note = phone.locator(f"#{term.get_attribute('popovertarget')}")
    expect(note).to_be_hidden()
    term.focus()
    phone.keyboard.press("Enter")
    expect(note).to_be_visible()
    expect(note).to_be_in_viewport(ratio=1)
    assert_accessible(phone)
    phone.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(term).to_be_focused()


def test_a_citation_opens_the_folded_sources(phone: Page) -> None:
    phone.goto(ARTICLES[0])
    expect(phone.locator("#source-1")).to_be_hidden()
    phone.locator("#cite-1").click()
    expect(phone.locator("#source-1")).to_be_in_viewport()


def test_a_link_to_a_source_opens_its_kind_in_the_list_of_all(phone: Page) -> None:
    phone.goto("/glossary/")
    link = phone.locator(".term-source").first
    key = (link.get_attribute("href") or "").partition("#")[2]
    link.click()
    expect(phone.locator(f"[id='{key}']")).to_be_in_viewport()


def test_what_is_folded_is_open_on_paper(phone: Page) -> None:
    phone.goto(ARTICLES[0])
    phone.emulate_media(media="print")
    for folded in ("#source-1", ".colophon dl", ".contents ol"):
        expect(phone.locator(folded)).to_be_visible()
