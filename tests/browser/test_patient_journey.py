"""From the home page to the front desk, and back to a form that retains its input."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.pages import assert_error, open_signed_in
from tests.inside import Manage
from tests.serving import Site

BUTTON = "Ask for a consultation"


def given_a_reader_on_the_home_page(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def when_they_read_an_article_and_ask_for_a_consultation(page: Page) -> None:
    page.get_by_role("link", name="Ketamine and long-term pain: the basics").first.click()
    page.get_by_role("link", name="Schedule a consultation").last.click()
    expect(page).to_have_url(re.compile(r"/consultation/\?from=ketamine-and-chronic-pain-basics$"))


def when_they_fill_in_the_form(page: Page, name: str) -> None:
    page.get_by_label("Full name").fill(name)
    page.get_by_label("Phone number").fill("727.555.0199")
    page.get_by_text("Good times and office").click()
    page.get_by_label("Morning").check()
    page.get_by_label("I am 18 or older").check()


def then_they_get_a_reference(page: Page) -> str:
    expect(page).to_have_url(re.compile(r"/consultation/received/[\w-]+/$"))
    reference = page.locator(".reference").inner_text().strip()
    assert re.fullmatch(r"[A-Z0-9]{3}-[A-Z0-9]{3}", reference)
    expect(page.get_by_role("main")).not_to_contain_text("727.555.0199")
    return reference


def when_the_front_desk_signs_in(desk: BrowserContext, site: Site) -> Page:
    page = desk.new_page()
    open_signed_in(page, "demo-desk", site.password("demo-desk"))
    return page


def then_they_find_the_request(page: Page, reference: str, name: str) -> None:
    page.goto("/admin/appointments/consultationrequest/")
    expect(page.get_by_role("link", name=reference)).to_be_visible()
    for search in (reference.replace("-", "").lower(), name, "(727) 555-0199"):
        page.goto("/admin/appointments/consultationrequest/?q=" + search)
        expect(page.get_by_role("link", name=reference)).to_be_visible()
    page.get_by_role("link", name=reference).click()
    expect(page.get_by_text(name).first).to_be_visible()
    expect(page.get_by_text("727.555.0199").first).to_be_visible()


def test_from_the_home_page_to_the_front_desk(reader: Page, desk: BrowserContext, site: Site) -> None:
    given_a_reader_on_the_home_page(reader)
    when_they_read_an_article_and_ask_for_a_consultation(reader)
    when_they_fill_in_the_form(reader, name="Ada Example")
    reader.get_by_role("button", name=BUTTON).click()
    reference = then_they_get_a_reference(reader)
    assert reader.context.cookies() == []
    page = when_the_front_desk_signs_in(desk, site)
    then_they_find_the_request(page, reference, name="Ada Example")


def test_an_empty_form_shows_its_errors_and_retains_the_input(reader: Page) -> None:
    reader.goto("/consultation/")
    reader.get_by_label("Full name").fill("Ødegård-Nguyễn")
    reader.get_by_label("Leave a voicemail").check()
    reader.get_by_role("button", name=BUTTON).click()
    assert_error(reader, "id_adult", "Tick the box if you are 18 or older and this is not an emergency.")
    expect(reader.get_by_label("Full name")).to_have_value("Ødegård-Nguyễn")
    expect(reader.get_by_label("Leave a voicemail")).to_be_checked()


def test_a_double_click_makes_one_request(reader: Page, desk: BrowserContext, site: Site) -> None:
    reader.goto("/consultation/")
    when_they_fill_in_the_form(reader, name="Bea Twice")
    reader.get_by_role("button", name=BUTTON).dblclick()
    reference = then_they_get_a_reference(reader)
    page = when_the_front_desk_signs_in(desk, site)
    page.goto("/admin/appointments/consultationrequest/?q=Bea+Twice")
    expect(page.locator(".who-reference")).to_have_text([reference])


def test_the_mail_about_a_request_names_its_reference_alone(reader: Page, site: Site, manage: Manage) -> None:
    reader.goto("/consultation/")
    when_they_fill_in_the_form(reader, name="Cy Mailed")
    reader.get_by_role("button", name=BUTTON).click()
    reference = then_they_get_a_reference(reader)
    manage("deliver_mail", DEMO="on", VAR_FOLDER=str(site.var), DATABASE_URL=site.database_url)
    mails = [path.read_text() for path in (site.var / "mail").glob("*")]
    assert any(f"New request {reference}. Sign in to view." in mail for mail in mails)
    typed = ("Cy Mailed", "555.0199", "555-0199", "5550199")
    assert not any(text in mail for mail in mails for text in typed)
