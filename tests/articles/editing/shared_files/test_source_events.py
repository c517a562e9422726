"""Clearing an event changes one word of watch.yaml and no other byte."""

import datetime as dt
from contextlib import nullcontext
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.content.source_events import parse_watch
from articles.editing.shared_files.source_events import check_signatures, open_events, with_cleared
from articles.library import load_library
from clinic_site.content.files import ContentError, SourceFile
from tests.content_builders import make_article, make_content, make_signed

TEXT = """# What is new.
events:
  - event: "A new label"
    date: 2026-11-20
    sources: [walking2020]
    cleared: false  # not yet
  - {event: "A new review", date: 2026-11-21, sources: [resting2019, walking2020], cleared: no}
  - event: "Old news"
    date: 2026-01-01
    sources: [walking2020]
    cleared: true
"""


def cleared(text: str) -> list[bool]:
    return [event.cleared for event in parse_watch(SourceFile("watch.yaml", text, ""))]


def test_open_events_name_the_pages_that_cite_their_sources(settings: Settings, tmp_path: Path) -> None:
    article = make_article("## A walk\n\nIt may help [@walking2020].\n", sources=["walking2020"])
    library = load_library(make_content(tmp_path, walking=article))
    found = open_events(TEXT, library)
    assert [(item.place, item.event.event) for item in found] == [(0, "A new label"), (1, "A new review")]
    assert [page.title for page in found[1].pages] == ["Walking with a sore back"]


@pytest.mark.parametrize(("place", "on", "refused"), [(0, 19, True), (0, 20, False), (1, 20, True), (2, 19, False)])
def test_clearing_an_event_restores_no_older_signature(tmp_path: Path, place: int, on: int, refused: bool) -> None:
    article = make_article("## A walk\n\nIt may help [@walking2020].\n", sources=["walking2020"])
    root = make_content(tmp_path, walking=article, other=make_article())
    about = root / "pages" / "about.md"
    about.write_text(about.read_text().replace("---\n", "---\nsources: [walking2020]\n", 1) + "\nSee [@walking2020].\n")
    make_signed(root, "walking", on=dt.date(2026, 11, on))
    with pytest.raises(ContentError, match="was signed before this") if refused else nullcontext():
        check_signatures(TEXT, place, load_library(root))


def test_an_unreadable_text_has_no_open_events(tmp_path: Path) -> None:
    assert open_events("events: [\n", load_library(make_content(tmp_path))) == []


@pytest.mark.parametrize("place", [0, 1])
def test_one_event_is_cleared_and_nothing_else_changes(place: int) -> None:
    text = with_cleared(TEXT, place)
    assert cleared(text) == [place == 0, place == 1, True]
    changed = [
        number for number, pair in enumerate(zip(TEXT.split("\n"), text.split("\n"), strict=True)) if len({*pair}) > 1
    ]
    assert changed == [5 if place == 0 else 6]


def test_windows_line_endings_are_preserved() -> None:
    text = with_cleared(TEXT.replace("\n", "\r\n"), 0)
    assert text.count("\r\n") == TEXT.count("\n")
    assert "cleared: true  # not yet\r\n" in text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param(TEXT, 3, id="gone"),
        pytest.param(TEXT, 2, id="cleared already"),
        pytest.param("events:\n  - event: a\n    cleared:\n      false\n", 0, id="on a line of its own"),
        pytest.param("events: [{event: a, cleared: false}, {event: b, cleared: false}]\n", 0, id="two on a line"),
        pytest.param("events: [\n", 0, id="no YAML"),
    ],
)
def test_an_event_that_cannot_be_cleared_by_a_button_is_reported(text: str, place: int) -> None:
    with pytest.raises(ContentError):
        with_cleared(text, place)
