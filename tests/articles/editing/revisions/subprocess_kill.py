"""Processes that are killed while they save, sync or move.

`python -m tests.articles.editing.revisions.subprocess_kill save`.

Each process is killed some lines later in the code that saves, until one finishes. Prints the state after each kill,
before and after a sync, as JSON.
"""

import datetime as dt
import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 (the models need Django set up)
from django.core.management import call_command  # noqa: E402

from articles.editing.revisions import disk, store, sync, sync_state  # noqa: E402
from articles.models import Revision  # noqa: E402
from tests.articles.editing.builders import NOON  # noqa: E402
from tests.articles.editing.revisions.syncing import sync_folder  # noqa: E402
from tests.content_builders import make_article, make_content  # noqa: E402
from tests.soak import often  # noqa: E402

ENOUGH = often(10, soak=40)  # kills at most, about
WATCHED = {module.__file__ for module in (disk, sync, sync_state, store)}
Work = Callable[[Path, str, str], None]


def save(root: Path, path: str, text: str) -> None:
    newest = store.newest(path)
    store.save_live(store.Edit(path, text, "editor", newest.number if newest else 0), NOON)


def sync_once(root: Path, path: str, text: str) -> None:
    sync_folder(NOON)


def move(root: Path, path: str, text: str) -> None:
    """Move the article to its other path and back."""
    newest = store.newest(path)
    assert newest is not None
    store.move(path, other(path), text, "editor", newest.number, NOON)


def other(path: str) -> str:
    return "articles/strolling.md" if path == "articles/walking.md" else "articles/walking.md"


def lines_of(work: Callable[[], None]) -> int:
    """Return how many lines of the watched code `work` runs."""
    count = itertools.count()
    run_traced(work, lambda: next(count))
    return next(count)


def run_traced(work: Callable[[], None], at_line: Callable[[], Any]) -> None:
    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            at_line()
        return trace if frame.f_code.co_filename in WATCHED else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)


def killed_at(line: int, work: Callable[[], None]) -> bool:
    """Run `work` in a subprocess that is killed at that line. Return False if it finished."""
    child = os.fork()
    if child == 0:
        left = itertools.count(line, -1)
        run_traced(work, lambda: die() if next(left) == 0 else None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Stage:
    """A content folder, and the article at one of two paths."""

    def __init__(self, root: Path, kind: str) -> None:
        self.root, self.kind = root, kind
        self.work: Work = {"save": save, "sync": sync_once, "move": move}[kind]
        self.rounds = itertools.count(1)
        self.path = "articles/walking.md"
        self.now = NOON

    def prepared(self) -> Callable[[], None]:
        """Return the next piece of work; for a sync, one file was edited on disk and another one is outdated."""
        text = make_article(title=f"Title {next(self.rounds)}")
        if self.kind == "sync":
            (self.root / self.path).write_text(text)
            last = Revision.objects.of("pages/about.md")[0]
            page = f"{last.text}\nMore.\n"
            fields = {"path": last.path, "number": last.number + 1, "text": page, "at": NOON, "by": "editor"}
            Revision.objects.create(**fields, live=True, digest=disk.digest_of(page.encode()))
        self.path, path = (other(self.path) if self.kind == "move" else self.path), self.path
        self.text = text
        return lambda: self.work(self.root, path, text)

    def after(self, killed: bool, stored_before: set[tuple[str, int, str]]) -> dict[str, Any]:
        complete = all(
            self.is_complete(path) for path in ("articles/walking.md", "articles/strolling.md", "pages/about.md")
        )
        for _ in range(3):
            self.now += dt.timedelta(seconds=5)
            sync_folder(self.now)
        confirmed = stored_before <= stored() and (killed or any(text == self.text for _, _, text in stored()))
        if self.kind == "move" and not (self.root / self.path).exists():
            self.path = other(self.path)
        return {
            "killed": killed,
            "complete": complete,
            "stored": confirmed,
            "agree": self.agree(),
            "left": self.swept(),
        }

    def is_complete(self, path: str) -> bool:
        """Return True if the file holds a revision or the edit on disk, or is missing where it may be."""
        digest = disk.read_file(self.root, path).digest
        known = {revision.digest for revision in Revision.objects.of(path)} | {"", disk.digest_of(self.text.encode())}
        there = {name: (self.root / name).exists() for name in ("articles/walking.md", "articles/strolling.md")}
        return digest in known and any(there.values()) and (digest != "" or path.startswith("articles/"))

    def agree(self) -> bool:
        newest = {revision.path: revision.digest for revision in Revision.objects.newest_live_of_each()}
        return all(disk.read_file(self.root, path).digest == digest for path, digest in newest.items())

    def swept(self) -> list[str]:
        for left in self.root.rglob(".*.new"):
            os.utime(left, (0, 0))
        disk.sweep(self.root)
        return [left.name for left in self.root.rglob(".*") if left.name != sync_state.FILE]


def stored() -> set[tuple[str, int, str]]:
    return {(revision.path, revision.number, revision.text) for revision in Revision.objects.all()}


def main() -> None:
    call_command("migrate", verbosity=0)
    root = make_content(Path(os.environ["VAR_FOLDER"]), walking=make_article())
    settings.CONTENT_DIR = root
    sync_folder(NOON)
    stage = Stage(root, sys.argv[1])
    length = lines_of(stage.prepared())
    results = []
    for line in itertools.count(1, length // ENOUGH):
        work, before = stage.prepared(), stored()
        results.append(stage.after(killed_at(line, work), before))
        if not results[-1]["killed"]:
            break
    json.dump(results, sys.stdout)


main()
