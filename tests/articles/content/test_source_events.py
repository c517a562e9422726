"""The list of events about sources is parsed strictly."""

import datetime as dt

import pytest

from articles.content.source_events import SourceEvent, parse_watch
from clinic_site.content.files import ContentError, SourceFile
from tests.shipped import REAL_CONTENT

ENTRY = "events:\n  - {event: A new label, date: 2026-12-01, sources: [ketalar_label], cleared: false}\n"


def source(text: str) -> SourceFile:
    return SourceFile("watch.yaml", text, "digest")


def test_an_event_is_parsed_with_all_fields() -> None:
    expected = SourceEvent("A new label", dt.date(2026, 12, 1), ("ketalar_label",), cleared=False, line=2)
    assert parse_watch(source(ENTRY)) == (expected,)


def test_the_site_starts_with_no_event() -> None:
    assert parse_watch(source((REAL_CONTENT / "watch.yaml").read_text())) == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("cleared: false", "cleared: maybe", "must be true or false"),
        ("2026-12-01", "soon", "“date” must be a date"),
        (", cleared: false", "", "“cleared” is missing"),
        ("event:", "evnt:", "“event” is missing"),
        ("false}", "false, by: me}", "“by” is not a known key"),
        ("events:", "evnts:", "“events” is missing"),
        ("events:", "more: 1\nevents:", "“more” is not a known key"),
    ],
)
def test_each_mistake_is_reported(old: str, new: str, words: str) -> None:
    with pytest.raises(ContentError, match=words):
        parse_watch(source(ENTRY.replace(old, new, 1)))
