"""From an idea to a page that a clinician signed, without a developer; and what invalidates the signature."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Newsroom, Open
from tests.browser.editing import (
    ABOUT,
    EDITOR,
    FAULTY,
    GUIDE_SLUG,
    GUIDE_TITLE,
    MISTAKES,
    PAGES,
    TEXT,
    body,
    given_an_article,
    selected_text,
    then_nothing_stops_it,
    when_they_change,
    when_they_open_the_editor,
    when_they_publish,
    when_they_save,
    when_they_sign_in,
    when_they_start,
    when_they_write,
)
from tests.browser.pages import ARTICLES, assert_accessible
from tests.browser.publishing_data import COLLEAGUE, NAME, REVIEWER
from tests.browser.test_desk import picture, press, then_it_says

pytestmark = pytest.mark.slow

SHORTER = "how-to-get-ready"
CHECKED = f"Checked by {NAME}, MD (licensed in FL)"
PATIENCE = 20  # seconds, on a busy machine
NOT_CHECKED = "A clinician has not yet checked this page."


def then_each_mistake_is_explained(page: Page) -> None:
    """Each mistake has its message, and a link to its line."""
    for mistake in MISTAKES:
        finding = page.locator("#findings li", has_text=mistake.message).filter(has_text=mistake.line[:80])
        expect(finding).to_have_count(1)
        finding.get_by_role("link", name="Show me where").click()
        expect(body(page)).to_be_focused()
        assert selected_text(page) == mistake.line


def when_they_correct_the_mistakes(page: Page) -> None:
    """The promise and the dose are removed; the figure gets its source by search."""
    promise, figure, dose = MISTAKES
    when_they_change(page, f"{promise.line}\n\n", "")
    when_they_change(page, f"{dose.line}\n\n", "")
    finding = page.locator("#findings li", has_text=figure.message)
    expect(finding).to_have_count(1)
    finding.get_by_role("link", name="Show me where").click()
    for key in ("End", "ArrowLeft"):
        page.keyboard.press(key)
    press(page, "Source…")
    page.get_by_label("Search by author, title or year").fill("lucas 2024")
    page.keyboard.press("Enter")
    assert body(page).input_value() == TEXT


def then_the_preview_shows(page: Page, words: str) -> None:
    expect(page.frame_locator("iframe").get_by_text(words).first).to_be_visible()


def when_they_make_a_link(page: Page) -> str:
    press(page, "Make a preview link")
    return page.get_by_label("Link to this text").input_value()


def when_they_send_it_to_review(page: Page, slug: str, note: str = "", typing_fix: bool = False) -> None:
    page.goto(f"{PAGES}review/{slug}/")
    page.get_by_label("Note to the reviewer").fill(note)
    if typing_fix:
        page.get_by_label("Only a typing slip was mended").check()
    press(page, "Send to review")
    then_it_says(page, "The text was sent to review.")


def when_the_reviewer_opens_what_waits(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name=GUIDE_TITLE).first.click()


def when_the_reviewer_signs(page: Page) -> None:
    page.get_by_label(f"I am {NAME}, MD, licensed in FL.").check()
    page.get_by_role("heading", name="Sign", exact=True).scroll_into_view_if_needed()
    picture(page, "editor-sign", height=620)
    press(page, "Sign this text")
    then_it_says(page, "You signed this text.")


def then_a_reader_finds(reader: Page, banner: str) -> None:
    """Wait for the page: until it is published, readers get the previous one."""
    deadline = time.monotonic() + PATIENCE
    while not _finds(reader, banner):
        assert time.monotonic() < deadline, f"no reader finds “{banner}”"


def _finds(reader: Page, banner: str) -> bool:
    reader.goto("/articles/")
    link = reader.get_by_role("link", name=GUIDE_TITLE)
    if not link.count():
        return False
    link.first.click()
    return reader.locator(".article-meta", has_text=banner).count() == 1


def test_from_the_skeleton_to_a_signed_page_and_back_to_unchecked(open_page: Open, newsroom: Newsroom) -> None:
    editor = when_they_sign_in(open_page(), newsroom, EDITOR)
    reader = open_page(java_script_enabled=False)
    when_they_start(editor, GUIDE_TITLE)
    when_they_write(editor, FAULTY)
    then_each_mistake_is_explained(editor)
    picture(editor, "editor-check", height=860)
    when_they_correct_the_mistakes(editor)
    then_nothing_stops_it(editor)
    then_the_preview_shows(editor, "Bring a list of your medicines.")
    when_they_save(editor)
    reader.goto(when_they_make_a_link(editor))
    expect(reader.get_by_text("This is a draft for you to check.")).to_be_visible()
    expect(reader.get_by_role("heading", level=1, name=GUIDE_TITLE)).to_be_visible()
    when_they_send_it_to_review(editor, GUIDE_SLUG, "Is the first question put well?")

    reviewer = when_they_sign_in(open_page(), newsroom, REVIEWER)
    when_the_reviewer_opens_what_waits(reviewer)
    expect(reviewer.get_by_text("Note: Is the first question put well?")).to_be_visible()
    when_the_reviewer_signs(reviewer)

    when_they_open_the_editor(editor, GUIDE_SLUG)
    when_they_publish(editor)
    then_a_reader_finds(reader, CHECKED)
    when_it_is_renamed(editor)
    then_the_old_address_leads_there(reader, newsroom)

    when_they_change_a_word(editor, "Come anyway.", "Come anyways.")
    then_a_reader_finds(reader, NOT_CHECKED)
    then_the_reviewer_sees_the_words(reviewer, ["anyway"], ["anyways"])
    when_they_change_a_word(editor, "Come anyways.", "Come anyway!")
    when_they_send_it_to_review(editor, SHORTER, typing_fix=True)
    then_the_reviewer_sees_the_words(reviewer, ["."], ["!"])
    press(reviewer, "Accept as a typing fix")
    then_it_says(reviewer, "You accepted the change as a typing fix.")
    then_a_reader_finds(reader, CHECKED)
    then_the_list_names_who_signed(editor)


def then_the_old_address_leads_there(reader: Page, newsroom: Newsroom) -> None:
    """Wait for the redirect: until it is published, readers get the previous page."""
    deadline = time.monotonic() + PATIENCE
    while reader.goto(f"/articles/{GUIDE_SLUG}/") and reader.url.endswith(f"/{GUIDE_SLUG}/"):
        assert time.monotonic() < deadline, "the old address still has its page"
    assert reader.url == f"{newsroom.site.url}/articles/{SHORTER}/"


def then_the_list_names_who_signed(page: Page) -> None:
    page.goto(PAGES)
    expect(page.locator(".desk-articles tbody tr").first).to_contain_text(f"Signed by {NAME}")
    picture(page, "editor-list", height=760)


def when_it_is_renamed(page: Page) -> None:
    page.get_by_role("link", name="Rename").click()
    page.get_by_label("New address").fill(SHORTER)
    press(page, "Change the address")
    then_it_says(page, f"The address is now /articles/{SHORTER}/, and /articles/{GUIDE_SLUG}/ leads there.")


def when_they_change_a_word(page: Page, old: str, new: str) -> None:
    when_they_open_the_editor(page, SHORTER)
    when_they_change(page, old, new)
    when_they_publish(page)


def then_the_reviewer_sees_the_words(page: Page, removed: list[str], added: list[str]) -> None:
    """The reviewer sees these words alone, marked in the text."""
    page.goto(f"{PAGES}review/{SHORTER}/")
    shown = page.locator(".review-difference")
    for mark, words in (("del", removed), ("ins", added)):
        texts = shown.locator(mark).evaluate_all("marks => marks.map(mark => mark.childNodes[1].textContent)")
        assert texts == words
    picture(page, "editor-difference", height=780)


def test_an_article_is_written_by_keyboard_alone(open_page: Open, newsroom: Newsroom) -> None:
    page = open_page()
    page.goto("/admin/")
    for label, words in (("Username", EDITOR), ("Password", newsroom.passwords[EDITOR])):
        when_they_type(page, page.get_by_label(label), words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.goto(PAGES)
    when_they_press_enter_on(page, page.get_by_role("link", name="New article"))
    when_they_type(page, page.get_by_label("Title"), "Written by keys")
    page.keyboard.press("Enter")
    when_they_press_enter_on(page, page.get_by_role("button", name="Make the draft"))
    for label, words in ABOUT.items():
        when_they_type(page, page.get_by_label(label, exact=True), words)
    when_they_type(page, body(page), TEXT)
    when_they_reach(page, page.get_by_label("Your visit"))
    page.keyboard.press("Space")
    when_they_press_enter_on(page, page.get_by_role("button", name="Check my article"))
    expect(page.get_by_role("region", name="Check my article")).to_be_focused()
    then_nothing_stops_it(page)
    when_they_press_enter_on(page, page.get_by_role("button", name="Save draft"))
    then_it_says(page, "The draft is saved.")
    when_they_press_enter_on(page, page.get_by_role("link", name="Review", exact=True))
    when_they_press_enter_on(page, page.get_by_role("button", name="Send to review"))
    then_it_says(page, "The text was sent to review.")


def when_they_reach(page: Page, wanted: Locator) -> None:
    """Move by the Tab key from the focused element; with Shift to an element before it."""
    handle = wanted.element_handle()
    behind = "wanted => document.activeElement.compareDocumentPosition(wanted) === Node.DOCUMENT_POSITION_PRECEDING"
    key = "Shift+Tab" if page.evaluate(behind, handle) else "Tab"
    for _ in range(200):
        if page.evaluate("wanted => document.activeElement === wanted", handle):
            return
        page.keyboard.press(key)
    raise AssertionError(f"The Tab key does not lead to {wanted}.")


def when_they_press_enter_on(page: Page, wanted: Locator) -> None:
    when_they_reach(page, wanted)
    page.keyboard.press("Enter")


def when_they_type(page: Page, field: Locator, words: str) -> None:
    when_they_reach(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(words)


def test_an_article_is_written_without_javascript(open_page: Open, newsroom: Newsroom) -> None:
    page = when_they_sign_in(open_page(java_script_enabled=False), newsroom, EDITOR)
    when_they_start(page, "Written without a script")
    when_they_write(page, FAULTY)
    press(page, "Publish")
    problem = page.get_by_role("group", name="There is a problem")
    for mistake in MISTAKES:
        expect(problem.get_by_role("link", name=mistake.message)).to_be_visible()
    expect(problem).to_contain_text("Nothing was published. You can save the draft all the same.")
    assert body(page).input_value().strip() == FAULTY.strip()
    press(page, "Check my article")
    finding = page.locator("#findings li", has_text=MISTAKES[0].message)
    expect(finding).to_contain_text("Line 11 of the text")
    expect(finding.get_by_role("link", name="Show me where")).to_have_attribute("href", "#id_body")
    body(page).fill(TEXT)
    with page.expect_popup() as window:
        press(page, "Preview in a new window")
    expect(window.value.get_by_text("This is a preview.")).to_be_visible()
    when_they_save(page)
    when_they_publish(page)


def test_two_editors_of_one_article_lose_nothing(open_page: Open, newsroom: Newsroom) -> None:
    one = when_they_sign_in(open_page(), newsroom, EDITOR)
    two = when_they_sign_in(open_page(bypass_csp=True), newsroom, COLLEAGUE)
    slug = given_an_article(one, "Written by two")
    when_they_open_the_editor(two, slug)
    when_they_change(one, "No. Take your time.", "No. Sleep on it.")
    when_they_save(one)
    when_they_change(two, "Yes. A second pair of ears helps.", "Yes. Bring a friend.")
    press(two, "Save draft")
    stale = two.get_by_role("region", name="Somebody saved meanwhile")
    expect(stale).to_contain_text(f"{EDITOR} saved revision 3")
    expect(stale.get_by_label("Their text, to copy from")).to_have_value(re.compile("Sleep on it"))
    assert "Bring a friend." in body(two).input_value()
    picture(two, "editor-meanwhile", height=640)
    assert_accessible(two)
    press_first(two, "Save mine on top of theirs")
    then_it_says(two, "The draft is saved.")
    then_the_history_holds(two, slug, {3: "Sleep on it", 4: "Bring a friend"})


def press_first(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def then_the_history_holds(page: Page, slug: str, texts: dict[int, str]) -> None:
    for number, words in texts.items():
        page.goto(f"{PAGES}history/{slug}/?compare={number - 1}:{number}")
        expect(page.locator("ins", has_text=words).first).to_be_visible()


def test_feedback_of_a_reader_is_in_the_queue(open_page: Open, newsroom: Newsroom) -> None:
    reader = open_page(java_script_enabled=False)
    reader.goto(ARTICLES[0])
    reader.get_by_text("Something here is unclear").click()
    reader.get_by_label("What is unclear?").fill("What is a set?")
    press(reader, "Tell us what is unclear")
    editor = when_they_sign_in(open_page(), newsroom, EDITOR)
    editor.goto(PAGES)
    editor.get_by_role("link", name=re.compile("to read about")).click()
    expect(editor.locator("#result_list tbody tr")).to_contain_text("What is a set?")
