"""Machines that serve the same site: one content folder per machine, and one database."""

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.test import override_settings
from pytest_django import DjangoCaptureOnCommitCallbacks

from articles.editing.revisions import store
from articles.editing.revisions.store import Edit
from articles.models import Revision
from tests.articles.editing.builders import NOON
from tests.articles.editing.revisions.syncing import sync_folder
from tests.content_builders import make_article, make_content

PATH = "articles/walking.md"


@dataclass
class Machine:
    root: Path
    commits: DjangoCaptureOnCommitCallbacks

    @property
    def file(self) -> Path:
        """The article that all tests edit."""
        return self.root / PATH

    def sync(self, now: dt.datetime = NOON) -> None:
        with override_settings(CONTENT_DIR=self.root):
            sync_folder(now)

    def newest(self, path: str = PATH) -> Revision | None:
        with override_settings(CONTENT_DIR=self.root):
            return store.newest(path)

    def save_live(self, title: str, base: int, path: str = PATH, now: dt.datetime = NOON) -> Revision:
        """Publish an article with that title, commit, and write the file."""
        with override_settings(CONTENT_DIR=self.root), self.commits(execute=True):
            return store.save_live(Edit(path, make_article(title=title), "editor", base), now)

    def save_draft(self, text: str, base: int, path: str = PATH, now: dt.datetime = NOON) -> Revision:
        with override_settings(CONTENT_DIR=self.root):
            return store.save_draft_beside(Edit(path, text, "editor", base), now)

    def remove(self, base: int, path: str = PATH, now: dt.datetime = NOON) -> Revision:
        with override_settings(CONTENT_DIR=self.root), self.commits(execute=True):
            return store.remove(path, "editor", base, now)

    def move(self, new_path: str, text: str, base: int, now: dt.datetime = NOON) -> Revision:
        with override_settings(CONTENT_DIR=self.root), self.commits(execute=True):
            return store.move(PATH, new_path, text, "editor", base, now)


def make_machines(folder: Path, commits: DjangoCaptureOnCommitCallbacks, names: str = "ab") -> list[Machine]:
    """Create machines with identical folders of one article, before their first sync."""
    first = make_content(folder / names[0], walking=make_article())
    for name in names[1:]:
        shutil.copytree(first, folder / name / "content")
    return [Machine(folder / name / "content", commits) for name in names]
