"""Geometry of small charts (columns, bars, a heat grid), which templates/charts/chart.svg draws.

All lengths are in units of the drawing, which is WIDTH units wide and scales to its place on the page. A box or a text
has only the name of its class: the stylesheet decides on colors and type.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 720
LINE = 18  # a line of text
GAP = 5  # between a shape and the words beside it
COLUMN_HEIGHT = 150
COLUMN_BASE = LINE + COLUMN_HEIGHT
THICKEST_COLUMN = 40
BAR_HEIGHT = 12
BAR_STEP = LINE + BAR_HEIGHT + 2 * GAP
ROOM_FOR_VALUE = 60  # right of the longest bar
LONGEST_LABEL = 90  # characters that fit above a bar
ROW_LABEL = 90  # left of a heat grid
CELL_HEIGHT = 26
CELL_BASE = 18  # of the words in a cell
STRONGEST = 0.45  # opacity at which words on a cell can still be read, light and dark


@dataclass(frozen=True)
class Value:
    """An amount, 0 or more, and its text."""

    amount: float
    shown: str


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    name: str
    strength: float = 1  # opacity, 0 to 1


@dataclass(frozen=True)
class Text:
    """Words on the baseline y. The class says whether x is their start, middle or end."""

    x: float
    y: float
    words: str
    name: str


@dataclass(frozen=True)
class Chart:
    height: float
    boxes: tuple[Box, ...]
    texts: tuple[Text, ...]
    width: float = WIDTH


class Drawing:
    """A chart in the making. Positions are rounded to a tenth of a unit; empty texts are left out."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.texts: list[Text] = []

    def box(self, x: float, y: float, width: float, height: float, name: str, strength: float = 1) -> None:
        corner, size = (round(x, 1), round(y, 1)), (round(width, 1), round(height, 1))
        self.boxes.append(Box(*corner, *size, name, round(strength, 2)))

    def write(self, x: float, y: float, words: str, name: str) -> None:
        if words:
            self.texts.append(Text(round(x, 1), round(y, 1), words, name))

    def chart(self, height: float) -> Chart:
        return Chart(height, tuple(self.boxes), tuple(self.texts))


def columns(labels: Sequence[str], *series: Sequence[Value], full: float = 0) -> Chart:
    """Draw upright columns with their values on top; for each label one column of each series, side by side.

    Each series has a value for each label. `full` is the amount of the highest possible column; without it the largest
    amount is the highest. The boxes of the first series have the class "series-1", and so on.
    """
    slot = WIDTH / len(labels)
    width = min(slot * 0.8 / len(series), THICKEST_COLUMN)
    unit = COLUMN_HEIGHT / _top([full, *(value.amount for values in series for value in values)])
    drawing = Drawing()
    for place, (label, *values) in enumerate(zip(labels, *series, strict=True)):
        middle = slot * (place + 0.5)
        drawing.write(middle, COLUMN_BASE + LINE, label, "middle")
        for number, value in enumerate(values, 1):
            x = middle + width * (number - 1 - len(series) / 2)
            y = COLUMN_BASE - value.amount * unit
            drawing.box(x, y, width, COLUMN_BASE - y, f"series-{number}")
            drawing.write(x + width / 2, y - GAP, value.shown, "middle")
    return drawing.chart(COLUMN_BASE + LINE + GAP)


def bars(labels: Sequence[str], values: Sequence[Value], full: float = 0) -> Chart:
    """Draw level bars, each below its label and with its value at the end. A label that does not fit is cut.

    `full` is the amount of the longest possible bar; without it the largest amount is the longest.
    """
    unit = (WIDTH - ROOM_FOR_VALUE) / _top([full, *(value.amount for value in values)])
    drawing = Drawing()
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = place * BAR_STEP + LINE + GAP
        drawing.write(0, y - GAP, _cut(label), "start")
        drawing.box(0, y, value.amount * unit, BAR_HEIGHT, "series-1")
        drawing.write(value.amount * unit + GAP, y + BAR_HEIGHT, value.shown, "start")
    return drawing.chart(len(values) * BAR_STEP)


def heat_grid(rows: Sequence[str], labels: Sequence[str], amounts: Sequence[Sequence[int]]) -> Chart:
    """Draw a cell for each amount, the stronger the larger, with its number inside unless the number is 0.

    `amounts` has one sequence for each row, with a number for each of `labels`, which are above the columns.
    """
    width = (WIDTH - ROW_LABEL) / len(labels)
    unit = STRONGEST / _top(max(row) for row in amounts)
    drawing = Drawing()
    for column, label in enumerate(labels):
        drawing.write(ROW_LABEL + width * column, LINE - GAP, label, "start")
    for line, (label, row) in enumerate(zip(rows, amounts, strict=True)):
        y = LINE + CELL_HEIGHT * line
        drawing.write(0, y + CELL_BASE, label, "start")
        for column, amount in enumerate(row):
            x = ROW_LABEL + width * column
            drawing.box(x, y, width, CELL_HEIGHT, "cell", amount * unit)
            drawing.write(x + width / 2, y + CELL_BASE, str(amount or ""), "middle")
    return drawing.chart(LINE + CELL_HEIGHT * len(rows))


def _top(amounts: Iterable[float]) -> float:
    """Return the largest amount, at least 1: all other amounts are measured by it."""
    return max(amounts) or 1


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
