"""The figures that a text may hold, and how their YAML is read. docs/staff-guide.md shows each kind."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from articles.rendering.blocks import without_claim_marks
from articles.rendering.certainty import LEVELS, NOT_GRADED
from articles.rendering.figures.fences import find_fences
from clinic_site.content.files import ContentError
from clinic_site.content.yaml_fields import Fields, parse_yaml

CERTAINTIES = (*LEVELS, NOT_GRADED)
STEPS = LEVELS[:-1]  # of a scale: “disputed” is no step, but a mark on one
MARKS = ("approved", "warning", "other")  # of events
MOST_PEOPLE = 100
MOST_PARTS = 20
DECIMAL = re.compile(r"-?\d{1,5}(?:\.\d{1,4})?")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What every figure has. Texts are inline Markdown; "" where a text is left out, which rule A32 reports."""

    line: int  # of its first line of YAML, in the file
    title: str
    source: str  # in a sentence, with its citations
    certainty: str  # one of CERTAINTIES
    because: str  # the reason for the certainty
    limits: str  # what the figure does not show
    texts: tuple[tuple[int, str], ...]  # every text with its line, in order


@dataclass(frozen=True)
class Arm:
    """A group of people of a study: `count` of each `of`."""

    name: str
    count: int
    of: int
    line: int


@dataclass(frozen=True, kw_only=True)
class People(Figure):
    shows: str  # what happened to those counted
    arms: tuple[Arm, ...]


@dataclass(frozen=True)
class Estimate:
    name: str
    value: Decimal
    low: Decimal
    high: Decimal
    line: int


@dataclass(frozen=True, kw_only=True)
class Intervals(Figure):
    unit: str
    start: Decimal  # of the axis
    end: Decimal
    lower: str  # what a value below zero means
    higher: str
    rows: tuple[Estimate, ...]


@dataclass(frozen=True)
class Grade:
    """A range of steps on a scale of certainty; most often a single one."""

    name: str
    low: int
    high: int
    disputed: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class CertaintyScale(Figure):
    steps: tuple[str, ...]
    rows: tuple[Grade, ...]


@dataclass(frozen=True)
class Event:
    when: str
    what: str
    mark: str  # one of MARKS


@dataclass(frozen=True, kw_only=True)
class Timeline(Figure):
    events: tuple[Event, ...]


@dataclass(frozen=True)
class VisitStep:
    name: str
    what: str


@dataclass(frozen=True, kw_only=True)
class VisitSteps(Figure):
    steps: tuple[VisitStep, ...]


@lru_cache(maxsize=256)
def parse_figure(path: str, text: str, first_line: int) -> Figure:
    """Return the figure whose YAML starts at line `first_line` of the file. Raises ContentError at the first fault."""
    fields = parse_yaml(path, text, first_line)
    reader = _Texts()
    make = KINDS[fields.choice("kind", tuple(KINDS))]
    title = reader.text(fields, "title")
    figure = make(
        reader,
        fields,
        line=first_line,
        title=title,
        certainty=fields.choice("certainty", CERTAINTIES) if "certainty" in fields.keys() else "",  # noqa: SIM118
        because=reader.text(fields, "because", ""),
        limits=reader.text(fields, "limits", ""),
        source=reader.text(fields, "source", ""),
        texts=(),
    )
    fields.done()
    return replace(figure, texts=tuple(sorted(reader.found, key=lambda found: found[0])))


def in_words(markdown: str) -> str:
    """Return `markdown` with the words of each figure in its place, without its numbers and marks."""
    lines = markdown.split("\n")
    for fence in reversed(list(find_fences(markdown))):
        try:
            words = [text for _, text in parse_figure("", fence.text, 1).texts]
        except ContentError:  # of a text that was never checked
            words = []
        lines[fence.line - 1 : fence.end] = ["", *(word if word[-1:] in ".?!" else f"{word}." for word in words), ""]
    return "\n".join(lines)


class _Texts:
    """Reader of the texts of one figure, which notes the line of each for the rules."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def text(self, fields: Fields, key: str, default: str | None = None) -> str:
        value = " ".join(fields.text(key, default).split())
        if "{{" in value:
            raise fields.error(key, "A figure takes no “{{ … }}”. Write the words themselves.")
        if value:
            self.found.append((fields.line_of(key), value))
        return without_claim_marks(value)


def _parts(fields: Fields, key: str, fewest: int) -> list[Fields]:
    parts = fields.each(key)
    if not fewest <= len(parts) <= MOST_PARTS:
        raise fields.error(key, f"“{key}” has {len(parts)} entries. Write {fewest} to {MOST_PARTS} of them.")
    return parts


def _closed(fields: Fields, part: Any) -> Any:
    """Return `part`, made of all of `fields`."""
    fields.done()
    return part


def _people(reader: _Texts, fields: Fields, **common: Any) -> People:
    shows = reader.text(fields, "shows")
    arms = tuple(_closed(arm, _arm(reader, arm)) for arm in _parts(fields, "arms", 1))
    return People(shows=shows, arms=arms, **common)


def _arm(reader: _Texts, fields: Fields) -> Arm:
    arm = Arm(reader.text(fields, "name"), fields.number("count"), fields.number("of"), fields.line)
    if not 0 < arm.of <= MOST_PEOPLE:
        raise fields.error("of", f"“of” is {arm.of}. Write 1 to {MOST_PEOPLE}.")
    if not 0 <= arm.count <= arm.of:
        raise fields.error("count", f"“count” is {arm.count}. It lies between 0 and {arm.of}.")
    return arm


def _intervals(reader: _Texts, fields: Fields, **common: Any) -> Intervals:
    start, end = _decimal(fields, "from"), _decimal(fields, "to")
    if start >= end:
        raise fields.error("to", f"The axis goes from {start} to {end}. Let “to” be the larger number.")
    unit, lower, higher = (reader.text(fields, key) for key in ("unit", "lower", "higher"))
    rows = tuple(_closed(row, _estimate(reader, row, start, end)) for row in _parts(fields, "rows", 1))
    return Intervals(start=start, end=end, unit=unit, lower=lower, higher=higher, rows=rows, **common)


def _estimate(reader: _Texts, fields: Fields, start: Decimal, end: Decimal) -> Estimate:
    name = reader.text(fields, "name")
    value, low, high = (_decimal(fields, key) for key in ("estimate", "low", "high"))
    row = Estimate(name, value, low, high, fields.line)
    if not start <= row.low <= row.value <= row.high <= end:
        message = f"“low”, “estimate” and “high” must rise, between {start} and {end}."
        raise fields.error("estimate", message)
    return row


def _decimal(fields: Fields, key: str) -> Decimal:
    value = fields.text(key)
    if not DECIMAL.fullmatch(value):
        raise fields.error(key, f"“{key}” must be a number, like -1.8.")
    return Decimal(value)


def _scale(reader: _Texts, fields: Fields, **common: Any) -> CertaintyScale:
    steps = fields.texts("steps", optional=True) or STEPS
    if not 2 <= len(steps) <= 5:
        raise fields.error("steps", f"“steps” has {len(steps)} words. Write 2 to 5, the least certain first.")
    rows = tuple(_closed(row, _grade(reader, row, steps)) for row in _parts(fields, "rows", 1))
    return CertaintyScale(steps=steps, rows=rows, **common)


def _grade(reader: _Texts, fields: Fields, steps: tuple[str, ...]) -> Grade:
    name = reader.text(fields, "name")
    low = steps.index(fields.choice("level", steps))
    high = steps.index(fields.choice("to", steps)) if "to" in fields.keys() else low  # noqa: SIM118
    if high < low:
        raise fields.error("to", "“to” is the more certain step of the two, or is left out.")
    return Grade(name, low, high, fields.flag("disputed", default=False), reader.text(fields, "note", ""))


def _timeline(reader: _Texts, fields: Fields, **common: Any) -> Timeline:
    events = tuple(_closed(event, _event(reader, event)) for event in _parts(fields, "events", 2))
    return Timeline(events=events, **common)


def _event(reader: _Texts, fields: Fields) -> Event:
    return Event(reader.text(fields, "when"), reader.text(fields, "what"), fields.choice("mark", MARKS))


def _visit(reader: _Texts, fields: Fields, **common: Any) -> VisitSteps:
    steps = tuple(_closed(step, _step(reader, step)) for step in _parts(fields, "steps", 2))
    return VisitSteps(steps=steps, **common)


def _step(reader: _Texts, fields: Fields) -> VisitStep:
    return VisitStep(reader.text(fields, "name"), reader.text(fields, "what"))


KINDS: Mapping[str, Callable[..., Figure]] = {
    "people": _people,
    "interval": _intervals,
    "certainty": _scale,
    "timeline": _timeline,
    "steps": _visit,
}
