"""Processes on two machines that save the same article at the same moment: `python -m tests.articles.editing.racers`.

Takes how many rounds, and how many processes save in each. Tells what each of them was told, and whether both machines
then hold what won.
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

from articles.editing import handover, store  # noqa: E402
from articles.library import get_library  # noqa: E402
from tests.articles.editing.builders import NOON  # noqa: E402
from tests.content_builders import make_article, make_content  # noqa: E402

PATH = "articles/walking.md"


def folders() -> list[Path]:
    first = make_content(Path(os.environ["VAR_FOLDER"]) / "a", walking=make_article())
    second = first.parent.parent / "b" / "content"
    shutil.copytree(first, second)
    return [first, second]


def look(root: Path) -> None:
    settings.CONTENT_DIR = root
    handover.bring_up_to_date(NOON)
    get_library()  # here, so that those who save do not load it first, each in its own time


def save(root: Path, title: str, base: int, gate, answers) -> None:  # type: ignore[no-untyped-def]
    settings.CONTENT_DIR = root
    gate.wait()
    try:
        store.put_up(store.Edit(PATH, make_article(title=title), "editor", base), NOON)
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
        context.Process(target=save, args=(roots[each % 2], f"Round {number}, {each}", newest.number, gate, answers))
        for each in range(savers)
    ]
    for process in crew:
        process.start()
    told = [answers.get(timeout=60) for _ in crew]
    for process in crew:
        process.join()
    for root in roots:
        look(root)
    won = store.on_site(PATH)
    held = {(root / PATH).read_text() for root in roots}
    return {"answers": told, "agree": won is not None and held == {won.text}}


def main() -> None:
    call_command("migrate", verbosity=0)
    roots = folders()
    for root in roots:
        look(root)
    json.dump([one_round(each, roots, int(sys.argv[2])) for each in range(int(sys.argv[1]))], sys.stdout)


main()
