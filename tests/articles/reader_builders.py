"""What readers leave behind, for tests: one plain function."""

import datetime as dt
from typing import Any

from articles.models import ReaderFeedback
from tests.conftest import MONDAY_MORNING

NOW = MONDAY_MORNING
TODAY = NOW.date()
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def days_ago(number: int) -> dt.date:
    return TODAY - dt.timedelta(days=number)


def make_feedback(**overrides: Any) -> ReaderFeedback:
    """Words about the article “walking”, which nobody has dealt with."""
    said = {"article": "walking", "section": "Other options", "text": "What is a set?", "day": TODAY}
    return ReaderFeedback.objects.create(**(said | overrides))


def make_vote(*, helpful: bool, **overrides: Any) -> ReaderFeedback:
    return make_feedback(helpful=helpful, section="", text="", **overrides)
