"""Builders of feedback."""

import datetime as dt
from typing import Any

from articles.models import ReaderFeedback
from tests.conftest import MONDAY_MORNING

NOW = MONDAY_MORNING
TODAY = NOW.date()


def days_ago(number: int) -> dt.date:
    return TODAY - dt.timedelta(days=number)


def make_feedback(**overrides: Any) -> ReaderFeedback:
    """Create an open comment about the article “walking”."""
    fields = {"article": "walking", "section": "Other options", "text": "What is a set?", "day": TODAY}
    return ReaderFeedback.objects.create(**(fields | overrides))


def make_vote(*, helpful: bool, **overrides: Any) -> ReaderFeedback:
    return make_feedback(helpful=helpful, section="", text="", **overrides)
