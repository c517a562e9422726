"""The clinic's facts in a content folder, on a Monday morning, and an editor who posts forms."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.articles.editing.pages.clinic_facts.facts_desk import Post


@pytest.fixture(autouse=True)
def root(stored_root: Path) -> Path:
    return stored_root


@pytest.fixture
def post(editor: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Post:
    """Return a function that posts a form and runs the on-commit callbacks."""

    def sent(address: str, data: dict[str, Any], client: Client = editor, base: int = 1) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(address, {"base": base} | data)

    return sent


@pytest.fixture
def before(root: Path) -> str:
    return (root / "clinic.yaml").read_text()
