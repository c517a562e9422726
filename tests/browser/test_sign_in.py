"""Signing in with a passkey, an app and a recovery code, and coming back after a session has ended.

Passkeys are made by Chromium's virtual authenticator. The address is localhost: browsers take no passkeys for a number.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.pages import assert_accessible, sign_in
from tests.clinic_site.accounts.codes import app_code
from tests.serving import Serving, Site

ACCOUNT = "/admin/account/"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def strict_site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    """Serve a site that asks for a second factor, as in production."""
    with serving(tmp_path_factory.mktemp("strict"), web_only=True, SECOND_FACTOR="on") as site:
        site.fetch("/readyz")
        yield site


@pytest.fixture
def computer(browser: Browser, strict_site: Site) -> Iterator[BrowserContext]:
    address = f"http://localhost:{strict_site.port}"
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def given_a_computer_with_passkeys(computer: BrowserContext) -> Page:
    page = computer.new_page()
    session = computer.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def when_they_sign_in(page: Page, site: Site, who: str) -> None:
    sign_in(page, who, site.password(who))


def when_they_confirm(page: Page, site: Site, who: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_label("Password").fill(site.password(who))
    press(page, "Go on")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def gap_above(page: Page, name: str) -> float:
    """Return the pixels between the form above and the button."""
    above = "button => button.form.previousElementSibling.getBoundingClientRect().bottom"
    button = page.get_by_role("button", name=name)
    return float(button.evaluate(f"button => button.getBoundingClientRect().top - ({above})(button)"))


def then_they_see(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert_accessible(page, also_at=390)


def recovery_codes(page: Page) -> list[str]:
    then_they_see(page, "Recovery codes")
    return page.locator(".account-codes li").all_inner_texts()


def log_out(page: Page) -> None:
    press(page, "Log out")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def then_the_desk_is_open(page: Page) -> None:
    page.goto("/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")


def test_a_passkey_alone_opens_the_desk(computer: BrowserContext, strict_site: Site) -> None:
    """Accessibility is checked at the end: the check ends Chromium's virtual authenticator."""
    page = given_a_computer_with_passkeys(computer)
    when_they_sign_in(page, strict_site, "demo-desk")
    page.goto("/admin/appointments/consultationrequest/")
    expect(page).to_have_url(re.compile(f"{ACCOUNT}$"))

    follow(page, "Add a passkey")
    when_they_confirm(page, strict_site, "demo-desk")
    page.get_by_label("Name of the device").fill("Desk 1")
    page.keyboard.press("Enter")
    expect(page.locator(".account-codes li")).to_have_count(10)
    follow(page, "I have them: go to the desk")
    then_the_desk_is_open(page)
    log_out(page)

    press(page, "Log in with a passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
    log_out(page)

    when_they_sign_in(page, strict_site, "demo-desk")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    press(page, "Use a passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
    page.goto(f"{ACCOUNT}passkeys/add/")
    follow(page, "a passkey")
    press(page, "Use a passkey")
    then_they_see(page, "Add a passkey")

    page.goto(ACCOUNT)
    then_they_see(page, "How you sign in")
    page.get_by_role("link", name="Remove Desk 1").click()
    then_they_see(page, "Remove a passkey")
    page.goto(f"{ACCOUNT}sessions/")
    then_they_see(page, "Where you are logged in")


def test_a_device_that_makes_no_passkey_is_reported(computer: BrowserContext, strict_site: Site) -> None:
    page = computer.new_page()
    session = computer.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | {"isUserVerified": False}})
    page.goto("/admin/login/")
    assert gap_above(page, "Log in with a passkey") >= 8
    press(page, "Log in with a passkey")
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not read.")


def test_an_app_and_a_recovery_code_open_the_desk(computer: BrowserContext, strict_site: Site) -> None:
    page = computer.new_page()
    when_they_sign_in(page, strict_site, "demo-editor")
    then_they_see(page, "How you sign in")
    follow(page, "Set up an app")
    then_they_see(page, "Confirm that it is you")
    when_they_confirm(page, strict_site, "demo-editor")
    then_they_see(page, "Set up an authenticator app")
    key = page.locator(".account-key").inner_text()
    page.get_by_label("Authenticator code").fill("000000")
    press(page, "Use this app")
    expect(page.locator(".desk-error")).to_contain_text("That code was not accepted.")
    page.get_by_label("Authenticator code").fill(app_code(key))
    press(page, "Use this app")
    codes = recovery_codes(page)
    then_the_desk_is_open(page)
    log_out(page)

    when_they_sign_in(page, strict_site, "demo-editor")
    then_they_see(page, "Your second factor")
    page.get_by_label("Code").fill("000000")
    press(page, "Log in")
    expect(page.locator(".desk-error")).to_contain_text("That code was not accepted.")
    page.get_by_label("Code").fill(codes[3])
    press(page, "Log in")
    then_the_desk_is_open(page)
    page.goto(ACCOUNT)
    expect(page.get_by_text("You have 9 left.")).to_be_visible()
    follow(page, "Make new codes")
    when_they_confirm(page, strict_site, "demo-editor")
    then_they_see(page, "New recovery codes")
    page.goto(ACCOUNT)
    follow(page, "Remove the app")
    then_they_see(page, "Remove the authenticator app")


def test_without_scripts_the_page_says_what_passkeys_need(browser: Browser, strict_site: Site) -> None:
    context = browser.new_context(base_url=strict_site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/login/")
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Log in with a passkey")).to_be_hidden()
    context.close()


def test_what_was_typed_is_kept_when_the_session_has_ended(desk: BrowserContext, site: Site) -> None:
    page = desk.new_page()
    sign_in(page, "demo-desk", site.password("demo-desk"))
    page.goto("/admin/appointments/consultationrequest/phone/")
    page.get_by_label("Name", exact=True).fill("Ana Torres")
    desk.clear_cookies(name="sessionid")
    press(page, "Save")
    then_they_see(page, "You are logged out")

    with desk.expect_page() as opened:
        follow(page, "Log in, in another tab")
    other = opened.value
    other.get_by_label("Username").fill("demo-desk")
    other.get_by_label("Password").fill(site.password("demo-desk"))
    press(other, "Log in")
    expect(other.get_by_role("heading", level=1)).to_have_text("Your work")

    press(page, "Send it again")
    then_they_see(page, "Send it again")
    press(page, "Send it again")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ana Torres")
