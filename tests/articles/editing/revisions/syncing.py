"""One sync of the content folder, as the background job of a server does."""

import datetime as dt
from pathlib import Path

from django.conf import settings

from articles.editing.revisions import disk, sync


def sync_folder(now: dt.datetime) -> None:
    """Import edits on disk, then write outdated files. Raises OSError if a file could not be written."""
    root = Path(settings.CONTENT_DIR)
    with disk.lock(root):
        sync.import_edits(root, now)
        sync.write_stale_files(root)
