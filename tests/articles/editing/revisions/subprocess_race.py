"""Concurrent saves of one article by processes on two machines.

`python -m tests.articles.editing.revisions.subprocess_race`.

Arguments: the number of rounds, and of processes that save in each. Prints the outcome of every save, and whether both
machines end with the winning text, as JSON.
"""

import json
import os
import shutil
import sys
from multiprocessing import get_context
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 (the models need Django set up)
from django.core.management import call_command  # noqa: E402

from articles.editing.revisions import store  # noqa: E402
from articles.library import get_library  # noqa: E402
from tests.articles.editing.builders import NOON  # noqa: E402
from tests.articles.editing.revisions.syncing import sync_folder  # noqa: E402
from tests.content_builders import make_article, make_content  # noqa: E402

PATH = "articles/walking.md"


def folders() -> list[Path]:
    first = make_content(Path(os.environ["VAR_FOLDER"]) / "a", walking=make_article())
    second = first.parent.parent / "b" / "content"
    shutil.copytree(first, second)
    return [first, second]


def sync_once(root: Path) -> None:
    settings.CONTENT_DIR = root
    sync_folder(NOON)
    get_library()  # loaded before the race, so that all processes start at the same time


def save(root: Path, title: str, base: int, gate, answers) -> None:  # type: ignore[no-untyped-def]
    settings.CONTENT_DIR = root
    gate.wait()
    try:
        store.save_live(store.Edit(PATH, make_article(title=title), "editor", base), NOON)
    except store.Stale:
        answers.put("stale")
    else:
        answers.put("saved")


def one_round(number: int, roots: list[Path], savers: int) -> dict[str, object]:
    newest = store.newest(PATH)
    assert newest is not None
    context = get_context("fork")
    gate, answers = context.Barrier(savers), context.Queue()
    crew = [
        context.Process(target=save, args=(roots[saver % 2], f"Round {number}, {saver}", newest.number, gate, answers))
        for saver in range(savers)
    ]
    for process in crew:
        process.start()
    outcomes = [answers.get(timeout=60) for _ in crew]
    for process in crew:
        process.join()
    for root in roots:
        sync_once(root)
    won = store.live_revision(PATH)
    texts = {(root / PATH).read_text() for root in roots}
    return {"answers": outcomes, "agree": won is not None and texts == {won.text}}


def main() -> None:
    call_command("migrate", verbosity=0)
    roots = folders()
    for root in roots:
        sync_once(root)
    json.dump([one_round(number, roots, int(sys.argv[2])) for number in range(int(sys.argv[1]))], sys.stdout)


main()
