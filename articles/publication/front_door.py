"""The finished pages in front of Django, and the threads that keep them and the search index up to date."""

import gc

from django.utils import timezone

from articles.library import get_library
from articles.publication.site_map import Snapshot, take_snapshot
from articles.search import get_index
from clinic_site.background import Job, start_thread
from clinic_site.delivery.internal_request import Application
from clinic_site.published import LOOK_EVERY, Published, site_hosts
from clinic_site.var_folder import VAR_FOLDER

INDEX_EVERY = 1.0  # seconds


def open_front_door(django: Application) -> Published:
    """Return `django` with the finished pages in front of it, and start the threads."""
    published = Published(django, current_snapshot, site_hosts(), VAR_FOLDER / "pages")
    pages = Job("The finished pages could not be refreshed", lambda now: published.refresh())
    index = Job("The search index could not be brought up to date", lambda now: get_index(get_library()))
    start_thread("pages", LOOK_EVERY, [pages])
    start_thread("search", INDEX_EVERY, [index])
    return published


def current_snapshot(before: Snapshot | None) -> Snapshot:
    """Return a snapshot of the site; `before` itself if nothing changed."""
    snapshot = take_snapshot(before, timezone.now())
    if before is None:
        gc.freeze()  # exempt the large library from collections: nothing in it is garbage
    return snapshot
