"""A real browser on the real site. Tests are worded as given, when, then."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.inside import run_inside
from tests.serving import Serving, Site, WarmStart
from tests.shipped import REAL_CONTENT
from tests.tools import NO_BROWSER, find_browser, need

# Chromium needs --no-sandbox for root; the other flags prevent requests to its vendor.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 20_000  # milliseconds that an expectation may take on a busy machine
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the system's Chromium."""
    return browser_type_launch_args | {"executable_path": need(find_browser, NO_BROWSER), "args": FLAGS}


@contextmanager
def serving_a_copy(folder: Path, serving: Serving) -> Iterator[Site]:
    """Serve the site as `make serve` does, with a copy of content/: a served site writes into that folder."""
    shutil.copytree(REAL_CONTENT, folder / "content", ignore=shutil.ignore_patterns(".*"))
    with serving(folder, web_only=True, CONTENT_DIR=str(folder / "content")) as site:
        site.fetch("/readyz")
        yield site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    """Serve a site for tests that change no article."""
    with serving_a_copy(tmp_path_factory.mktemp("var"), serving) as site:
        yield site


@pytest.fixture(scope="session")
def readers_site(tmp_path_factory: pytest.TempPathFactory, warm_start: WarmStart) -> Iterator[Site]:
    """Serve a site for tests that open public pages alone: they use no database, so any will do."""
    folder = tmp_path_factory.mktemp("readers")
    with warm_start.serving(folder, web_only=True) as site:
        site.fetch("/readyz")
        yield site


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    return site.url


@pytest.fixture
def reader(browser: Browser, base_url: str) -> Iterator[Page]:
    """Return a page on a reader's phone, without JavaScript."""
    context = browser.new_context(base_url=base_url, java_script_enabled=False, viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser, base_url: str) -> Iterator[BrowserContext]:
    """Return a desk computer without a sign-in."""
    context = browser.new_context(base_url=base_url, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture(scope="module")
def busy_site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    """Serve a site with thirty requests at its desk, which would disturb other tests."""
    with serving_a_copy(tmp_path_factory.mktemp("busy"), serving) as site:
        run_inside(site.var, site.database_url, "tests.browser.desk_data")
        yield site


@pytest.fixture
def busy_desk(browser: Browser, busy_site: Site) -> Iterator[BrowserContext]:
    """Return a desk computer at the busy site, without a sign-in."""
    context = browser.new_context(base_url=busy_site.url, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@dataclass(frozen=True)
class Newsroom:
    """A site whose articles may be changed, with the passwords of its users."""

    site: Site
    passwords: dict[str, str]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Newsroom]:
    """Serve a site with two editors and a reviewer of a made-up name."""
    with serving_a_copy(tmp_path_factory.mktemp("newsroom"), serving) as site:
        password = secrets.token_urlsafe()
        run_inside(site.var, site.database_url, "tests.browser.publishing_data", password)
        editor = site.password("demo-editor")
        yield Newsroom(site, {"demo-editor": editor, "reviewer": password, "colleague": password})


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, newsroom: Newsroom) -> Iterator[Open]:
    """Open a page at the newsroom, on another computer at each call."""
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Page:
        size = {"width": 1280, "height": 900}
        contexts.append(browser.new_context(base_url=newsroom.site.url, **({"viewport": size} | options)))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()
