"""The events of content/watch.yaml that are open, and how one is cleared in the text of the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from articles.documents import Article, Document
from articles.library import Library
from articles.rules.watch import FILE, Event, parse_watch
from clinic_site.content_files import ContentError, SourceFile, parse_yaml

CLEARED = re.compile(r"""(\bcleared["']?\s*:\s*)(?:false|False|FALSE|no|No|NO|off|Off|OFF)\b""")
BY_HAND = "This entry cannot be cleared by the button. Write “cleared: true” in the text."


@dataclass(frozen=True)
class OpenEvent:
    place: int  # in the file's list, from 0
    event: Event
    pages: Sequence[Document]  # those that cite one of its sources, by path


def open_events(text: str, library: Library) -> list[OpenEvent]:
    """In the file's order; none where `text` cannot be read, which the library tells of."""
    try:
        events = parse_watch(SourceFile(FILE, text, ""))
    except ContentError:
        return []
    return [OpenEvent(place, each, _citing(each, library)) for place, each in enumerate(events) if not each.cleared]


def check_signatures(text: str, place: int, library: Library) -> None:
    """Raises ContentError where clearing the event would call a page checked whose check is older than the event."""
    for open_event in open_events(text, library):
        for page in open_event.pages if open_event.place == place else ():
            if isinstance(page, Article) and page.reviewer and page.reviewer.on < open_event.event.date:
                message = f"“{page.title}” was signed before this. Have it signed anew, or sent back, first."
                raise ContentError(FILE, open_event.event.line, message)


def _citing(event: Event, library: Library) -> list[Document]:
    pages = {page.path: page for key in event.sources for page in library.cited_by.get(key, ())}
    return [pages[path] for path in sorted(pages)]


def with_cleared(text: str, place: int) -> str:
    """`text` with the event at that place cleared; all else stays. Raises ContentError where that cannot be done."""
    entries = parse_yaml(FILE, text).each("events")
    if place >= len(entries):
        raise ContentError(FILE, 1, "That entry is not in the file any more.")
    number = entries[place].line_of("cleared")
    lines = text.split("\n")
    lines[number - 1], changed = CLEARED.subn(r"\1true", lines[number - 1])
    if changed != 1:
        raise ContentError(FILE, number, BY_HAND)
    return "\n".join(lines)
