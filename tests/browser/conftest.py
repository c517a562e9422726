"""A real browser on the real product. Tests read given, when, then."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import REAL_CONTENT
from tests.inside import run_inside
from tests.serving import Serving, Site, WarmStart
from tests.tools import NO_BROWSER, find_browser

# A root user's Chromium has no sandbox; the others keep it from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 20_000  # milliseconds that a busy machine is given to show what is expected
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium. Without one: a failure in CI, a skip that says what to do on a laptop."""
    path = find_browser()
    if not path and os.environ.get("CI") == "true":
        pytest.fail(NO_BROWSER)
    if not path:
        pytest.skip(NO_BROWSER)
    return browser_type_launch_args | {"executable_path": path, "args": FLAGS}


@contextmanager
def serving_a_copy(folder: Path, serving: Serving) -> Iterator[Site]:
    """The product, served as `make serve` serves it, from a copy of content/: a served site writes into that folder."""
    shutil.copytree(REAL_CONTENT, folder / "content", ignore=shutil.ignore_patterns(".*"))
    with serving(folder, CONTENT_DIR=str(folder / "content")) as site:
        site.fetch("/readyz")
        yield site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    """For tests that change no article."""
    with serving_a_copy(tmp_path_factory.mktemp("var"), serving) as site:
        yield site


@pytest.fixture(scope="session")
def readers_site(tmp_path_factory: pytest.TempPathFactory, warm_start: WarmStart) -> Iterator[Site]:
    """For tests that open public pages and send nothing: no database takes part, so any will do."""
    folder = tmp_path_factory.mktemp("readers")
    with warm_start.serving(folder, DATABASE_URL=f"sqlite:///{folder / 'demo.sqlite3'}") as site:
        site.fetch("/readyz")
        yield site


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    return site.url


@pytest.fixture
def reader(browser: Browser, base_url: str) -> Iterator[Page]:
    """A reader's phone without JavaScript."""
    context = browser.new_context(base_url=base_url, java_script_enabled=False, viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser, base_url: str) -> Iterator[BrowserContext]:
    """A desk computer, nobody signed in yet."""
    context = browser.new_context(base_url=base_url, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    """A site of its own with thirty requests on its desk: they are not for the other tests."""
    with serving_a_copy(tmp_path_factory.mktemp("filled"), serving) as site:
        run_inside(site.var, site.database_url, "tests.browser.desk_data")
        yield site


@pytest.fixture
def filled_desk(browser: Browser, filled: Site) -> Iterator[BrowserContext]:
    """A desk computer before that site, nobody signed in yet."""
    context = browser.new_context(base_url=filled.url, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@dataclass(frozen=True)
class Newsroom:
    """A site whose articles may be changed, with those who sign in there."""

    site: Site
    passwords: dict[str, str]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Newsroom]:
    """Two editors and a reviewer with a made-up name, on a site of its own."""
    with serving_a_copy(tmp_path_factory.mktemp("newsroom"), serving) as site:
        password = secrets.token_urlsafe()
        run_inside(site.var, site.database_url, "tests.browser.publishing_data", password)
        editor = site.password("demo-editor")
        yield Newsroom(site, {"demo-editor": editor, "reviewer": password, "colleague": password})


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, newsroom: Newsroom) -> Iterator[Open]:
    """A page of that site on another computer each time it is called."""
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Page:
        size = {"width": 1280, "height": 900}
        contexts.append(browser.new_context(base_url=newsroom.site.url, **({"viewport": size} | options)))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()
