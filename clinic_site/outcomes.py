"""What became of the requests that an article led to: the desk provides it, and those who write the articles read it.

The two apps never import each other; this is the place where they meet.
"""

import datetime as dt
from collections.abc import Callable, Mapping

Outcomes = Mapping[str, Mapping[str, int]]
Source = Callable[[dt.datetime], Outcomes]


def _nothing(now: dt.datetime) -> Outcomes:
    return {}


_source: Source = _nothing


def provide(source: Source) -> None:
    """From now on `source` answers. Called once, when the app that knows is ready."""
    global _source  # one provider for the whole process
    _source = source


def declined_by_article(now: dt.datetime) -> Outcomes:
    """Slug of an article -> reason in words -> how many requests that came from it were declined for that reason."""
    return _source(now)
