"""A patient follows and changes their request, without an account and without JavaScript."""

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import assert_accessible, assert_error
from tests.browser.test_accessibility import DESKTOP, screen

__all__ = ["screen"]  # used as a fixture

CONFIRM = "Confirm that it is me"
CONFIRM_LABEL = "Last four digits of your phone number"
WRONG = "This does not match your request. Enter the end of the number as you typed it in the form."
PREPARE = "Save what to prepare"
BAD_NUMBER = "Phone number must have 10 digits, like 727 555 0142"


def given_a_patient_who_asked_for_a_consultation(page: Page) -> None:
    page.goto("/consultation/")
    page.get_by_label("Full name").fill("Dee Status")
    page.get_by_label("Phone number").fill("727 555 0199")
    page.get_by_label("E-mail address").fill("dee@example.com")
    page.get_by_label("I am 18 or older").check()
    page.get_by_role("button", name="Ask for a consultation").click()
    expect(page).to_have_url(re.compile(r"/consultation/received/[\w-]+/$"))


def when_they_open_their_own_page(page: Page) -> None:
    page.get_by_role("link", name="where your request stands").click()
    expect(page).to_have_url(re.compile(r"/consultation/status/[\w-]+/$"))


def when_they_confirm(page: Page, known: str) -> None:
    page.get_by_label(CONFIRM_LABEL).fill(known)
    page.get_by_role("button", name=CONFIRM).click()


def when_they_save_another_number(page: Page, number: str) -> None:
    page.get_by_label("New phone number").fill(number)
    page.get_by_role("button", name="Save", exact=True).click()


def when_they_take_the_request_back(page: Page) -> None:
    page.get_by_label("Yes, take it back").check()
    page.get_by_role("button", name="Take my request back").click()


def then_it_says(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


def then_it_is_saved(page: Page, heading: str, word: str) -> None:
    expect(page).to_have_url(re.compile(rf"/consultation/status/[\w-]+/\?saved={word}$"))
    expect(page).to_have_title(re.compile(f"^{heading}"))
    expect(page.get_by_role("group", name=heading)).to_be_focused()


def then_nothing_personal_is_shown(page: Page) -> None:
    main = page.get_by_role("main")
    for typed in ("Dee", "0199", "dee@example.com"):
        expect(main).not_to_contain_text(typed)


def test_a_patient_corrects_their_number_and_withdraws_the_request(reader: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(reader)
    when_they_open_their_own_page(reader)
    then_it_says(reader, "We have your request")
    then_nothing_personal_is_shown(reader)
    when_they_confirm(reader, "0199")
    expect(reader.get_by_text("The number we have ends in 99.")).to_be_visible()
    then_nothing_personal_is_shown(reader)
    when_they_save_another_number(reader, "727.555.0188")
    then_it_is_saved(reader, "Your new phone number is saved", "changes")
    when_they_confirm(reader, "0188")
    when_they_take_the_request_back(reader)
    then_it_is_saved(reader, "Your request is taken back", "withdrawn")
    then_it_says(reader, "Your request was taken back")
    expect(reader.get_by_role("button", name=CONFIRM)).to_have_count(0)
    assert reader.context.cookies() == []


def test_good_times_are_saved(reader: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(reader)
    when_they_open_their_own_page(reader)
    when_they_confirm(reader, "0199")
    reader.get_by_label("Midday").check()
    reader.get_by_role("button", name="Save", exact=True).click()
    then_it_is_saved(reader, "Your good times are saved", "changes")
    when_they_confirm(reader, "0199")
    expect(reader.get_by_label("Midday")).to_be_checked()
    expect(reader.get_by_label("Morning")).not_to_be_checked()


def test_one_window_does_not_overwrite_another(reader: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(reader)
    when_they_open_their_own_page(reader)
    other = reader.context.new_page()
    other.goto(reader.url)
    for window in (reader, other):
        when_they_confirm(window, "0199")
    other.get_by_label("Midday").check()
    other.get_by_role("button", name="Save", exact=True).click()
    then_it_is_saved(other, "Your good times are saved", "changes")
    when_they_save_another_number(reader, "727 555 0188")
    expect(reader.get_by_role("group", name="Not saved yet")).to_be_focused()
    expect(reader.get_by_label("Midday")).to_be_checked()
    expect(reader.get_by_label("New phone number")).to_have_value("727 555 0188")
    reader.get_by_role("button", name="Save", exact=True).click()
    then_it_is_saved(reader, "Your changes are saved", "changes")


def test_an_invalid_link_is_accessible_and_says_what_to_do(screen: Page) -> None:
    screen.goto("/consultation/status/unknown/")
    then_it_says(screen, "This link does not work")
    then_the_page_is_accessible(screen)


def test_after_incorrect_answers_the_page_says_to_call(reader: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(reader)
    when_they_open_their_own_page(reader)
    for _ in range(5):
        when_they_confirm(reader, "9999")
        assert_error(reader, "id_known", WRONG)
    when_they_confirm(reader, "0199")
    then_it_says(reader, "Call us to change something")
    expect(reader.get_by_role("main").get_by_role("link", name="(727) 555-0142")).to_be_visible()


def test_an_invalid_number_is_an_error_and_remains_in_the_field(reader: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(reader)
    when_they_open_their_own_page(reader)
    when_they_confirm(reader, "0199")
    when_they_save_another_number(reader, "555 0188")
    assert_error(reader, "id_phone", BAD_NUMBER)
    expect(reader.get_by_label("New phone number")).to_have_value("555 0188")
    when_they_save_another_number(reader, "727 555 0188")
    then_it_is_saved(reader, "Your new phone number is saved", "changes")


def test_every_page_is_accessible(screen: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(screen)
    when_they_open_their_own_page(screen)
    then_the_page_is_accessible(screen)
    when_they_confirm(screen, "9999")
    assert_error(screen, "id_known", WRONG)
    then_the_page_is_accessible(screen)
    when_they_confirm(screen, "0199")
    then_it_says(screen, "Change your request")
    then_the_page_is_accessible(screen)
    when_they_save_another_number(screen, "555")
    assert_error(screen, "id_phone", BAD_NUMBER)
    then_the_page_is_accessible(screen)
    when_they_save_another_number(screen, "727 555 0188")
    then_it_is_saved(screen, "Your new phone number is saved", "changes")
    then_the_page_is_accessible(screen)


def test_what_to_prepare_is_asked_after_sending_and_printed_with_the_copy(screen: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(screen)
    then_the_page_is_accessible(screen)
    screen.get_by_label("Interpreter (optional)").select_option("other")
    screen.get_by_role("button", name=PREPARE).click()
    assert_error(screen, "id_needs_interpreter_other", "Enter the language you want")
    then_the_page_is_accessible(screen)
    screen.get_by_label("Another language").fill("Twi")
    screen.get_by_role("button", name=PREPARE).click()
    expect(screen.get_by_role("group", name="We noted it")).to_be_focused()
    then_the_page_is_accessible(screen)
    screen.get_by_role("link", name="Get a copy of your answers").click()
    then_the_page_is_accessible(screen)
    when_they_confirm(screen, "0199")
    then_the_page_is_accessible(screen)
    screen.emulate_media(media="print")
    for answer in ("Dee Status", "727 555 0199", "dee@example.com", "Twi", "I am 18 or older"):
        expect(screen.get_by_text(answer).first).to_be_visible()
    expect(screen.get_by_role("navigation", name="Main")).to_be_hidden()
    screen.emulate_media(media="screen")


def test_needs_are_changed_after_confirming(reader: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(reader)
    when_they_open_their_own_page(reader)
    when_they_confirm(reader, "0199")
    expect(reader.get_by_text("You allowed no voicemail")).to_be_hidden()
    reader.get_by_text("Hear what we will say").click()
    expect(reader.get_by_text("You allowed no voicemail")).to_be_visible()
    reader.get_by_label("Step-free access").check()
    reader.get_by_role("button", name=PREPARE).click()
    then_it_is_saved(reader, "Your language and access needs are saved", "needs")


def then_the_page_is_accessible(page: Page) -> None:
    assert_accessible(page, also_at=DESKTOP)
