"""A thread in each server process that compares files and database twice a second.

Readers never wait for the thread, and a database or disk that is unavailable stops neither the thread nor readers.
"""

import datetime as dt
from pathlib import Path

from django.conf import settings

from articles.editing.pictures import storage
from articles.editing.revisions import disk, sync, sync_state
from articles.models import Revision
from articles.readers.missed_searches import flush
from clinic_site.background import Job, start_thread

# Seconds. A save shows on all machines within 1.5 s, an edit on a disk within 2.5 s: see docs/decisions/0009.
EVERY = 0.5
REST = 10  # times as long as a round, which leaves nearly all CPU time to readers
PATIENCE = 20  # looks to wait while the folder keeps changing (a checkout, an upload)


class FolderWatcher:
    """Compares the content folder with the last look, and syncs it if something changed and the folder is stable."""

    def __init__(self) -> None:
        self._root = Path(settings.CONTENT_DIR)
        self._files: dict[str, disk.Signature] = {}
        self._unstable_looks = 0
        self._synced: object = None  # (files, table) after the last sync without changes

    def look(self, now: dt.datetime) -> None:
        """Look once. Raises OSError if files could not be written."""
        table = Revision.objects.mark()
        files = disk.scan(self._root)
        is_stable, self._files = files == self._files, files
        if (files, table) == self._synced:
            return
        self._unstable_looks = 0 if is_stable else self._unstable_looks + 1
        if is_stable or self._unstable_looks > PATIENCE:
            self._unstable_looks = 0
            if self._sync(now):
                self._synced = (files, table)

    def _sync(self, now: dt.datetime) -> bool:
        """Sync. Return True if there was nothing to do; False also while another process syncs the folder."""
        with disk.lock(self._root, wait=False) as locked:
            if not locked:
                return False
            disk.sweep(self._root)
            changes = sync.import_edits(self._root, now) + sync.write_stale_files(self._root)
            return not changes and not sync_state.load(self._root).missed


def jobs() -> list[Job]:
    return [
        Job("The hand-over of files failed", FolderWatcher().look),
        Job("The hand-over of pictures failed", lambda now: storage.sync_files(Path(settings.CONTENT_DIR))),
        Job("The count of missed searches failed", flush),
    ]


def start() -> None:
    """Start the thread. It may be killed at any point when the process ends: see disk.py."""
    start_thread("folder watcher", EVERY, jobs(), rest=REST)
