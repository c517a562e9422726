"""Open events of content/watch.yaml, and how to clear one in the text of the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from articles.content.documents import Document
from articles.content.source_events import FILE, SourceEvent, parse_watch
from articles.library import Library
from articles.rendering.signed_text import valid_signature
from clinic_site.content.files import ContentError, SourceFile
from clinic_site.content.yaml_fields import parse_yaml

CLEARED = re.compile(r"""(\bcleared["']?\s*:\s*)(?:false|False|FALSE|no|No|NO|off|Off|OFF)\b""")
BY_HAND = "This entry cannot be cleared by the button. Write “cleared: true” in the text."


@dataclass(frozen=True)
class OpenEvent:
    place: int  # in the file's list, from 0
    event: SourceEvent
    pages: Sequence[Document]  # those that cite one of its sources, by path


def open_events(text: str, library: Library) -> list[OpenEvent]:
    """Return the open events in the file's order; none if `text` cannot be read, which the library reports."""
    try:
        events = parse_watch(SourceFile(FILE, text, ""))
    except ContentError:
        return []
    return [OpenEvent(place, event, _citing(event, library)) for place, event in enumerate(events) if not event.cleared]


def check_signatures(text: str, place: int, library: Library) -> None:
    """Raise ContentError if clearing the event would mark a page as checked that was signed before the event."""
    for open_event in open_events(text, library):
        for page in open_event.pages if open_event.place == place else ():
            signature = valid_signature(page)
            if signature and signature.on < open_event.event.date:
                message = f"“{page.title}” was signed before this. Have it signed anew, or sent back, first."
                raise ContentError(FILE, open_event.event.line, message)


def _citing(event: SourceEvent, library: Library) -> list[Document]:
    pages = {page.path: page for key in event.sources for page in library.cited_by.get(key, ())}
    return [pages[path] for path in sorted(pages)]


def with_cleared(text: str, place: int) -> str:
    """Return `text` with the event at `place` cleared; all else stays. Raises ContentError if that fails."""
    entries = parse_yaml(FILE, text).each("events")
    if place >= len(entries):
        raise ContentError(FILE, 1, "That entry is not in the file any more.")
    number = entries[place].line_of("cleared")
    lines = text.split("\n")
    lines[number - 1], changed = CLEARED.subn(r"\1true", lines[number - 1])
    if changed != 1:
        raise ContentError(FILE, number, BY_HAND)
    return "\n".join(lines)
