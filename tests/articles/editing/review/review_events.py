"""Builders of review events."""

import datetime as dt

from articles.models import ReviewEvent
from tests.conftest import MONDAY_MORNING

EVENT = {
    "path": "articles/walk.md",
    "kind": ReviewEvent.Kind.ASKED,
    "at": MONDAY_MORNING,
    "by": "editor",
    "text": "Title: Walking with a sore back",
    "text_hash": "0" * 64,
}
SIGNATURE = {
    "kind": ReviewEvent.Kind.SIGNED,
    "by": "reviewer",
    "name": "R. Name",
    "credentials": "MD",
    "license_state": "FL",
    "signed_on": dt.date(2026, 11, 23),
}


def make_event(**overrides: object) -> ReviewEvent:
    """Create an editor's request for a review."""
    return ReviewEvent.objects.create(**{**EVENT, **overrides})


def make_signature(**overrides: object) -> ReviewEvent:
    return make_event(**{**SIGNATURE, **overrides})
