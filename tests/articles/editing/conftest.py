"""Default fixtures: an editor and one published article, on a Monday morning."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from tests.appointments.builders import NOW as MORNING
from tests.articles.editing.builders import NOON
from tests.articles.editing.content_folder import Store, make_stored_content
from tests.articles.editing.pages.edit_desk import Post, make_newsroom, presser
from tests.articles.editing.review.review_desk import NOW
from tests.conftest import Cast


@pytest.fixture
def at_noon() -> Iterator[None]:
    """Freeze the clock at NOON, the moment of the builders' revisions."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def root(db: None, settings: Settings, tmp_path: Path) -> Iterator[Path]:
    with time_machine.travel(NOW, tick=False):
        settings.CONTENT_DIR = make_newsroom(tmp_path)
        yield Path(settings.CONTENT_DIR)


@pytest.fixture
def store(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a function that makes the site's content of stored articles, whose results of rules nobody shares."""
    monkeypatch.setattr("articles.rules.results.VAR_FOLDER", tmp_path / "var")

    def stored(**articles: str) -> Path:
        settings.CONTENT_DIR = make_stored_content(tmp_path, **articles)
        return Path(settings.CONTENT_DIR)

    return stored


@pytest.fixture
def stored_root(store: Store) -> Iterator[Path]:
    """Make the site's content of the shared files alone, with the clock stopped at MORNING."""
    folder = store()
    with time_machine.travel(MORNING, tick=False):
        yield folder


@pytest.fixture
def editor(sign_in: Cast) -> Client:
    return sign_in("editor")


@pytest.fixture
def post(editor: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Post:
    return presser(editor, django_capture_on_commit_callbacks)
