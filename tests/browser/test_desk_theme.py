"""The staff pages have the colors of the public pages, light and dark, and the flower."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import assert_accessible, change_colors, open_signed_in
from tests.serving import Site

LOOK = "() => { const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]; }"
NARROW = 390  # pixels


def look_of(page: Page) -> list[str]:
    colors: list[str] = page.evaluate(LOOK)
    return colors


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_has_the_colors_of_the_public_pages(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto("/")
    public = look_of(page)
    page.goto("/admin/password_change/")  # redirects to the sign-in
    box = page.locator("#container")
    assert [box.evaluate("box => getComputedStyle(box).backgroundColor"), look_of(page)[1]] == public


def test_the_switch_of_colors_rules_over_the_browser(page: Page, site: Site) -> None:
    page.goto("/")
    light = look_of(page)
    page.emulate_media(color_scheme="dark")
    dark = look_of(page)
    assert light != dark
    open_signed_in(page, "demo-desk", site.password("demo-desk"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
    assert look_of(page) == dark
    switch = page.get_by_role("button", name="Toggle theme")
    switch.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert look_of(page) == light
    switch.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    change_colors(page, "light")
    assert look_of(page) == dark
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_the_pages_of_an_account_have_the_flower_and_are_easy_to_touch(browser: Browser, site: Site) -> None:
    context = browser.new_context(
        base_url=site.url, viewport={"width": NARROW, "height": 844}, has_touch=True, is_mobile=True, bypass_csp=True
    )
    page = context.new_page()
    open_signed_in(page, "demo-desk", site.password("demo-desk"), "/admin/password_change/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Password change")
    name = page.get_by_role("link", name="Clinic desk")
    assert "/static/img/marigold." in name.evaluate("name => getComputedStyle(name, '::before').backgroundImage")
    assert_accessible(page)
    controls = page.locator("main :is(input:not([type=hidden]), button), #site-name a, #user-tools :is(a, button)")
    assert min(controls.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")) >= 44
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    assert_accessible(page)
    context.close()
