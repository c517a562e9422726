"""Health of the parts of the site beside the database: a sentence for each fault, for the operator.

desk_health and doctor print the sentences, the start page of the admin shows them, and /readyz?all names the parts.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from django.conf import settings

from clinic_site.hooks import hooks
from clinic_site.monitoring.backup_ages import overdue
from clinic_site.monitoring.heartbeats import LATEST, file_of, last_beat, latest_beat
from clinic_site.var_folder import VAR_FOLDER

SILENT_FOR = 120  # seconds without a sign of life
AHEAD = 60  # seconds that a time may be ahead of the clock
WRITABLE = os.R_OK | os.W_OK | os.X_OK  # a folder
LEAST_ROOM = 200 * 1024 * 1024  # bytes
logger = logging.getLogger(__name__)
PROCESSES = {
    "publisher": ("clinic-publish", "published pages are not renewed"),
    "mail": ("clinic-mail", "no mail leaves, and no alarm is raised"),
}


def faults() -> dict[str, list[str]]:
    """Return the sentences for each part, an empty list for a healthy one."""
    return run_checks({**hooks.health_checks, **PARTS})


def run_checks(checks: Mapping[str, Callable[[], Iterable[str]]]) -> dict[str, list[str]]:
    """Return the sentences of each check, by the name of its part."""
    return {part: _check_part(part, check) for part, check in checks.items()}


def _check_part(part: str, check: Callable[[], Iterable[str]]) -> list[str]:
    """Return the sentences of one part; also one for a check that fails, so that the other parts are checked."""
    lines: list[str] = []
    try:
        lines.extend(check())
    except Exception as error:
        logger.exception("The state of %s could not be looked at.", part)
        lines.append(f"Whether all is well with “{part}” cannot be said ({type(error).__name__}). See the log.")
    return lines


def sentences() -> list[str]:
    return [sentence for part in faults().values() for sentence in part]


def _content() -> Iterator[str]:
    root = Path(settings.CONTENT_DIR)
    if not root.is_dir():
        yield f"The folder {root} is not there: see that its disk is mounted, and that CONTENT_DIR is right."
        return
    for folder in _unwritable(root):
        yield f"{folder} cannot be written to: nothing that is edited there in the browser is saved. See who owns it."


def _unwritable(folder: Path) -> list[Path]:
    """Return the topmost folders from `folder` down that cannot be written to."""
    if not os.access(folder, WRITABLE):
        return [folder]
    with os.scandir(folder) as entries:
        below = [Path(entry) for entry in entries if entry.is_dir(follow_symlinks=False) and entry.name[0] != "."]
    return [unwritable for subfolder in sorted(below) for unwritable in _unwritable(subfolder)]


def _disk() -> Iterator[str]:
    if not os.access(VAR_FOLDER, WRITABLE):
        yield f"{VAR_FOLDER} cannot be written to: nothing that the site makes is kept. See who owns it."
    for folder in sorted({VAR_FOLDER, Path(settings.CONTENT_DIR)}):
        if folder.is_dir() and shutil.disk_usage(folder).free < LEAST_ROOM:
            yield f"The disk with {folder} is nearly full: make room on it."


def _clock() -> Iterator[str]:
    """Compare with the latest beat of all: a running process soon beats by the wrong clock."""
    moments = [latest_beat(), *(last_beat(name) or 0 for name in PROCESSES)]
    if max(moments) > time.time() + AHEAD:
        yield (
            "The clock of this machine was set back, or is wrong: see that it is set by the network. "
            f"If it is right again, and was ahead before, remove {LATEST}."
        )


def _process(name: str) -> Callable[[], Iterator[str]]:
    unit, effect = PROCESSES[name]

    def check() -> Iterator[str]:
        moment = last_beat(name)
        if moment is not None and moment < time.time() - SILENT_FOR:
            yield (
                f"{unit} has not done its work for more than {SILENT_FOR // 60} minutes: {effect}. See its log. "
                f"If this machine is not to run it, remove {file_of(name)}."
            )

    return check


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "publisher": _process("publisher"),
    "mail": _process("mail"),
    "disk": _disk,
    "content": _content,
    "clock": _clock,
    "backup": overdue,
}
