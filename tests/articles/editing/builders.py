"""Builders of revisions."""

import datetime as dt
from typing import Any

from articles.editing.revisions.disk import digest_of
from articles.models import Revision

NOON = dt.datetime(2026, 11, 23, 17, 0, tzinfo=dt.UTC)  # in the clinic


def make_revision(**overrides: Any) -> Revision:
    """Create the next live revision of articles/walking.md by an editor, without writing a file."""
    path = overrides.get("path", "articles/walking.md")
    last = Revision.objects.of(path).first()
    number = last.number + 1 if last else 1
    removed = overrides.get("removed", False)
    text = overrides.get("text", "" if removed else f"Revision {number}.\n")
    fields = {
        "path": path,
        "number": number,
        "text": text,
        "digest": "" if removed else digest_of(text.encode()),
        "live": True,
        "at": NOON,
        "by": "editor",
    }
    return Revision.objects.create(**{**fields, **overrides})
