"""Figures: a fenced block of YAML becomes a drawing with its caption, source, certainty, limits, and a table.

    ```figure
    kind: people
    ...
    ```

All that a drawing shows stands in words beside it: the drawings are hidden from screen readers.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from decimal import Decimal
from functools import singledispatch

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor

from articles.rendering.certainty import class_of, words_of
from articles.rendering.figures import drawings
from articles.rendering.figures.fences import find_fences
from articles.rendering.figures.model import (
    CertaintyScale,
    Estimate,
    Figure,
    Grade,
    Intervals,
    People,
    Timeline,
    VisitSteps,
    parse_figure,
)

UNITS = ("lower", "higher")
THREE = 3  # arms beside each other; others stand in two columns
NO_DIFFERENCE = "no difference"


class FigureProcessor(BlockProcessor):
    """Block processor; `part` keeps the ids of one page apart. The library has checked the YAML."""

    def __init__(self, parser: BlockParser, part: str) -> None:
        super().__init__(parser)
        self.part = part
        self.number = 0

    def test(self, parent: ET.Element, block: str) -> bool:
        return next(find_fences(block), None) is not None

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        fence = next(find_fences(blocks.pop(0)))
        self.number += 1
        figure = parse_figure("", fence.text, 1)
        element = ET.SubElement(parent, "figure", {"class": "chart"})
        ids = f"figure-{self.part}{self.number}-"
        _add(element, "figcaption", figure.title)
        _draw(figure, element, ids)
        for table in element.iter("table"):
            element[0].set("id", f"{ids}t")
            table.set("aria-labelledby", f"{ids}t")
        _notes(figure, element)


@singledispatch
def _draw(figure: Figure, element: ET.Element, ids: str) -> None:
    """Add the drawing of `figure`, and its numbers as a table where the words around it do not say them in order.

    Each kind has its own; a kind without one would show its title and notes alone.
    """


@_draw.register
def _people(figure: People, element: ET.Element, ids: str) -> None:
    _add(element, "p", "Out of people like those in the study:", "chart-lead")
    groups = _add(element, "div", css="chart-arms chart-three" if len(figure.arms) == THREE else "chart-arms")
    for number, arm in enumerate(figure.arms):
        group = _add(groups, "div")
        words = _add(group, "p")
        _add(words, "strong", f"{arm.count} of {arm.of}").tail = f" {arm.name}"
        group.append(drawings.people(arm, ids, first=not number))
    key = _add(element, "p", css="chart-key")
    for counted, meaning in ((True, figure.shows), (False, "did not")):
        item = _add(key, "span")
        item.append(drawings.person(ids, counted))
        item[0].tail, item.tail = f" {meaning}", " "
    rows = [(arm.name, f"{arm.count} of {arm.of}") for arm in figure.arms]
    _table(element, ("Group", figure.shows.capitalize()), rows)


@_draw.register
def _intervals(figure: Intervals, element: ET.Element, ids: str) -> None:
    for row in figure.rows:
        words = _add(element, "p", css="chart-row")
        _add(words, "strong", row.name).tail = f" {_amount(row)}"
        element.append(drawings.interval(figure, row))
    element.append(drawings.axis(figure))
    sides = _add(element, "p", css="chart-sides")
    _add(sides, "span", f"←\N{NO-BREAK SPACE}{figure.lower}").tail = " "
    _add(sides, "span", f"{figure.higher}\N{NO-BREAK SPACE}→")
    _add(element, "p", f"In {figure.unit}. The dot is the best estimate, the bar the range around it.", "chart-lead")
    rows = [(row.name, _words(row.value), f"{_words(row.low)} to {_words(row.high)}") for row in figure.rows]
    _table(element, ("Study", f"Estimate, in {figure.unit}", "Range"), rows)


def _amount(row: Estimate) -> str:
    return f"{_words(row.value)} (from {_words(row.low)} to {_words(row.high)})"


def _words(value: Decimal) -> str:
    """Return a difference in words: “1.8 lower”."""
    number = drawings.in_digits(value)
    if number == "0":
        return NO_DIFFERENCE
    return f"{number.lstrip('−')} {UNITS[not number.startswith('−')]}"


@_draw.register
def _scale(figure: CertaintyScale, element: ET.Element, ids: str) -> None:
    """Add a list of definitions: the drawings stand in it, and it reads like a table."""
    _add(element, "div", css="chart-scale").append(drawings.scale_head(figure))
    rows = _add(element, "dl", css="chart-grades")
    for row in figure.rows:
        group = _add(rows, "div")
        _add(group, "dt", row.name)
        meaning = _add(group, "dd", _grade(figure, row))
        meaning.append(drawings.grade(figure, row))
        if row.note:
            _add(meaning, "p", row.note)


def _grade(figure: CertaintyScale, row: Grade) -> str:
    steps = [figure.steps[row.high]] if row.low == row.high else [figure.steps[row.low], figure.steps[row.high]]
    return (" to ".join(steps) + (", disputed" if row.disputed else "")).capitalize()


@_draw.register
def _timeline(figure: Timeline, element: ET.Element, ids: str) -> None:
    _list(element, "chart-timeline", [(event.mark, event.when, event.what) for event in figure.events])


@_draw.register
def _steps(figure: VisitSteps, element: ET.Element, ids: str) -> None:
    _list(element, "chart-steps", [("other", step.name, step.what) for step in figure.steps])


def _list(element: ET.Element, css: str, items: list[tuple[str, str, str]]) -> None:
    listed = _add(element, "ol", css=css)
    for mark, name, what in items:
        item = _add(listed, "li")
        item.append(drawings.marker(mark))
        _add(item, "strong", name).tail = f" {what}"


def _notes(figure: Figure, element: ET.Element) -> None:
    notes = _add(element, "dl", css="chart-notes")
    if figure.certainty:
        certainty = _note(notes, "How certain", f" {figure.because}".rstrip())
        level = figure.certainty
        words = words_of(level)
        mark = ET.Element("span", {"class": class_of(level)})
        mark.text, mark.tail, certainty.text = f"{words}.".capitalize(), certainty.text, ""
        certainty.insert(0, mark)
    if figure.limits:
        _note(notes, "What this does not show", figure.limits)
    if figure.source:
        _note(notes, "Source", figure.source)


def _note(notes: ET.Element, name: str, words: str) -> ET.Element:
    group = _add(notes, "div")
    _add(group, "dt", name)
    return _add(group, "dd", words)


def _table(element: ET.Element, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    details = _add(element, "details")
    _add(details, "summary", "The numbers as a table")
    table = _add(details, "table")
    head = _add(_add(table, "thead"), "tr")
    for words in heads:
        _add(head, "th", words).set("scope", "col")
    body = _add(table, "tbody")
    for first, *others in rows:
        row = _add(body, "tr")
        _add(row, "th", first).set("scope", "row")
        for words in others:
            _add(row, "td", words)


def _add(parent: ET.Element, tag: str, text: str = "", css: str = "") -> ET.Element:
    element = ET.SubElement(parent, tag, {"class": css} if css else {})
    element.text = text
    return element
