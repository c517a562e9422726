"""A reader of the published files behind nginx, with the app running and without it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_patient_journey import then_they_get_a_reference, when_they_fill_in_the_form
from tests.nginx import Nginx, RunNginx
from tests.serving import ROOT, Site, free_port

ARTICLE = "/articles/ketamine-and-chronic-pain-basics/"


@pytest.fixture(scope="module")
def published(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files") / "published"
    variables = {"DEMO": "on", "VAR_FOLDER": str(site.var), "PORT": str(site.port), "DATABASE_URL": site.database_url}
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "manage.py", "publish", str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment | variables, check=True)
    return folder


@pytest.fixture
def up(site: Site, published: Path, tmp_path: Path, nginx: RunNginx) -> Iterator[Nginx]:
    with nginx(tmp_path / "nginx", published, site.port) as server:
        yield server


@pytest.fixture
def down(published: Path, tmp_path: Path, nginx: RunNginx) -> Iterator[Nginx]:
    with nginx(tmp_path / "nginx", published, free_port()) as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page on a phone; check at the end that no request failed."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    yield page
    context.close()
    assert failed == []


def when_they_ask_for_a_consultation(page: Page, server: Nginx) -> None:
    page.goto(server.url + ARTICLE)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="Schedule a consultation").last.click()
    expect(page).to_have_url(re.compile(r"/consultation/\?from="))


def test_from_a_published_article_to_a_confirmed_request(page: Page, up: Nginx) -> None:
    when_they_ask_for_a_consultation(page, up)
    when_they_fill_in_the_form(page, "Pat Reader")
    page.get_by_role("button", name="Ask for a consultation").click()
    then_they_get_a_reference(page)


def test_with_the_app_down_the_article_is_readable_and_the_form_says_whom_to_call(page: Page, down: Nginx) -> None:
    page.goto(down.url + ARTICLE)
    expect(page.get_by_role("link", name="(727) 555-0142").first).to_have_attribute("href", "tel:+17275550142")
    background = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert background != "rgba(0, 0, 0, 0)", "the style sheet is missing"
    when_they_ask_for_a_consultation(page, down)
    expect(page.get_by_role("heading", level=1)).to_have_text("You can’t send a request right now: call us")
    expect(page.get_by_role("main").get_by_role("link", name="(727) 555-0142")).to_be_visible()
