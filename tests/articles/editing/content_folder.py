"""A content folder for the staff pages: articles with revisions, and the content rules of the site."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.messages import get_messages
from django.test import override_settings

from tests.articles.editing.builders import NOON
from tests.articles.editing.revisions.syncing import sync_folder
from tests.content_builders import make_content
from tests.shipped import REAL_CONTENT

Store = Callable[..., Path]  # see the fixture store
WATCH = """# What is new.
events:
  - event: "A new label"
    date: 2026-11-20
    sources: [{key}]
    cleared: false
"""


def make_stored_content(folder: Path, **articles: str) -> Path:
    """Return the folder after storing every file as revision 1."""
    root = make_content(folder, **articles)
    shutil.copytree(REAL_CONTENT / "rules", root / "rules")
    (root / "watch.yaml").write_text("events: []\n")
    sync_once(root)
    return root


def sync_once(root: Path) -> None:
    """Sync once, as the site does each second: store edits on disk as revisions, and write saved revisions."""
    with override_settings(CONTENT_DIR=root):
        sync_folder(NOON)


def message(response: Any) -> str:
    """Return the text of the messages queued for the next page."""
    return " ".join(str(text) for text in get_messages(response.wsgi_request))


def summary(response: Any) -> str:
    """Return the text of the error summary, which the title of the page announces."""
    text = response.content.decode()
    assert "<title>Error: " in text
    found = re.search(r'id="error-summary-title">.*?</ul>', text, re.DOTALL)
    assert found
    return " ".join(re.sub("<[^>]+>", " ", found[0]).split())
