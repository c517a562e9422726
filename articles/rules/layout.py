"""What looks like a list, a table or a heading and is none on the page, for rule A26."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from articles.rendering.structure import BLANK, CAPTION, HEAD, ROW, TEXT, Line, cells, read_lines

ITEM_LIKE = re.compile(
    r"""
      (?:[a-z]|[ivx]{2,4}|\d+)[.)][ \u00a0]+\S
    | \d+[.)](?=[^\s\d.,)])|[a-z]\)(?=\w)            # nothing between the number and the word
    | \d+[ \u00a0]?[-–—−‐‑][ \u00a0]+(?=[^\W\d])
    | \((?:[a-z]|[ivx]{2,4}|\d{1,3})\)[ \u00a0]*\S
    | [–—−‐‑o][ \u00a0]+\S
    | [-–—−‐‑+](?=[^\W_]|[*_\["“(])
    """,
    re.VERBOSE | re.IGNORECASE,
)
HEADING_LIKE = re.compile(r"#[^\W\d]")
UNDERLINE = re.compile("=+$")
NO_LIST = "Start each item with “- ”, or with “1. ”, “2. ” and so on."
NO_TABLE = "Write a line of dashes under the head, with as many cells as the head has: “|---|---|”."
NO_HEADING = "Write “## ” before the words of a heading."


@dataclass(frozen=True)
class Misread:
    line: int  # from 1, in the text it was found in
    sentence: str
    mend: str


def find_misread(markdown: str) -> Iterator[Misread]:
    """Find what is shown otherwise than it looks in the text."""
    lines = read_lines(markdown)
    yield from _rows(lines)
    for before, line in pairwise([Line(0, BLANK, "", ""), *lines]):
        if line.kind == TEXT:
            yield from _line(line, before)
    yield from _items(lines)


def _rows(lines: list[Line]) -> Iterator[Misread]:
    columns = 0
    for line in lines:
        if line.kind == HEAD:
            columns = len(cells(line.text))
        elif line.kind == ROW and len(cells(line.text)) > columns:
            sentence = (
                f"This row has {len(cells(line.text))} cells and the table {columns} columns: the rest is not shown."
            )
            yield Misread(line.number, sentence, "Add a column, or write “\\|” for a “|” inside a cell.")


def _line(line: Line, before: Line) -> Iterator[Misread]:
    if line.text.startswith("|") and not (before.kind == TEXT and before.text.startswith("|")):
        yield Misread(line.number, "These lines are shown as text, not as a table.", NO_TABLE)
    if line.begins and CAPTION.match(line.text):
        yield Misread(line.number, "No table stands below this caption.", "Put the table there, or begin otherwise.")
    if HEADING_LIKE.match(line.text) or (UNDERLINE.match(line.text) and not line.begins):
        yield Misread(line.number, f"“{line.text[:30]}” makes no heading.", NO_HEADING)


def _items(lines: list[Line]) -> Iterator[Misread]:
    """Two lines that begin with the same mark, or one below a colon; told once for each list."""
    ends = Line(0, BLANK, "", "")
    for before, line, after in zip([ends, *lines], lines, [*lines[1:], ends], strict=False):
        mark = _mark(line)
        if mark and mark != _mark(before) and (mark == _mark(after) or before.text.endswith(":")):
            yield Misread(line.number, f"“{line.text[:30]}” is no item of a list on the page.", NO_LIST)


def _mark(line: Line) -> str:
    """Return what kind of mark a line of running text begins with, as items of a list do; "" for none."""
    found = ITEM_LIKE.match(line.text) if line.kind == TEXT else None
    if found is None:
        return ""
    return "a" if found[0][0].isalpha() else "1" if found[0][0].isdigit() else found[0][0]
