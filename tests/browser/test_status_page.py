"""A patient looks where their request stands, and changes it, without an account and without JavaScript."""

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import AS_LONG_AS_A_PERSON, assert_accessible, assert_error
from tests.browser.test_accessibility import DESKTOP, screen

__all__ = ["screen"]  # the fixture

CONFIRM = "Confirm that it is me"
CONFIRM_LABEL = "Last four digits of your phone number"
WRONG = "This does not match your request. Enter the end of the number as you typed it in the form."
BAD_NUMBER = "Phone number must have 10 digits, like 727 555 0142"


def given_a_patient_who_asked_for_a_consultation(page: Page) -> None:
    page.goto("/consultation/")
    page.get_by_label("I am 18 or older").check()
    page.get_by_label("This is not an emergency").check()
    page.get_by_label("Full name").fill("Dee Status")
    page.get_by_label("Phone number").fill("727 555 0199")
    page.get_by_label("E-mail address").fill("dee@example.com")
    page.get_by_label("I have read the privacy notice").check()
    page.wait_for_timeout(AS_LONG_AS_A_PERSON)
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


def test_a_patient_corrects_their_number_and_takes_the_request_back(reader: Page) -> None:
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


def test_the_good_times_are_kept_for_the_next_visit(reader: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(reader)
    when_they_open_their_own_page(reader)
    when_they_confirm(reader, "0199")
    reader.get_by_label("Midday").check()
    reader.get_by_role("button", name="Save", exact=True).click()
    then_it_is_saved(reader, "Your good times are saved", "changes")
    when_they_confirm(reader, "0199")
    expect(reader.get_by_label("Midday")).to_be_checked()
    expect(reader.get_by_label("Morning")).not_to_be_checked()


def test_one_window_does_not_overwrite_what_another_saved(reader: Page) -> None:
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


def test_a_link_that_opens_nothing_is_accessible_and_says_what_to_do(screen: Page) -> None:
    screen.goto("/consultation/status/unknown/")
    then_it_says(screen, "This link does not work")
    then_the_page_is_accessible(screen)


def test_after_wrong_answers_they_are_asked_to_call(reader: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(reader)
    when_they_open_their_own_page(reader)
    for _ in range(5):
        when_they_confirm(reader, "9999")
        assert_error(reader, "id_known", WRONG)
    when_they_confirm(reader, "0199")
    then_it_says(reader, "Call us to change something")
    expect(reader.get_by_role("main").get_by_role("link", name="(727) 555-0142")).to_be_visible()


def test_a_number_with_a_slip_is_told_and_kept(reader: Page) -> None:
    given_a_patient_who_asked_for_a_consultation(reader)
    when_they_open_their_own_page(reader)
    when_they_confirm(reader, "0199")
    when_they_save_another_number(reader, "555 0188")
    assert_error(reader, "id_phone", BAD_NUMBER)
    expect(reader.get_by_label("New phone number")).to_have_value("555 0188")
    when_they_save_another_number(reader, "727 555 0188")
    then_it_is_saved(reader, "Your new phone number is saved", "changes")


def test_every_page_on_the_way_is_accessible(screen: Page) -> None:
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


def then_the_page_is_accessible(page: Page) -> None:
    assert_accessible(page, also_at=DESKTOP)
