"""A content folder that was valid, and now holds a typo."""

from pathlib import Path

import pytest
from pytest_django import Settings

from articles import library
from clinic_site import clinic_yaml
from clinic_site.crisis_words import load_crisis_words
from tests.content_builders import make_content


@pytest.fixture
def content(settings: Settings, tmp_path: Path) -> Path:
    """Return a content folder of its own that a process has loaded."""
    settings.CONTENT_DIR = make_content(tmp_path)
    library.get_library()
    load_crisis_words(settings.CONTENT_DIR)
    return Path(settings.CONTENT_DIR)


def break_facts(content: Path, name: str = "clinic.yaml") -> None:
    (content / name).write_text("nam: a typo\n" + (content / name).read_text())


def start_anew() -> None:
    """Forget everything loaded, as a new process does."""
    library._watched.cache_clear()
    clinic_yaml._watched.cache_clear()
