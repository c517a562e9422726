"""A content folder as the staff's pages meet it: articles with revisions, and the site's own content rules."""

import shutil
from pathlib import Path
from typing import Any

from django.contrib.messages import get_messages
from django.test import override_settings

from articles.editing import handover
from tests.articles.editing.builders import NOON
from tests.conftest import REAL_CONTENT
from tests.content_builders import make_content

WATCH = """# What is new.
events:
  - event: "A new label"
    date: 2026-11-20
    sources: [{key}]
    cleared: false
"""


def make_shelf(folder: Path, **articles: str) -> Path:
    """The folder, with every file of it as revision 1."""
    root = make_content(folder, **articles)
    shutil.copytree(REAL_CONTENT / "rules", root / "rules")
    (root / "watch.yaml").write_text("events: []\n")
    look(root)
    return root


def look(root: Path) -> None:
    """What was edited on disk becomes revisions, and what was saved is written, as the hand-over does each second."""
    with override_settings(CONTENT_DIR=root):
        handover.bring_up_to_date(NOON)


def told(response: Any) -> str:
    """What the next page will say on top."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))
