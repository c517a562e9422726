"""Text that looks like a list, a table, a heading or a note and is none on the page, for rule A26."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from articles.rendering.extensions.footnotes import FOOTNOTE
from articles.rendering.sections import KEY_POINTS, find_key_points
from articles.rendering.structure import (
    BLANK,
    CAPTION,
    DASHES,
    HEAD,
    ROW,
    RULE,
    RUNNING,
    TEXT,
    Line,
    cells,
    read_lines,
)

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
HEADING_LIKE = re.compile(r"#*[＃﹟]|#(?:[^\s\d]|$)")
NUMBERED = re.compile(r"#\d(?:.*[^.,;:])?$")  # a heading, unless it goes on as a sentence
UNDERLINE = re.compile(r"(?:=+|[-–—]{2,})$")
NOTE = re.compile(rf"\\.|(`++)[^`]*+\1|{FOOTNOTE}")  # or what hides one
WRITTEN = re.compile(rf"{FOOTNOTE}:")
NO_LIST = "Start each item with “- ”, or with “1. ”, “2. ” and so on."
NO_TABLE = "Write a line of dashes under the head, with as many cells as the head has: “|---|---|”."
NO_HEADING = "Write “## ” before the words of a heading."
NO_NUMBER = "Write “## ” before the words of a heading, or “No. 1” for a number."
NO_UNDERLINE = f"{NO_HEADING} Above a line across the page leave an empty one."
ENDS = Line(0, BLANK, "", "")  # neighbor of the first and the last line


@dataclass(frozen=True)
class Misread:
    line: int  # from 1, in the text it was found in
    sentence: str
    mend: str


def find_misread(markdown: str) -> Iterator[Misread]:
    """Yield what the page shows otherwise than it looks in the text."""
    lines = read_lines(markdown)
    yield from _rows(lines)
    yield from _tables(lines)
    for before, line, after in _with_neighbors(lines):
        if line.begins and line.kind == TEXT and CAPTION.match(line.text):
            yield Misread(
                line.number, "No table stands below this caption.", "Put the table there, or begin otherwise."
            )
        if mend := _heading(before, line, after):
            yield Misread(line.number, f"“{line.text[:30]}” makes no heading.", mend)
    yield from _items(lines)
    yield from _notes(lines)


def _with_neighbors(lines: list[Line]) -> Iterator[tuple[Line, Line, Line]]:
    """Yield each line with the one above and the one below."""
    return zip([ENDS, *lines], lines, [*lines[1:], ENDS], strict=False)


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


def _tables(lines: list[Line]) -> Iterator[Misread]:
    """Yield rows outside a table: a line that begins with a bar, or two lines with one; once for each table."""
    inside = False
    for line, after in pairwise([*lines, ENDS]):
        row, dashes = _is_row(line), DASHES.match(line.text)
        if row and not inside and (line.text.startswith("|") or _is_row(after) or DASHES.match(after.text)):
            yield Misread(line.number, "These lines are shown as text, not as a table.", NO_TABLE)
        inside = row or (inside and dashes is not None)


def _is_row(line: Line) -> bool:
    return line.kind == TEXT and "|" in line.text and (line.text.startswith("|") or len(cells(line.text)) > 1)


def _heading(before: Line, line: Line, after: Line) -> str:
    """Return what to do about a line that looks like a heading or like the line below one; "" for any other line."""
    if UNDERLINE.match(line.text) and line.quote == before.quote and not _is_row(before):
        below_text = before.kind == TEXT if line.kind == RULE else line.kind == TEXT and not line.begins
        return NO_UNDERLINE if below_text else ""
    if line.kind != TEXT:
        return ""
    if HEADING_LIKE.match(line.text):
        return NO_HEADING
    goes_on = after.kind == TEXT and after.text[:1].islower()
    return NO_NUMBER if line.begins and NUMBERED.match(line.text) and not goes_on else ""


def _items(lines: list[Line]) -> Iterator[Misread]:
    """Yield two lines that begin with the same mark, or one below a colon; once for each list."""
    for before, line, after in _with_neighbors(lines):
        mark = _mark(line)
        if mark and mark != _mark(before) and (mark == _mark(after) or before.text.endswith(":")):
            yield Misread(line.number, f"“{line.text[:30]}” is no item of a list on the page.", NO_LIST)


def _mark(line: Line) -> str:
    """Return the kind of mark at the beginning of running text, as items of a list have; "" for none."""
    found = ITEM_LIKE.match(line.text) if line.kind == TEXT else None
    if found is None:
        return ""
    return "a" if found[0][0].isalpha() else "1" if found[0][0].isdigit() else found[0][0]


def _notes(lines: list[Line]) -> Iterator[Misread]:
    """Yield marks of notes without a note in the same part of the page: key points are shown apart from the text."""
    inside = find_key_points(lines)
    key_points, text = lines[inside.start : inside.stop], lines[: inside.start] + lines[inside.stop :]
    yield from _marks_alone(key_points, f"“{KEY_POINTS}”", _note_names(text), "the text")
    yield from _marks_alone(text, "the text", _note_names(key_points), f"“{KEY_POINTS}”")


def _marks_alone(part: list[Line], here: str, elsewhere: set[str], there: str) -> Iterator[Misread]:
    written = _note_names(part)
    for line in part:
        for name in (found[2] for found in NOTE.finditer(line.text) if found[2]):
            mark = f"“[^{name}]”"
            if name in written:
                continue
            if name in elsewhere:
                sentence = f"The note {mark} stands in {there} and this mark in {here}: readers see the mark alone."
                yield Misread(line.number, sentence, f"Write “[^{name}]: …” in {here} too, or take the mark out.")
            else:
                sentence = f"Nobody wrote the note {mark}: readers see the mark alone."
                mend = f"Write “[^{name}]: …” on a line of its own, or take the mark out."
                yield Misread(line.number, sentence, mend)


def _note_names(lines: list[Line]) -> set[str]:
    """Return the names of the notes in these lines."""
    return {found[1] for line in lines if line.kind in RUNNING and (found := WRITTEN.match(line.text))}
