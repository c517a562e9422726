"""What is wrong with the parts of the site beside the database: a line for each, for whoever runs it.

desk_health prints the sentences, the start page of the admin shows them, and /readyz?all names the parts.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from articles.good_files import replaced
from articles.library import get_library
from clinic_site import clinic_file
from clinic_site.content_files import ContentError
from clinic_site.demo import VAR_FOLDER
from clinic_site.heartbeats import LATEST, file_of, last_beat, latest_beat

SILENT_FOR = 120  # seconds without a sign of life
AHEAD = 60  # seconds that a time in the past may lie in the future
WRITABLE = os.R_OK | os.W_OK | os.X_OK  # a folder
LEAST_ROOM = 200 * 1024 * 1024  # bytes
logger = logging.getLogger(__name__)
PROCESSES = {
    "publisher": ("clinic-publish", "published pages are not renewed"),
    "mail": ("clinic-mail", "no mail leaves, and no alarm is raised"),
}


def faults() -> dict[str, list[str]]:
    """Return the sentences for each part, an empty list for one that is well."""
    return {part: _told(part, check) for part, check in PARTS.items()}


def _told(part: str, check: Callable[[], Iterator[str]]) -> list[str]:
    """Return the sentences of one part. A look that fails is a sentence, and costs no other part its own."""
    told: list[str] = []
    try:
        told.extend(check())
    except Exception as error:
        logger.exception("The state of %s could not be looked at.", part)
        told.append(f"Whether all is well with “{part}” cannot be said ({type(error).__name__}). See the log.")
    return told


def sentences() -> list[str]:
    return [sentence for part in faults().values() for sentence in part]


def _facts() -> Iterator[str]:
    """The YAML files, which every page draws on, and whatever else is shown as it was before."""
    try:
        library = get_library()
    except ContentError as error:
        yield f"content/{error.problem} No page can be shown until it is mended."
        return
    before = replaced(library) | {clinic_file.FILE}
    for problem in library.problems:
        if problem.path in before:
            what = "facts from before are" if problem.path.endswith(".yaml") else "text from before is"
            yield f"content/{problem} Until it is mended, the {what} in use."
        elif problem.path.endswith(".yaml"):
            yield f"content/{problem}"


def _content() -> Iterator[str]:
    root = Path(settings.CONTENT_DIR)
    if not root.is_dir():
        yield f"The folder {root} is not there: see that its disk is mounted, and that CONTENT_DIR is right."
        return
    for folder in _closed(root):
        yield f"{folder} cannot be written to: nothing that is edited there in the browser is saved. See who owns it."


def _closed(folder: Path) -> list[Path]:
    """The folders from this one down that cannot be written to, of each branch the uppermost."""
    if not os.access(folder, WRITABLE):
        return [folder]
    with os.scandir(folder) as entries:
        below = [Path(each) for each in entries if each.is_dir(follow_symlinks=False) and each.name[0] != "."]
    return [closed for each in sorted(below) for closed in _closed(each)]


def _disk() -> Iterator[str]:
    if not os.access(VAR_FOLDER, WRITABLE):
        yield f"{VAR_FOLDER} cannot be written to: nothing that the site makes is kept. See who owns it."
    for folder in sorted({VAR_FOLDER, Path(settings.CONTENT_DIR)}):
        if folder.is_dir() and shutil.disk_usage(folder).free < LEAST_ROOM:
            yield f"The disk with {folder} is nearly full: make room on it."


def _clock() -> Iterator[str]:
    """A process that lives soon gives its sign by the wrong clock, so the latest of all signs is looked at, too."""
    moments = [latest_beat(), *(last_beat(name) or 0 for name in PROCESSES)]
    if max(moments) > time.time() + AHEAD:
        yield (
            "The clock of this machine was set back, or is wrong: see that it is set by the network. "
            f"If it is right again, and was ahead before, remove {LATEST}."
        )


def _process(name: str) -> Callable[[], Iterator[str]]:
    unit, effect = PROCESSES[name]

    def silent() -> Iterator[str]:
        moment = last_beat(name)
        if moment is not None and moment < time.time() - SILENT_FOR:
            yield (
                f"{unit} has not done its work for more than {SILENT_FOR // 60} minutes: {effect}. See its log. "
                f"If this machine is not to run it, remove {file_of(name)}."
            )

    return silent


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "facts": _facts,
    "publisher": _process("publisher"),
    "mail": _process("mail"),
    "disk": _disk,
    "content": _content,
    "clock": _clock,
}
