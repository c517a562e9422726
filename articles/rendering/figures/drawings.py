"""The drawings inside figures, as SVG elements.

A picture of people has no text in it and scales as a whole. All else is drawn on the width of the column (percent) and
the size of the text around it (em), so that words and lines grow with the letters of the reader. Color, width and kind
of lines come from static/css/site.css; nothing is told by color alone.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal

from markdown.util import AtomicString

from articles.rendering.figures.model import Arm, CertaintyScale, Estimate, Grade, Intervals

CELL_WIDTH, CELL_HEIGHT = 10, 15  # of a person
PERSON = "M5 1a2 2 0 1 1 0 4a2 2 0 1 1 0-4M2 13v-4a3 3 0 0 1 6 0v4z"
COUNTED = {True: "chart-yes", False: "chart-no"}  # classes
MANY, FEW = 10, 5  # people in a row
LARGE_GROUP = 40
LEFT, RIGHT = Decimal(3), Decimal(97)  # percent: ends of an axis, with room for the dots on them
EDGE = Decimal(18)  # percent: words nearer to an end than this are not centered


def people(arm: Arm, ids: str, first: bool) -> ET.Element:
    """Return the people of an arm, row by row, those counted first and filled.

    `ids` begins the ids of the figure; its `first` drawing defines the person and the row that all of them use.
    """
    columns = MANY if arm.of > LARGE_GROUP else FEW
    rows = -(-arm.of // columns)
    size = f"0 0 {columns * CELL_WIDTH} {rows * CELL_HEIGHT}"
    svg = ET.Element("svg", {"class": "chart-people", "viewBox": size, "aria-hidden": "true"})
    if first:
        defs = ET.SubElement(svg, "defs")
        ET.SubElement(defs, "path", {"id": f"{ids}p", "d": PERSON})
        row = ET.SubElement(defs, "g", {"id": f"{ids}r"})
        for column in range(columns):
            _use(row, f"{ids}p", column, 0)
    for counted, start, end in ((True, 0, arm.count), (False, arm.count, arm.of)):
        if end > start:
            group = ET.SubElement(svg, "g", {"class": COUNTED[counted]})
            for place, whole in _pieces(start, end, columns):
                _use(group, f"{ids}{'r' if whole else 'p'}", place % columns, place // columns)
    return svg


def person(ids: str, counted: bool) -> ET.Element:
    """Return one of the people, for the key."""
    size = f"0 0 {CELL_WIDTH} {CELL_HEIGHT}"
    svg = ET.Element("svg", {"class": "chart-mark", "viewBox": size, "aria-hidden": "true"})
    _use(ET.SubElement(svg, "g", {"class": COUNTED[counted]}), f"{ids}p", 0, 0)
    return svg


def _pieces(start: int, end: int, columns: int) -> Iterator[tuple[int, bool]]:
    """Yield the places from `start` to `end`: of whole rows the first place with True, of other people each."""
    place = start
    while place < end:
        whole = place % columns == 0 and place + columns <= end
        yield place, whole
        place += columns if whole else 1


def _use(parent: ET.Element, name: str, column: int, row: int) -> None:
    place = {"x": str(column * CELL_WIDTH)} if column else {}
    place |= {"y": str(row * CELL_HEIGHT)} if row else {}
    ET.SubElement(parent, "use", {"href": f"#{name}", **place})


def interval(figure: Intervals, row: Estimate) -> ET.Element:
    """Return the range of an estimate as an open bar, the estimate as a dot, and the line of no difference."""
    svg = _wide("3.2em")
    _zero_line(svg, figure, "1.2em", "3.2em")
    if figure.start <= 0 <= figure.end:
        _words(svg, "no difference", _place(figure, Decimal(0)), ".9em")
    start, end = _place(figure, row.low), _place(figure, row.high)
    bar = {"x": _percent(start), "y": "1.8em", "width": _percent(end - start), "height": ".8em"}
    ET.SubElement(svg, "rect", {"class": "chart-range", **bar})
    dot = {"cx": _percent(_place(figure, row.value)), "cy": "2.2em", "r": ".45em"}
    ET.SubElement(svg, "circle", {"class": "chart-dot", **dot})
    return svg


def axis(figure: Intervals) -> ET.Element:
    """Return the axis below the intervals, with the numbers of its ends and of the line of no difference."""
    svg = _wide("2.6em")
    _zero_line(svg, figure, "0", ".8em")
    ends = {"x1": _percent(LEFT), "x2": _percent(RIGHT), "y1": ".5em", "y2": ".5em"}
    ET.SubElement(svg, "line", {"class": "chart-axis", **ends})
    for value in sorted({figure.start, figure.end, Decimal(0)}):
        if figure.start <= value <= figure.end:
            _words(svg, in_digits(value), _place(figure, value), "2.1em")
    return svg


def _zero_line(svg: ET.Element, figure: Intervals, top: str, bottom: str) -> None:
    if figure.start <= 0 <= figure.end:
        zero = _percent(_place(figure, Decimal(0)))
        ET.SubElement(svg, "line", {"class": "chart-zero", "x1": zero, "x2": zero, "y1": top, "y2": bottom})


def scale_head(figure: CertaintyScale) -> ET.Element:
    """Return the words of the steps, each above its place on the scales below."""
    svg = _wide("1.5em")
    for step, word in enumerate(figure.steps):
        _words(svg, word, _step(figure, step), "1em")
    return svg


def grade(figure: CertaintyScale, row: Grade) -> ET.Element:
    """Return a scale with a dot at the step, or a bar from step to step; open where experts disagree."""
    svg = _wide("1.4em")
    ends = {"x1": _percent(LEFT), "x2": _percent(RIGHT), "y1": ".7em", "y2": ".7em"}
    ET.SubElement(svg, "line", {"class": "chart-axis", **ends})
    for step in range(len(figure.steps)):
        place = _percent(_step(figure, step))
        ET.SubElement(svg, "line", {"class": "chart-axis", "x1": place, "x2": place, "y1": ".45em", "y2": ".95em"})
    start, end = _step(figure, row.low), _step(figure, row.high)
    if end > start:
        bar = {"x": _percent(start), "y": ".45em", "width": _percent(end - start), "height": ".5em"}
        ET.SubElement(svg, "rect", {"class": "chart-dot", **bar})
    for end_of_bar in dict.fromkeys((start, end)):
        kind = "chart-disputed" if row.disputed else "chart-dot"
        ET.SubElement(svg, "circle", {"class": kind, "cx": _percent(end_of_bar), "cy": ".7em", "r": ".45em"})
    return svg


def marker(mark: str) -> ET.Element:
    """Return the mark of an event or of a step of a visit: a filled or an open dot, or a triangle."""
    svg = ET.Element("svg", {"class": "chart-mark", "viewBox": "0 0 20 20", "aria-hidden": "true"})
    if mark == "warning":
        ET.SubElement(svg, "path", {"class": "chart-dot", "d": "M10 2l9 16h-18z"})
    else:
        kind = "chart-dot" if mark == "approved" else "chart-disputed"
        ET.SubElement(svg, "circle", {"class": kind, "cx": "10", "cy": "10", "r": "7"})
    return svg


def in_digits(value: Decimal) -> str:
    """Return a number with a true minus sign and without needless zeros."""
    return f"{value.normalize():f}".replace("-", "−")


def _wide(height: str) -> ET.Element:
    return ET.Element("svg", {"class": "chart-wide", "width": "100%", "height": height, "aria-hidden": "true"})


def _words(svg: ET.Element, words: str, place: Decimal, height: str) -> None:
    anchor = "start" if place < EDGE else "end" if place > 100 - EDGE else "middle"
    x = {LEFT: Decimal(0), RIGHT: Decimal(100)}.get(place, place)
    text = ET.SubElement(svg, "text", {"x": _percent(x), "y": height, "text-anchor": anchor})
    text.text = AtomicString(words)


def _place(figure: Intervals, value: Decimal) -> Decimal:
    return LEFT + (value - figure.start) * (RIGHT - LEFT) / (figure.end - figure.start)


def _step(figure: CertaintyScale, step: int) -> Decimal:
    return LEFT + step * (RIGHT - LEFT) / (len(figure.steps) - 1)


def _percent(value: Decimal) -> str:
    return f"{round(value, 1).normalize():f}%"
