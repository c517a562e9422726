"""Single values of clinic.yaml change, and no other byte."""

import datetime as dt
import difflib
from collections.abc import Sequence

import pytest

from articles.editing.shared_files.yaml_edits import Path, Value, has_value, with_value
from clinic_site.clinic_yaml import parse_clinic
from clinic_site.content.files import ContentError
from clinic_site.content.yaml_fields import parse_yaml
from tests.shipped import REAL_CONTENT

TEXT = """\
# The clinic.
visits:   # what can be booked
  - slug: call
    name: A call   # as patients read it
    minutes: 30
    bring:
      - Papers
      - "A list"

  - {slug: visit, name: A visit, minutes: 60}

offices:
- slug: alder
  hours:
    tuesday: ["08:00-17:00"]  # market day
    thursday: []
  closures: [{date: 2026-11-26, reason: Thanksgiving Day}, {date: 2026-12-25, reason: Christmas Day}]
  # persons and rooms
  calendars:
  - slug: room
    name: Room 1
- slug: wren
  hours: {monday: ["09:00-12:00"], friday: ["09:00-12:00"]}
  closures:
  # the feasts
    - {date: 2026-11-26, reason: Thanksgiving Day}   # each year
    - date: 2026-12-25
      reason: Christmas Day
"""
NEW_ROOM: Value = {"slug": "room-2", "name": "Room: 2", "kinds": ["call"], "hours": {"monday": ["08:00-09:00"]}}
NEW_DAY: Value = {"date": dt.date(2026, 12, 24), "reason": "Christmas Eve"}
CASES: list[tuple[str, Path, Value | None, list[str]]] = [
    ("a scalar", ("visits", "call", "minutes"), 45, ["-    minutes: 30", "+    minutes: 45"]),
    (
        "a comment behind the value stays",
        ("visits", "call", "name"),
        "No: a call",
        ["-    name: A call   # as patients read it", '+    name: "No: a call"   # as patients read it'],
    ),
    (
        "inside a mapping on one line",
        ("visits", "visit", "minutes"),
        75,
        ["-  - {slug: visit, name: A visit, minutes: 60}", "+  - {slug: visit, name: A visit, minutes: 75}"],
    ),
    (
        "a list on lines of its own",
        ("visits", "call", "bring"),
        ["Papers", "#2"],
        ['-      - "A list"', '+      - "#2"'],
    ),
    (
        "a list on one line",
        ("offices", "alder", "hours", "tuesday"),
        ["08:00-12:00", "13:00-17:00"],
        [
            '-    tuesday: ["08:00-17:00"]  # market day',
            '+    tuesday: ["08:00-12:00", "13:00-17:00"]  # market day',
        ],
    ),
    (
        "a new day of the week before the first",
        ("offices", "alder", "hours", "monday"),
        ["08:00-12:00"],
        ['+    monday: ["08:00-12:00"]'],
    ),
    (
        "a new day of the week in between",
        ("offices", "alder", "hours", "wednesday"),
        ["08:00-12:00"],
        ['+    wednesday: ["08:00-12:00"]'],
    ),
    (
        "a new day on one line",
        ("offices", "wren", "hours", "tuesday"),
        ["08:00-12:00"],
        [
            '-  hours: {monday: ["09:00-12:00"], friday: ["09:00-12:00"]}',
            '+  hours: {monday: ["09:00-12:00"], tuesday: ["08:00-12:00"], friday: ["09:00-12:00"]}',
        ],
    ),
    (
        "a removed day",
        ("offices", "alder", "hours", "tuesday"),
        None,
        ['-    tuesday: ["08:00-17:00"]  # market day'],
    ),
    (
        "a removed first value on one line",
        ("offices", "wren", "hours", "monday"),
        None,
        [
            '-  hours: {monday: ["09:00-12:00"], friday: ["09:00-12:00"]}',
            '+  hours: {friday: ["09:00-12:00"]}',
        ],
    ),
    (
        "a removed last value on one line",
        ("offices", "wren", "hours", "friday"),
        None,
        [
            '-  hours: {monday: ["09:00-12:00"], friday: ["09:00-12:00"]}',
            '+  hours: {monday: ["09:00-12:00"]}',
        ],
    ),
    ("a key that is missing is not removed", ("visits", "call", "by_phone"), None, []),
    ("a new key at the end of its item", ("visits", "call", "by_phone"), True, ["+    by_phone: true"]),
    (
        "a new day in the order of time",
        ("offices", "wren", "closures", "2026-12-24"),
        NEW_DAY,
        ["+    - {date: 2026-12-24, reason: Christmas Eve}"],
    ),
    (
        "a new day before all others",
        ("offices", "wren", "closures", "2026-01-01"),
        {"date": dt.date(2026, 1, 1), "reason": "Yes"},
        ['+    - {date: 2026-01-01, reason: "Yes"}'],
    ),
    (
        "a removed item of several lines",
        ("offices", "wren", "closures", "2026-12-25"),
        None,
        ["-    - date: 2026-12-25", "-      reason: Christmas Day"],
    ),
    (
        "a removed item",
        ("offices", "wren", "closures", "2026-11-26"),
        None,
        ["-    - {date: 2026-11-26, reason: Thanksgiving Day}   # each year"],
    ),
    (
        "the last item takes its list along",
        ("offices", "alder", "calendars", "room"),
        None,
        ["-  calendars:", "-  - slug: room", "-    name: Room 1"],
    ),
    (
        "a new item of several lines",
        ("offices", "alder", "calendars", "room-2"),
        NEW_ROOM,
        [
            "+  - slug: room-2",
            '+    name: "Room: 2"',
            "+    kinds: [call]",
            "+    hours:",
            '+      monday: ["08:00-09:00"]',
        ],
    ),
    (
        "the first item of a new list",
        ("offices", "wren", "calendars", "room-2"),
        {"slug": "room-2", "name": "Room 2"},
        ["+  calendars:", "+    - slug: room-2", "+      name: Room 2"],
    ),
    (
        "hours of an item that had none",
        ("offices", "alder", "calendars", "room", "hours"),
        {"monday": ["08:00-09:00"]},
        ["+    hours:", '+      monday: ["08:00-09:00"]'],
    ),
    (
        "a mapping inside one line",
        ("visits", "visit", "hours", "monday"),
        ["08:00-09:00"],
        [
            "-  - {slug: visit, name: A visit, minutes: 60}",
            '+  - {slug: visit, name: A visit, minutes: 60, hours: {monday: ["08:00-09:00"]}}',
        ],
    ),
    (
        "a list inside one line",
        ("visits", "visit", "closures", "2026-12-24"),
        NEW_DAY,
        [
            "-  - {slug: visit, name: A visit, minutes: 60}",
            "+  - {slug: visit, name: A visit, minutes: 60, closures: [{date: 2026-12-24, reason: Christmas Eve}]}",
        ],
    ),
    (
        "a day on one line before all others",
        ("offices", "alder", "closures", "2026-01-01"),
        {"date": dt.date(2026, 1, 1), "reason": "New Year"},
        [
            "-  closures: [{date: 2026-11-26, reason: Thanksgiving Day}, {date: 2026-12-25, reason: Christmas Day}]",
            (
                "+  closures: [{date: 2026-01-01, reason: New Year}, {date: 2026-11-26, reason: Thanksgiving Day}, "
                "{date: 2026-12-25, reason: Christmas Day}]"
            ),
        ],
    ),
    (
        "a new part of the file",
        ("rooms", "big"),
        "yes",
        ["+rooms:", '+  big: "yes"'],
    ),
]


def difference(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.split("\n"), after.split("\n"))
    return [line[0] + line[2:] for line in lines if line[0] in "+-"]


@pytest.mark.parametrize(("path", "value", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
@pytest.mark.parametrize("how", ["as written", "windows", "byte order mark"])
def test_only_the_lines_of_the_value_change(path: Path, value: Value | None, expected: list[str], how: str) -> None:
    text = {"windows": TEXT.replace("\n", "\r\n"), "byte order mark": f"\ufeff{TEXT}"}.get(how, TEXT)
    changed = with_value(text, path, value)
    assert sorted(difference(TEXT, changed.replace("\r", "").removeprefix("\ufeff"))) == sorted(expected)
    assert changed.count("\r") == (changed.count("\n") if how == "windows" else 0)
    assert changed.startswith("\ufeff") == (how == "byte order mark")
    parse_yaml("", changed.removeprefix("\ufeff"))
    assert has_value(changed, path) == (value is not None)


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: 1", ("b",), 2, "a: 1\nb: 2"),  # no line break at the end
        ("a: 1\nb: 2", ("b",), None, "a: 1\n"),
        ("a:\nb: 2\n", ("a",), 1, "a: 1\nb: 2\n"),
        ("a: |\n  x\n  y\n\nb: 2\n", ("a",), "z", "a: z\n\nb: 2\n"),
        ("a: [1, 2,\n  3]  # x\nb: 2\n", ("a",), [4, 5], "a: [4, 5]  # x\nb: 2\n"),
        ("a:\n  - b: 1\n    slug: x\n", ("a", "x", "b"), None, "a:\n  - slug: x\n"),
        ("a:\n  -\n    slug: x\n  -\n    slug: y\n", ("a", "x"), None, "a:\n  -\n    slug: y\n"),
        ("a: []\n", ("a", "x"), {"slug": "x"}, "a: [{slug: x}]\n"),
        ("a: {}\n", ("a", "x"), False, "a: {x: false}\n"),
        ("a: {b: 1}\nc: 2\n", ("a", "b"), None, "c: 2\n"),
        ("a:\n  b: 1\n", ("a",), 3, "a:\n  3\n"),
        ("a:\n  - 1\n  - 2\n", ("a", "x"), None, "a:\n  - 1\n  - 2\n"),
    ],
)
def test_odd_ways_of_writing(before: str, path: Path, value: Value | None, after: str) -> None:
    assert with_value(before, path, value) == after


@pytest.mark.parametrize(("text", "line"), [("a: 1\n- b\n", 2), ("a: 1\nb: x\u2028c: 2\n", 2)])
def test_a_text_that_cannot_be_read_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(ContentError) as caught:
        with_value(text, ("a",), 2)
    assert caught.value.problem.line == line


def test_the_shipped_file_takes_every_kind_of_change_and_gives_it_back() -> None:
    before = (REAL_CONTENT / "clinic.yaml").read_text()
    clinic = parse_clinic(parse_yaml("", before))
    steps: Sequence[tuple[Path, Value, Value | None]] = [
        (("visits", "first-call", "minutes"), 45, 30),
        (("visits", "first-visit", "confirm"), "auto", "desk"),
        (("visits", "first-visit", "by_phone"), True, None),
        (("offices", "lake-wren", "hours", "friday"), ["09:00-12:00"], None),
        (("offices", "lake-wren", "closures", "2026-11-27"), {"date": dt.date(2026, 11, 27), "reason": "Rest"}, None),
        (("offices", "port-alder", "calendars", "two"), {"slug": "two", "name": "Two"}, None),
        (("offices", "port-alder", "calendars", "port-alder-first", "hours"), {"friday": ["09:00-12:00"]}, None),
        (("visits", "third"), {"slug": "third", "name": "Third", "minutes": 15, "confirm": "auto"}, None),
    ]
    text = before
    for path, value, _ in steps:
        text = with_value(text, path, value)
    changed = parse_clinic(parse_yaml("", text))
    assert [kind.slug for kind in changed.visit_kinds] == ["first-call", "first-visit", "third"]
    assert [calendar.slug for calendar in changed.offices[0].calendars] == ["port-alder-first", "two"]
    assert len(difference(before, text)) == 15
    for path, _, original in steps:
        text = with_value(text, path, original)
    assert parse_clinic(parse_yaml("", text)) == clinic
    assert text == before
