"""Machines that serve the same site: a content folder each, and one database."""

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.test import override_settings
from pytest_django import DjangoCaptureOnCommitCallbacks

from articles.editing import handover, store
from articles.editing.store import Edit
from articles.models import Revision
from tests.articles.editing.builders import NOON
from tests.content_builders import make_article, make_content

PATH = "articles/walking.md"


@dataclass
class Machine:
    root: Path
    commits: DjangoCaptureOnCommitCallbacks

    @property
    def file(self) -> Path:
        """The article that everybody edits."""
        return self.root / PATH

    def look(self, now: dt.datetime = NOON) -> None:
        with override_settings(CONTENT_DIR=self.root):
            handover.bring_up_to_date(now)

    def newest(self, path: str = PATH) -> Revision | None:
        with override_settings(CONTENT_DIR=self.root):
            return store.newest(path)

    def put_up(self, title: str, base: int, path: str = PATH, now: dt.datetime = NOON) -> Revision:
        """Saves an article of that title, commits, and writes the file."""
        with override_settings(CONTENT_DIR=self.root), self.commits(execute=True):
            return store.put_up(Edit(path, make_article(title=title), "editor", base), now)

    def keep(self, text: str, base: int, path: str = PATH, now: dt.datetime = NOON) -> Revision:
        with override_settings(CONTENT_DIR=self.root):
            return store.keep(Edit(path, text, "editor", base), now)

    def remove(self, base: int, path: str = PATH, now: dt.datetime = NOON) -> Revision:
        with override_settings(CONTENT_DIR=self.root), self.commits(execute=True):
            return store.remove(path, "editor", base, now)

    def move(self, new_path: str, text: str, base: int, now: dt.datetime = NOON) -> Revision:
        with override_settings(CONTENT_DIR=self.root), self.commits(execute=True):
            return store.move(PATH, new_path, text, "editor", base, now)


def make_machines(folder: Path, commits: DjangoCaptureOnCommitCallbacks, names: str = "ab") -> list[Machine]:
    """Machines that were installed alike, with one article, and have not looked yet."""
    first = make_content(folder / names[0], walking=make_article())
    for name in names[1:]:
        shutil.copytree(first, folder / name / "content")
    return [Machine(folder / name / "content", commits) for name in names]
