"""The table printed by `make bench`: one row per figure, with yardstick and goal."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADINGS = ("What", "Ours", "Yardstick", "Ratio", "Goal", "Held")
NOT = "not measured: "
IS_MET = {True: "yes", False: "no", None: "–"}


class NotMeasured(Exception):  # noqa: N818 (reads as what happened)
    """The reason for a missing figure, in words that follow “not measured:”."""


@dataclass(frozen=True)
class Row:
    what: str
    ours: str
    yardstick: str = ""
    ratio: str = ""
    goal: str = ""
    is_met: bool | None = None  # None without a goal or a figure

    def cells(self) -> tuple[str, ...]:
        return (self.what, self.ours, self.yardstick, self.ratio, self.goal, IS_MET[self.is_met])


@dataclass(frozen=True)
class Yardstick:
    """A figure that ours is compared with."""

    name: str
    value: float


def not_measured(what: str, why: object, goal: str = "") -> Row:
    return Row(what, f"{NOT}{why}", goal=goal)


def figure(value: float, unit: str) -> str:
    """Format with about three significant digits: 61,204 /s, 12.4 ms, 0.31 s."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def at_least(what: str, ours: float, yardstick: Yardstick, factor: float | None, unit: str = "/s") -> Row:
    """Return a row whose goal is at least `factor` times the yardstick. None: no goal."""
    goal = f"≥ {factor:g} × {yardstick.name}" if factor is not None else ""
    is_met = ours >= factor * yardstick.value if factor is not None else None
    return _compared(what, ours, yardstick, unit, goal, is_met)


def at_most(what: str, ours: float, yardstick: Yardstick, factor: float | None, unit: str = "ms") -> Row:
    """Return a row whose goal is at most `factor` times the yardstick. None: no goal."""
    goal = f"≤ {factor:g} × {yardstick.name}" if factor is not None else ""
    is_met = ours <= factor * yardstick.value if factor is not None else None
    return _compared(what, ours, yardstick, unit, goal, is_met)


def within(what: str, ours: float, limit: float | None, unit: str, yardstick: Yardstick | None = None) -> Row:
    """Return a row whose goal is at most `limit`, whatever the yardstick. None: no goal."""
    goal = f"≤ {limit:g} {unit}" if limit is not None else ""
    is_met = ours <= limit if limit is not None else None
    if yardstick is None:
        return Row(what, figure(ours, unit), goal=goal, is_met=is_met)
    return _compared(what, ours, yardstick, unit, goal, is_met)


def _compared(what: str, ours: float, yardstick: Yardstick, unit: str, goal: str, is_met: bool | None) -> Row:
    times = ours / yardstick.value if yardstick.value else None
    ratio = "–" if times is None else f"{times:.2g}" if times < 10 else f"{times:,.0f}"
    return Row(what, figure(ours, unit), f"{figure(yardstick.value, unit)} ({yardstick.name})", ratio, goal, is_met)


def plain_table(rows: Iterable[Row]) -> str:
    """Format a table for a terminal. Reasons for missing figures do not count for column widths."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    short = [line for line in lines if not line[1].startswith(NOT)]
    widths = [max(len(line[column]) for line in short) for column in range(len(HEADINGS))]
    padded = [line if line in short else (line[0], line[1], "", "", line[4], "") for line in lines]
    return "\n".join(_padded(line, widths) for line in [padded[0], ["-" * width for width in widths], *padded[1:]])


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def markdown_table(rows: Iterable[Row]) -> str:
    lines = [HEADINGS, ["---"] * len(HEADINGS), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def with_figures(page: str, part: str, figures: str) -> str:
    """Return `page` with new figures of `part`. Raises ValueError if it has no place for them."""
    start, end = f"<!-- figures: {part} -->", f"<!-- end: {part} -->"
    place = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if not place.search(page):
        raise ValueError(f"The page has no place for {part}: give it a line “{start}” and a line “{end}”.")
    return place.sub(lambda _: f"{start}\n\n{figures}\n\n{end}", page)
