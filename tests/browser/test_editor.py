"""The editor in a real browser: typing, unsaved text, and use without scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from tests.browser.conftest import Newsroom
from tests.browser.editing import EDITOR, when_they_sign_in
from tests.browser.pages import assert_accessible

pytestmark = pytest.mark.slow

SLUGS = {
    "typing": "ketamine-infusion-step-by-step",
    "keeping": "ketamine-and-chronic-pain-basics",
    "racing": "ketamine-for-pain-who-and-how",
    "plain": "weighing-ketamine-with-pain-medicine",
    "leaving": "what-ketamine-pain-studies-show",
}
SLIP = "It is a miracle."
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 768, "height": 1024}


@pytest.fixture
def desk(browser: Browser, newsroom: Newsroom) -> Iterator[BrowserContext]:
    """A browser context signed in as an editor."""
    context = browser.new_context(base_url=newsroom.site.url, viewport=WIDE)  # type: ignore[arg-type]
    when_they_sign_in(context.new_page(), newsroom, EDITOR)
    yield context
    context.close()


@pytest.fixture
def plain_desk(browser: Browser, newsroom: Newsroom) -> Iterator[BrowserContext]:
    """A browser context signed in as an editor, without JavaScript."""
    context = browser.new_context(base_url=newsroom.site.url, viewport=NARROW, java_script_enabled=False)  # type: ignore[arg-type]
    when_they_sign_in(context.new_page(), newsroom, EDITOR)
    yield context
    context.close()


def given_the_editor(desk: BrowserContext, slug: str, size: Any = WIDE) -> Page:
    page = desk.new_page()
    page.set_viewport_size(size)
    page.goto(f"/admin/articles/contentfile/edit/{slug}/")
    expect(page.locator("#preview")).to_be_visible()
    return page


def text(page: Page) -> str:
    return page.get_by_label("Text", exact=True).input_value()


def when_they_type(page: Page, words: str) -> None:
    """Type a paragraph above the common questions."""
    page.get_by_label("Text", exact=True).fill(text(page).replace("## Common", f"{words}\n\n## Common"))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def then_it_says(page: Page, words: str) -> None:
    expect(page.locator(".messagelist")).to_contain_text(words)


def chosen(page: Page) -> str:
    return str(page.evaluate("getSelection().toString()"))


def test_preview_and_findings_follow_typing(desk: BrowserContext) -> None:
    page = given_the_editor(desk, SLUGS["typing"])
    preview = page.frame_locator("iframe[title='Preview of the page']")
    expect(preview.get_by_role("heading", level=1)).to_have_text("A ketamine infusion, step by step")
    expect(page.locator("#counted")).to_have_text("Nothing stops publication, and every warning is answered.")
    expect(page.get_by_label("Why may it stay?")).to_have_count(0)
    assert_accessible(page)

    when_they_type(page, SLIP)
    finding = page.locator("#findings li", has_text="“miracle” promises too much.")
    expect(finding).to_be_visible()
    expect(preview.get_by_text(SLIP)).to_be_attached()
    finding.get_by_role("link", name="Show me where").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Text", exact=True)).to_be_focused()
    assert chosen(page) == SLIP

    page.get_by_label("Summary").fill("word " * 61)
    expect(page.locator("#findings")).to_contain_text("“Summary” has 61 words. Keep it to 60.")
    expect(page.locator("#preview-note")).to_contain_text("This is how it was before.")
    expect(page.locator("#findings")).to_contain_text("“miracle” promises too much.")
    page.locator("#findings").get_by_role("link", name="Show me where (“Summary”)").click()
    expect(page.get_by_label("Summary")).to_be_focused()

    page.get_by_label("Summary").fill("What one visit is like.")
    page.get_by_label("Text", exact=True).fill(text(page).replace(SLIP, "Ask all of it, and every day."))
    answer = page.get_by_label("Why may it stay? (A09)")
    expect(answer).to_be_visible()
    page.locator("#findings").get_by_role("link", name="Say why it may stay").first.click()
    expect(answer).to_be_focused()
    page.keyboard.type("It is a made-up reason.")
    answered = page.locator("#findings summary", has_text="Warnings you have answered")
    expect(answered).to_contain_text("(1)")
    expect(answer).to_be_focused()
    answer.fill("")
    page.get_by_label("Text", exact=True).fill(text(page).replace("Ask all of it, and every day.", ""))
    expect(answer).to_have_count(0)


def test_an_unsaved_answer_is_restored_with_its_box(desk: BrowserContext) -> None:
    page = given_the_editor(desk, SLUGS["keeping"])
    when_they_type(page, "Ask all of it, and every day.")
    page.get_by_label("Why may it stay? (A09)").fill("It claims nothing.")
    page.close()
    page = given_the_editor(desk, SLUGS["keeping"])
    expect(page.get_by_label("Why may it stay? (A09)")).to_have_count(0)
    press(page, "Put it back")
    expect(page.get_by_label("Why may it stay? (A09)")).to_have_value("It claims nothing.")
    expect(page.locator("[name=answer_A09]")).to_have_count(1)
    page.get_by_label("Text", exact=True).fill(text(page).replace("Ask all of it, and every day.", ""))
    press(page, "Save draft")
    page.get_by_label("Why may it stay? (A09)").fill("")
    press(page, "Save draft")
    expect(page.get_by_label("Why may it stay? (A09)")).to_have_count(0)


def test_the_preview_stays_on_the_edited_page(desk: BrowserContext) -> None:
    page = given_the_editor(desk, SLUGS["typing"])
    preview = page.frame_locator("iframe[title='Preview of the page']")
    preview.get_by_role("link", name="Glossary").click()
    preview.get_by_role("heading", name="Common questions").scroll_into_view_if_needed()
    expect(preview.get_by_role("heading", name="Common questions")).to_be_in_viewport()
    page.get_by_label("Title", exact=True).fill("Another title")
    expect(preview.get_by_role("heading", level=1)).to_have_text("Another title")
    expect(preview.get_by_role("heading", name="Common questions")).to_be_in_viewport()


def test_an_open_block_gets_the_focus_and_links_to_its_line(desk: BrowserContext) -> None:
    page = given_the_editor(desk, SLUGS["typing"])
    when_they_type(page, SLIP)
    press(page, "Publish")
    summary = page.get_by_role("group", name="There is a problem")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    page.set_viewport_size({"width": 1280, "height": 500})  # too low for the fixed bar, which may cover half a button
    assert_accessible(page)
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Text", exact=True)).to_be_focused()
    assert chosen(page) == SLIP
    press(page, "Check my article")
    expect(page.locator("#check")).to_be_focused()


def test_tools_and_lists_work_with_the_keyboard_only(desk: BrowserContext) -> None:
    page = given_the_editor(desk, SLUGS["typing"])
    box = page.get_by_label("Text", exact=True)
    box.fill("First words.")
    page.keyboard.press("Control+A")
    for name, expected in (
        ("Bold", "**First words.**"),
        ("List", "- **First words.**"),
        ("Heading", "## - **First words.**"),
    ):
        page.get_by_role("button", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        assert text(page) == expected
    page.keyboard.press("Control+Z")
    assert text(page) == "- **First words.**"

    box.fill("A claim")
    page.get_by_role("button", name="Source…").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Put in a source")
    assert_accessible(page)
    page.keyboard.type("ferraro 2025")
    expect(dialog.get_by_role("status")).to_have_text("2 found.")
    page.keyboard.press("ArrowDown")
    expect(dialog.locator("li button:visible").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    assert re.fullmatch(r"A claim \[@\w+\]", text(page))

    press(page, "Source…")
    page.keyboard.type("nobody wrote this")
    expect(dialog.get_by_role("status")).to_have_text("None found.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    press(page, "Term…")
    page.keyboard.type("crps")
    page.keyboard.press("Enter")
    assert "omplex regional pain syndrome" in text(page)
    press(page, "Shared passage…")
    page.get_by_role("dialog").get_by_role("button", name="Pain red flags").click()
    assert text(page).endswith("\n\n{{ block: pain_red_flags }}\n")
    expect(page.get_by_role("checkbox", name="Pain red flags")).to_be_checked()
    press(page, "Certainty…")
    page.get_by_role("dialog").get_by_role("button", name="moderate").click()
    assert text(page).endswith(" {certainty: moderate}")
    press(page, "Picture…")
    expect(page.get_by_role("link", name="Upload a picture")).to_have_attribute("target", "_blank")
    press(page, "Close")
    press(page, "Figure…")
    assert_accessible(page)
    page.keyboard.type("interval")
    page.keyboard.press("Enter")
    assert "\n\n```figure\nkind: interval\n" in text(page)
    assert text(page).endswith("\n```\n")
    for name, words in (("Link", "](/articles/)"), ("Table", "Table: What"), ("Call-out", "> [!CARE]")):
        press(page, name)
        assert words in text(page)


def test_unsaved_text_survives_a_closed_tab(desk: BrowserContext) -> None:
    page = given_the_editor(desk, SLUGS["keeping"])
    when_they_type(page, "A sentence that nobody saved.")
    expect(page.locator("#kept")).to_have_text("Not saved yet. This browser keeps a copy.")
    page.close()

    page = given_the_editor(desk, SLUGS["keeping"])
    expect(page.get_by_role("heading", name="There is text that was not saved")).to_be_visible()
    assert "nobody saved" not in text(page)
    assert_accessible(page)
    press(page, "Put it back")
    assert "A sentence that nobody saved." in text(page)
    press(page, "Save draft")
    then_it_says(page, "The draft is kept.")

    page.reload()
    expect(page.locator("#preview")).to_be_visible()
    expect(page.locator("#unsaved")).to_be_hidden()
    assert "A sentence that nobody saved." in text(page)


def test_unsaved_text_can_be_discarded(desk: BrowserContext) -> None:
    page = given_the_editor(desk, SLUGS["keeping"])
    when_they_type(page, "A sentence for nobody.")
    page.close()
    page = given_the_editor(desk, SLUGS["keeping"])
    press(page, "Throw it away")
    page.close()
    page = given_the_editor(desk, SLUGS["keeping"])
    expect(page.locator("#unsaved")).to_be_hidden()


def test_leaving_with_unsaved_text_asks_for_confirmation(desk: BrowserContext) -> None:
    page = given_the_editor(desk, SLUGS["leaving"])
    dialogs: list[str] = []

    def go_on(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        dialog.accept()

    page.on("dialog", go_on)
    when_they_type(page, "A sentence.")
    page.get_by_role("link", name="History").click()
    expect(page).to_have_url(re.compile("/history/"))
    assert dialogs == ["beforeunload"]


def test_text_survives_an_ended_session(desk: BrowserContext, newsroom: Newsroom) -> None:
    page = given_the_editor(desk, SLUGS["leaving"])
    desk.clear_cookies(name="sessionid")
    when_they_type(page, "A late sentence.")
    expect(page.locator("#counted")).to_contain_text("You are signed out.")
    when_they_sign_in(desk.new_page(), newsroom, EDITOR)
    when_they_type(page, "A later one.")
    expect(page.locator("#counted")).to_contain_text("publication")

    desk.clear_cookies(name="sessionid")
    press(page, "Save draft")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your text is not saved")
    assert "A late sentence." in page.get_by_label("Text", exact=True).input_value()
    assert_accessible(page)


def test_two_editors_lose_no_text(desk: BrowserContext) -> None:
    first, second = (given_the_editor(desk, SLUGS["racing"]) for _ in range(2))
    when_they_type(first, "The first editor wrote this.")
    press(first, "Save draft")
    then_it_says(first, "The draft is kept.")
    when_they_type(second, "The second editor wrote that.")
    press(second, "Save draft")
    expect(second.get_by_role("heading", name="Somebody saved meanwhile")).to_be_visible()
    assert "The second editor" in text(second)
    expect(second.get_by_label("Their text, to copy from")).to_have_value(re.compile("The first editor"))
    assert_accessible(second)
    press(second, "Save mine on top of theirs")
    then_it_says(second, "The draft is kept.")
    second.get_by_role("link", name="History").click()
    expect(second.locator("#revisions tbody tr")).to_have_count(3)


def test_the_editor_works_without_scripts(plain_desk: BrowserContext) -> None:
    page = plain_desk.new_page()
    page.goto(f"/admin/articles/contentfile/edit/{SLUGS['plain']}/")
    expect(page.get_by_role("button", name="Bold")).to_be_hidden()
    page.get_by_text("What to type for a source").click()
    expect(page.get_by_text("[@cohen2018]", exact=True).last).to_be_visible()

    when_they_type(page, SLIP)
    press(page, "Check my article")
    finding = page.locator("#findings li", has_text="“miracle” promises too much.")
    expect(finding).to_contain_text(f"of the text: {SLIP}")
    expect(finding.get_by_role("link", name="Show me where")).to_have_attribute("href", "#id_body")

    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview in a new window").click()
    expect(opened.value.get_by_text(SLIP)).to_be_visible()

    press(page, "Publish")
    page.get_by_role("group", name="There is a problem").get_by_role("link").first.click()
    expect(page.locator("#findings li:target")).to_contain_text("miracle")
    press(page, "Save draft")
    then_it_says(page, "The draft is kept.")
    assert SLIP in text(page)


def test_the_editor_is_usable_on_a_tablet(desk: BrowserContext) -> None:
    page = given_the_editor(desk, SLUGS["typing"], NARROW)
    assert_accessible(page)
    page.goto(f"{page.url}?file")
    expect(page.get_by_label("The whole file")).to_be_visible()
    assert_accessible(page)
