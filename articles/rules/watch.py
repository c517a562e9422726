"""Events that send pages back to be checked, from content/watch.yaml."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from clinic_site.content_files import SourceFile, parse_yaml, read_source

FILE = "watch.yaml"


@dataclass(frozen=True)
class Event:
    """Something new about sources we cite, such as a notice or a new version of a review."""

    event: str
    date: dt.date
    sources: tuple[str, ...]
    cleared: bool  # somebody looked at every page that cites them
    line: int = 1  # of its sources in the file


def load_events(root: Path) -> tuple[Event, ...]:
    """Raises ContentError when the file is wrong or missing."""
    return parse_watch(read_source(root, root / FILE))


def parse_watch(source: SourceFile) -> tuple[Event, ...]:
    """Raises ContentError."""
    file = parse_yaml(source.path, source.text)
    events = []
    for fields in file.each("events"):
        sources, line = fields.texts("sources"), fields.line_of("sources")
        events.append(Event(fields.text("event"), fields.date("date"), sources, fields.flag("cleared"), line))
        fields.done()
    file.done()
    return tuple(events)
