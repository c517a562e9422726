"""axe finds nothing on any public page, in light and dark, on the narrowest phone and on a desktop; nor do we."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.comfort import assert_comfortable
from tests.browser.pages import ERROR_TITLE, PUBLIC, assert_accessible
from tests.serving import Site

pytestmark = pytest.mark.slow

NARROWEST, DESKTOP = 320, 1280  # pixels


@pytest.fixture(scope="session")
def base_url(readers_site: Site) -> str:
    return readers_site.url


@pytest.fixture(scope="module")
def screen(browser: Browser, base_url: str) -> Iterator[Page]:
    """Return a page on the narrowest phone, which one test after another uses."""
    context = browser.new_context(base_url=base_url, viewport={"width": NARROWEST, "height": 800}, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", [*PUBLIC, "/admin/login/"])
def test_every_public_page_is_accessible(screen: Page, path: str) -> None:
    screen.goto(path)
    assert_accessible(screen, also_at=DESKTOP)
    assert_comfortable(screen)


def test_the_form_with_errors_is_accessible(screen: Page) -> None:
    screen.goto("/consultation/")
    screen.get_by_role("button", name="Ask for a consultation").click()
    expect(screen).to_have_title(ERROR_TITLE)
    assert_accessible(screen, also_at=DESKTOP)
