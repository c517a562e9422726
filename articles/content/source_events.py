"""Events that send pages back to be checked, from content/watch.yaml."""

import datetime as dt
from dataclasses import dataclass

from clinic_site.content.files import SourceFile
from clinic_site.content.yaml_fields import parse_yaml

FILE = "watch.yaml"


@dataclass(frozen=True)
class SourceEvent:
    """News about sources we cite, such as a notice or a new version of a review."""

    event: str
    date: dt.date
    sources: tuple[str, ...]
    cleared: bool  # somebody checked every page that cites them
    line: int = 1  # of its sources in the file


def parse_watch(source: SourceFile) -> tuple[SourceEvent, ...]:
    """Read the events of the file. Raises ContentError."""
    file = parse_yaml(source.path, source.text)
    events = []
    for fields in file.each("events"):
        sources, line = fields.texts("sources"), fields.line_of("sources")
        events.append(SourceEvent(fields.text("event"), fields.date("date"), sources, fields.flag("cleared"), line))
        fields.done()
    file.done()
    return tuple(events)
