"""All pages for editors and reviewers pass axe and do not scroll sideways."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser.comfort import assert_comfortable
from tests.browser.conftest import Newsroom, Open
from tests.browser.editing import EDITOR, FAULTY, PAGES, body, given_an_article, when_they_save, when_they_sign_in
from tests.browser.pages import ERROR_TITLE, assert_accessible
from tests.browser.publishing_data import REVIEWER
from tests.browser.test_desk import press, then_it_says
from tests.shipped import SLUGS

pytestmark = pytest.mark.slow

SLUG = SLUGS[0]  # published; with a newer draft that waits for review
DRAFT = "only-a-draft"
Screen = dict[str, Any]
Sessions = dict[str, StorageState]
WIDE: Screen = {"viewport": {"width": 1280, "height": 900}}
NARROW = 390  # pixels
EDITORS = [
    "",
    f"edit/{SLUG}/",
    f"edit/{SLUG}/?file",
    f"edit/{DRAFT}/",
    f"history/{SLUG}/",
    f"history/{SLUG}/?compare=1:2",
    f"review/{SLUG}/",
    "files/clinic.yaml/history/",
    "readers/",
    "pictures/",
    "sources/new/",
    "../readerfeedback/",
    "../../",
    "../../password_change/",
]
REVIEWERS = ["", f"review/{SLUG}/", f"review/{DRAFT}/", "../../"]
SESSIONS = [(EDITOR, path) for path in EDITORS] + [(REVIEWER, path) for path in REVIEWERS]


@pytest.fixture(scope="module")
def sessions(browser: Browser, newsroom: Newsroom) -> Sessions:
    """Map users to their session cookies; every page has content."""
    found = {}
    for who in (EDITOR, REVIEWER):
        context = browser.new_context(base_url=newsroom.site.url)
        page = when_they_sign_in(context.new_page(), newsroom, who)
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
        if who == EDITOR:
            given_a_newer_draft_that_waits(page)
            given_an_article(page, "Only a draft")
        found[who] = context.storage_state()
        context.close()
    return found


def given_a_newer_draft_that_waits(page: Page) -> None:
    page.goto(f"{PAGES}edit/{SLUG}/")
    body(page).fill(body(page).input_value().replace("\n- ", "\n- In short: ", 1))
    when_they_save(page)
    page.goto(f"{PAGES}review/{SLUG}/")
    press(page, "Send to review")
    then_it_says(page, "The text was sent to review.")


@pytest.mark.parametrize(("who", "path"), SESSIONS)
def test_every_page_is_accessible(open_page: Open, sessions: Sessions, who: str, path: str) -> None:
    page = open_page(storage_state=sessions[who], bypass_csp=True, **WIDE)
    answer = page.goto(PAGES + path)
    assert answer
    assert answer.status == 200
    assert_accessible(page, also_at=NARROW)
    assert_comfortable(page)


def test_the_editor_in_use_is_accessible(open_page: Open, sessions: Sessions) -> None:
    page = open_page(storage_state=sessions[EDITOR], bypass_csp=True, **WIDE)
    page.goto(f"{PAGES}edit/{DRAFT}/")
    for tool in ("Source…", "Term…", "Shared passage…", "Picture…"):
        press(page, tool)
        expect(page.get_by_role("dialog")).to_be_visible()
        assert_accessible(page, also_at=NARROW)
        press(page, "Close")
    body(page).fill(FAULTY)
    press(page, "Publish")
    expect(page).to_have_title(ERROR_TITLE)
    expect(page.get_by_role("group", name="There is a problem")).to_be_focused()
    assert_accessible(page, also_at=NARROW)


@pytest.mark.parametrize("path", ["new/", f"rename/{DRAFT}/", "sources/new/"])
def test_a_form_with_errors_is_accessible(open_page: Open, sessions: Sessions, path: str) -> None:
    page = open_page(storage_state=sessions[EDITOR], bypass_csp=True, **WIDE)
    page.goto(PAGES + path)
    page.get_by_role("main").get_by_role("textbox").last.fill("Not An Address")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert_accessible(page, also_at=NARROW)
