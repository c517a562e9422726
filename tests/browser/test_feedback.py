"""Feedback from readers to staff: a reader says what is unclear, and an editor works through the feedback."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import ARTICLES, assert_accessible, assert_error
from tests.browser.test_accessibility import DESKTOP, screen
from tests.inside import run_inside
from tests.serving import Serving, Site

__all__ = ["screen"]  # used as a fixture
ARTICLE = ARTICLES[0]
QUEUE = "/admin/articles/readerfeedback/"
READERS = "/admin/articles/contentfile/readers/"
EMPTY = "Enter what is unclear"


@pytest.fixture(scope="module")
def feedback_site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    """Serve a site whose editors find feedback from readers."""
    with serving(tmp_path_factory.mktemp("feedback"), web_only=True) as site:
        site.fetch("/readyz")
        yield site


@pytest.fixture(scope="module")
def session(feedback_site: Site) -> str:
    """Return the session of an editor of that site."""
    return str(run_inside(feedback_site.var, feedback_site.database_url, "tests.browser.reader_data"))


@pytest.fixture
def editor(browser: Browser, feedback_site: Site, session: str) -> Iterator[Page]:
    context = browser.new_context(base_url=feedback_site.url, viewport={"width": 768, "height": 900}, bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": session, "url": feedback_site.url}])
    yield context.new_page()
    context.close()


def when_they_give_feedback(page: Page, text: str) -> None:
    page.get_by_label("What is unclear?").fill(text)
    page.get_by_role("button", name="Tell us what is unclear").click()


def when_they_vote(page: Page, answer: str) -> None:
    page.goto(ARTICLE)
    page.get_by_role("button", name=answer, exact=True).click()


def test_a_reader_gives_feedback_without_javascript(reader: Page) -> None:
    reader.goto(ARTICLE)
    reader.get_by_text("Something here is unclear").click()
    reader.get_by_label("Which part?").select_option("Key points")
    when_they_give_feedback(reader, "")
    assert_error(reader, "feedback_text", EMPTY)
    expect(reader.get_by_label("Which part?")).to_have_value("Key points")
    when_they_give_feedback(reader, "What is a set?")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Thank you")
    reader.get_by_role("link", name="Back to the article").click()
    expect(reader).to_have_url(reader.url)
    assert reader.context.cookies() == []


def test_a_reader_who_votes_no_may_say_why(reader: Page) -> None:
    when_they_vote(reader, "No")
    expect(reader.get_by_role("heading", name="What was unclear?")).to_be_visible()
    when_they_give_feedback(reader, "The table.")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(reader.get_by_label("What is unclear?")).to_have_count(0)


def test_feedback_by_keyboard_alone(page: Page) -> None:
    page.goto(ARTICLE)
    page.get_by_role("button", name="No", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for keys in ("Tab", "ArrowDown", "Tab"):
        page.keyboard.press(keys)
    page.keyboard.type("What is a set?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_every_feedback_page_is_accessible(screen: Page) -> None:
    screen.goto(ARTICLE)
    screen.get_by_text("Something here is unclear").click()
    assert_accessible(screen, also_at=DESKTOP)
    when_they_give_feedback(screen, "")
    assert_error(screen, "feedback_text", EMPTY)
    assert_accessible(screen, also_at=DESKTOP)
    when_they_give_feedback(screen, "I want to die")
    expect(screen.get_by_role("heading", name="call or text 988 now")).to_be_visible()
    assert_accessible(screen, also_at=DESKTOP)
    when_they_vote(screen, "No")
    expect(screen.get_by_role("heading", name="What was unclear?")).to_be_visible()
    assert_accessible(screen, also_at=DESKTOP)


@pytest.mark.parametrize("path", [QUEUE, READERS])
def test_the_editors_pages_are_accessible(editor: Page, path: str) -> None:
    editor.goto(path)
    for summary in editor.locator(".figure summary").all():
        summary.click()
    assert_accessible(editor, also_at=DESKTOP)


def test_an_editor_works_through_the_queue(browser: Browser, feedback_site: Site, session: str) -> None:
    context = browser.new_context(base_url=feedback_site.url)
    context.add_cookies([{"name": "sessionid", "value": session, "url": feedback_site.url}])
    page = context.new_page()
    page.goto(f"{QUEUE}?state=open")
    row = page.locator("#result_list tbody tr", has_text="Why?").first
    row.get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("Mark as handled")
    page.get_by_role("button", name="Go").click()
    expect(page.locator(".messagelist")).to_contain_text("Marked as handled: 1.")
    page.goto(f"{QUEUE}?state=handled")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list tbody tr")).to_contain_text("Handled by erin")
    context.close()
