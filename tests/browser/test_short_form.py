"""The request form on a phone: short, quick to fill in by touch and by keyboard, and accessible in each state."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import ERROR_TITLE, assert_accessible, assert_error, assert_fits
from tests.browser.test_accessibility import DESKTOP, screen

__all__ = ["screen"]  # used as a fixture

FORM = "/consultation/"
FROM_ARTICLE = "/consultation/?from=ketamine-and-chronic-pain-basics"
PHONE = {"width": 390, "height": 844}
MOST_SCREENS, MOST_CONTROLS, MOST_WORDS, MOST_TAPS, MOST_KEYS = 2.5, 12, 200, 4, 50
SEND = "Ask for a consultation"
SENT = re.compile(r"/consultation/received/[\w-]+/$")
NOT_SENT_YET = re.compile("^Choose a time: nothing is sent yet")
# From the top of the page to the end of its main part, without the room below.
SCREENS = "document.querySelector('main').lastElementChild.getBoundingClientRect().bottom / innerHeight"
CONTROLS = """[...document.querySelectorAll('main :is(input, select, textarea, button)')]
    .filter(control => control.checkVisibility() && !control.closest('.trap')).length"""
WORDS = "document.querySelector('main').innerText.split(/\\s+/).filter(word => /[\\p{L}\\p{N}]/u.test(word)).length"


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Iterator[Page]:
    """Return a page on a phone of 390 pixels."""
    context = browser.new_context(base_url=base_url, viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.fixture
def phone_without_script(browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=base_url, viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def when_they_ask_for_times(page: Page) -> None:
    page.goto(FORM)
    page.get_by_label("Full name").fill("Tia Times")
    page.get_by_label("Phone number").fill("727 555 0199")
    page.get_by_label("Choose a time").check()
    page.get_by_label("I am 18 or older").check()
    page.get_by_role("button", name=SEND).click()


@pytest.mark.parametrize("path", [FORM, FROM_ARTICLE])
def test_the_form_is_short_on_a_phone(phone: Page, path: str) -> None:
    phone.goto(path)
    assert phone.evaluate(SCREENS) <= MOST_SCREENS
    assert phone.evaluate(CONTROLS) <= MOST_CONTROLS
    assert phone.evaluate(WORDS) <= MOST_WORDS


def test_after_typing_two_taps_send_the_form(phone: Page) -> None:
    phone.goto(FORM)
    phone.get_by_label("Full name").fill("Tad Tapper")
    phone.get_by_label("Phone number").fill("727 555 0199")
    phone.get_by_label("E-mail address").fill("tad@example.com")
    taps = [phone.get_by_label("I am 18 or older"), phone.get_by_role("button", name=SEND)]
    for target in taps:
        target.tap()
    expect(phone).to_have_url(SENT)
    assert len(taps) <= MOST_TAPS


def test_everything_in_sight_is_filled_in_by_keyboard_with_few_keys(phone: Page) -> None:
    phone.goto(FORM)
    answers = {"id_name": "Kay Board", "id_phone": "727 555 0199", "id_email": "kay@example.com"}
    to_tick = ["id_voicemail", "id_texts", "id_adult"]
    keys = 0
    while (focused := phone.evaluate("document.activeElement.id")) != "send":
        if focused in answers:
            phone.keyboard.type(answers.pop(focused))
        if focused in to_tick:
            to_tick.remove(focused)
            phone.keyboard.press("Space")
            keys += 1
        phone.keyboard.press("Tab")
        keys += 1
        assert keys < MOST_KEYS
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(SENT)
    assert (answers, to_tick) == ({}, [])
    assert keys + 1 <= MOST_KEYS


def test_the_line_in_spanish_opens_the_interpreters_without_a_script(phone_without_script: Page) -> None:
    page = phone_without_script
    page.goto(FORM)
    expect(page.get_by_label("Interpreter (optional)")).to_be_hidden()
    page.get_by_role("link", name="Pida un intérprete gratis").click()
    expect(page.get_by_label("Interpreter (optional)")).to_be_in_viewport()


def test_a_default_is_no_longer_claimed_once_somebody_answered(phone_without_script: Page) -> None:
    page = phone_without_script
    page.goto(FORM)
    summary = page.locator("summary", has_text="If someone else answers")
    expect(page.get_by_text("we say nothing")).to_be_visible()
    summary.click()
    page.get_by_label("You may say that the clinic is calling").click()
    summary.click()
    expect(page.get_by_label("You may say that the clinic is calling")).to_be_hidden()
    expect(page.get_by_text("we say nothing")).to_be_hidden()


def test_the_words_we_will_say_follow_the_ticks_without_a_script(phone_without_script: Page) -> None:
    page = phone_without_script
    page.goto(FORM)
    page.get_by_text("Hear what we will say").click()
    words, none = page.get_by_text("You can call me back at"), page.get_by_text("we leave no voicemail")
    expect(words).to_be_hidden()
    expect(none).to_be_visible()
    page.get_by_label("Leave a voicemail").check()
    expect(words).to_be_visible()
    expect(none).to_be_hidden()
    expect(page.get_by_text("We have your request [reference]")).to_be_visible()
    page.get_by_label("E-mail me").uncheck()
    expect(page.get_by_text("We have your request [reference]")).to_be_hidden()


def test_a_person_reached_by_text_alone_fills_in_the_form_without_a_script(phone_without_script: Page) -> None:
    page = phone_without_script
    page.goto(FORM)
    page.get_by_label("Full name").fill("Tex Tonly")
    for way in ("Call me", "E-mail me"):
        page.get_by_label(way).uncheck()
    page.get_by_label("I am 18 or older").check()
    page.get_by_role("button", name=SEND).click()
    assert_error(page, "id_call", "Tick at least one way in which we may reach you")
    page.get_by_label("Text me").check()
    page.get_by_label("Phone number").fill("727 555 0199")
    page.get_by_role("button", name=SEND).click()
    expect(page).to_have_url(SENT)


def test_every_group_is_accessible_when_it_is_open(screen: Page) -> None:
    screen.goto(FROM_ARTICLE)
    for summary in screen.locator("details > summary").all():
        summary.click()
    expect(screen.locator("details[open]")).to_have_count(5)
    assert_accessible(screen, also_at=DESKTOP)


def test_errors_in_the_groups_are_accessible_and_in_sight(screen: Page) -> None:
    screen.goto(FORM)
    screen.get_by_text("For whom, a note").click()
    screen.get_by_label("Short note").fill("x" * 201)
    screen.get_by_role("button", name=SEND).click()
    expect(screen).to_have_title(ERROR_TITLE)
    expect(screen.get_by_label("Short note")).to_be_visible()
    assert_accessible(screen, also_at=DESKTOP)


def test_the_form_in_a_crisis_is_accessible_and_asks_for_no_word_about_emergencies(screen: Page) -> None:
    screen.goto(FORM)
    screen.get_by_text("For whom, a note").click()
    screen.get_by_label("Short note").fill("I want to die")
    screen.get_by_role("button", name=SEND).click()
    expect(screen.get_by_role("region", name="call or text 988 now")).to_be_focused()
    expect(screen.get_by_label("I am 18 or older", exact=True)).to_be_visible()
    expect(screen.get_by_text("this is not an emergency")).to_have_count(0)
    assert_accessible(screen, also_at=DESKTOP)


def test_a_time_is_booked_by_keyboard_without_a_script(phone_without_script: Page) -> None:
    page = phone_without_script
    when_they_ask_for_times(page)
    expect(page).to_have_title(NOT_SENT_YET)
    page.get_by_role("main").get_by_role("link", name="day,").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    last_day = page.get_by_role("group", name="day,").last
    expect(last_day.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page).to_have_url(SENT)
    expect(page).to_have_title(re.compile("^Your visit is booked"))


def test_the_page_of_times_is_accessible_and_each_time_says_its_day(screen: Page) -> None:
    when_they_ask_for_times(screen)
    assert_accessible(screen, also_at=DESKTOP)
    radios = screen.get_by_role("radio", name="day,").count()
    assert 0 < radios == screen.get_by_role("radio").count()
    screen.get_by_role("button", name="Book this time").click()
    expect(screen).to_have_title(ERROR_TITLE)
    expect(screen.locator(".error-summary")).to_be_focused()
    assert_accessible(screen, also_at=DESKTOP)
    for smallest in (320, 256):
        screen.set_viewport_size({"width": smallest, "height": 256})
        assert_fits(screen)
