"""A thread in each process that serves: twice a second it looks whether files and database still agree.

Readers never wait for it, and a database or a disk that is away stops neither it nor them.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from articles.counting import flush
from articles.editing import disk, handover, picture_files, seen
from articles.models import Revision

# Seconds. A save shows on all machines within one and a half, an edit on a disk within two and a half: see decision 9.
EVERY = 0.5
SHARE = 10  # a round that takes long is followed by a pause so many times as long: nearly all of the time is readers'
LONGEST_PAUSE = 5.0  # seconds: after a round that had much to write, or that waited for a database
PATIENCE = 20  # looks that a folder may keep changing (a checkout, an upload) before we step in
Job = Callable[[dt.datetime], object]
logger = logging.getLogger(__name__)


class Lookout:
    """Looks at the content folder cheaply, and has the work done when something changed and the folder is at rest."""

    def __init__(self) -> None:
        self._root = Path(settings.CONTENT_DIR)
        self._files: dict[str, disk.Signature] = {}
        self._restless = 0
        self._agreed: object = None  # files and table as they were when there was nothing to do

    def look(self, now: dt.datetime) -> None:
        """Raises OSError where files could not be written."""
        table = Revision.objects.mark()
        files = disk.scan(self._root)
        at_rest, self._files = files == self._files, files
        if (files, table) == self._agreed:
            return
        self._restless = 0 if at_rest else self._restless + 1
        if at_rest or self._restless > PATIENCE:
            self._restless = 0
            if self._brought_up_to_date(now):
                self._agreed = (files, table)

    def _brought_up_to_date(self, now: dt.datetime) -> bool:
        """True when there was nothing to do; False also where another process is at it."""
        with disk.lock(self._root, wait=False) as ours:
            if not ours:
                return False
            disk.sweep(self._root)
            changes = handover.notice(self._root, now) + handover.catch_up(self._root)
            return not changes and not seen.load(self._root).missed


class Round:
    """What is done twice a second. A job that fails is tried again; its kind of fault is told once."""

    def __init__(self, jobs: dict[str, Job]) -> None:
        self._jobs = jobs
        self._told: dict[str, str] = {}

    def make(self, now: dt.datetime) -> None:
        for name, job in self._jobs.items():
            try:
                job(now)
                self._told.pop(name, None)
            except Exception as error:  # noqa: BLE001 (one job's fault is not the others')
                self._tell(name, type(error).__name__)

    def _tell(self, name: str, kind: str) -> None:
        if self._told.get(name) != kind:
            logger.error("%s failed (%s). It is tried again every few seconds.", name, kind)
        self._told[name] = kind


def jobs() -> dict[str, Job]:
    """By the name that a fault is logged under."""
    return {
        "The hand-over of files": Lookout().look,
        "The hand-over of pictures": lambda now: picture_files.catch_up(Path(settings.CONTENT_DIR)),
        "The count of readers": flush,
        "The closing of connections": lambda now: close_old_connections(),
    }


def look_until(stop: threading.Event) -> None:
    """Makes a round every EVERY seconds until `stop` is set; less often where it takes long."""
    round_of_jobs = Round(jobs())
    rest = EVERY
    while not stop.wait(rest):
        started = time.monotonic()
        round_of_jobs.make(timezone.now())
        rest = pause(time.monotonic() - started)


def pause(took: float) -> float:
    """Seconds until the next round, after one that took so many."""
    return min(max(EVERY, SHARE * took), LONGEST_PAUSE)


def start() -> None:
    """Called where a process starts to serve. The thread ends with the process, wherever it is: see disk.py."""
    threading.Thread(target=look_until, args=[threading.Event()], name="lookout", daemon=True).start()
