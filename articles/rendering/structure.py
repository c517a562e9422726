"""What each line of a Markdown text is: for the renderer, which sets blocks apart, and for the rules.

Python-Markdown sees a list or a table only after an empty line, and wants four spaces for each level. Here a list and a
table that are plain to a reader of the text are read as such, however they are set. There are no code blocks: an
indented paragraph is a paragraph, or belongs to the item above it. The meaning of an abbreviation fills a line of its
own, and separates the text above from the text below.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from articles.rendering.figures.fences import CLOSES, find_fences

QUOTE = re.compile(r" {0,3}(?:>[ \t]?)+")
HEADING = re.compile(r"(?P<mark>#{2,6}(?!#)|#(?=\s))\s*(?P<text>.*?)(?:\s+#+)?\s*$")
TITLE = re.compile(r"\[!\w+\]\s*(?P<text>.*)")  # of a call-out
# Bullets that people paste; word processors have their own, among them the private ones and letters before a tab.
BULLETS = "•‣⁃·∙‧⋅◦○●◯⚪⚫⬤■□▪▫◻◼◽◾❏❐❑❒◆◇❖►▶▸▹▷▻➔➙➜➝➞➢➣➤→⇒✓✔☐☑\uf020-\uf0ff"
ITEM = re.compile(
    r"(?P<mark>[-*+]|(?P<number>\d{1,9})[.)])[ \u00a0]+(?P<text>\S.*)"
    rf"|(?:[{BULLETS}]\ufe0f?[ \u00a0]*|[oqvØü§][ \u00a0]{{2,}})(?P<bulleted>\S.*)"
)
ACROSS = re.compile(r"(?:-[ ]*){3,}$|(?:\*[ ]*){3,}$|(?:_[ ]*){3,}$")  # a line across the page
DASHES = re.compile(r"\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*+\|?[ ]*$")  # under the head of a table
CAPTION = re.compile(r"Table:\s*(?P<text>.*)")
MEANING = re.compile(r"\*\[\s*+(?P<short>[^\\\[\]\s][^\\\[\]]*)\] ?:\s*(?P<text>\S.*)")  # of an abbreviation
NOTE = re.compile(r"\[\^[^\]]*\]:")
HOLDER = re.compile(r"(?:\[\^[^\[\]]+\]|):[ ]")  # a footnote, or a meaning in a list of terms
CELL_END = re.compile(r"\\.|(`++)[^`]*+\1|(\|)")
BLANK, TEXT, ITEM_KIND, HEAD, ROW, RULE = "blank", "paragraph", "item", "head", "row", "rule"
ABBREVIATION = "abbreviation"
FIGURE = "figure"  # each line of one, its fences included
RUNNING = (TEXT, ITEM_KIND)
SPACES = " \u00a0"
WITHIN = 2  # spaces more than the mark of an item: a line indented so far belongs to the item
LEVEL = " " * 4  # of Python-Markdown


class StructurePreprocessor(Preprocessor):
    """Write the text as Python-Markdown reads it; collect in `abbreviations` what they stand for."""

    def __init__(self, md: Markdown, abbreviations: dict[str, str]) -> None:
        super().__init__(md)
        self.abbreviations = abbreviations

    def run(self, lines: list[str]) -> list[str]:
        read = read_lines("\n".join(lines))
        self.abbreviations |= {line.mark: line.text for line in read if line.kind == ABBREVIATION}
        return for_library(read)


class Line(NamedTuple):
    """One line of the text. A tuple, because a page has hundreds, and each is changed as it is read."""

    number: int  # from 1
    # blank, paragraph, item, heading, title, caption, head, row, rule (also the dashes of a table), abbreviation,
    # or figure
    kind: str
    text: str  # without its marks
    typed: str  # the whole line
    quote: int = 0  # number of “>” before it
    depth: int = 0  # number of items it is in, itself included
    mark: str = ""  # of an item or of a heading, as the library knows it; or the abbreviation
    begins: bool = True  # False: it continues the paragraph or the item above
    apart: bool = False  # an empty line is missing above it


@dataclass
class _Open:
    """An item that later lines may belong to."""

    indent: int
    ordered: bool


@dataclass
class _State:
    """The open items and the kind of the line before."""

    items: list[_Open] = field(default_factory=list)
    quote: int = 0
    kind: str = BLANK
    loose: bool = False  # the text above is not the first paragraph of an item


def read_lines(markdown: str) -> list[Line]:
    """Return what each line of `markdown` is."""
    state, lines = _State(), list[Line]()
    figures = _figures(markdown)
    typed = enumerate(markdown.split("\n"))
    bare = [(0, line) if number in figures else _unquoted(line.expandtabs(4)) for number, line in typed]
    kinds = _tables(bare) | figures
    for number, (quote, text) in enumerate(bare):
        line = _read(Line(number + 1, kinds.get(number, ""), text, text, quote), state)
        lines.append(line)
        state.kind, state.quote = line.kind, line.quote
    return lines


def for_library(lines: Iterable[Line]) -> list[str]:
    """Return the lines in the form in which Python-Markdown reads them as they are meant."""
    return [part for line in lines for part in _markdown_lines(line)]


def cells(row: str) -> list[str]:
    """Return the cells of a table row, without the marks around the row."""
    ends = [found.start(2) for found in CELL_END.finditer(row) if found[2]]
    starts = [0, *(end + 1 for end in ends)]
    found = [row[start:end].strip() for start, end in zip(starts, [*ends, len(row)], strict=True)]
    inside = slice(not found[0], len(found) - (not found[-1] and len(found) > 1))
    return found[inside]


def _unquoted(line: str) -> tuple[int, str]:
    """Return the number of “>” before a line, and the rest of the line."""
    found = QUOTE.match(line)
    return (found[0].count(">"), line[found.end() :]) if found else (0, line)


def _figures(markdown: str) -> dict[int, str]:
    """Return which lines, from 0, are part of a figure."""
    return {number: FIGURE for fence in find_fences(markdown) for number in range(fence.line - 1, fence.end)}


def _tables(lines: Sequence[tuple[int, str]]) -> dict[int, str]:
    """Return which lines, from 0, are part of a table or are its caption."""
    kinds: dict[int, str] = {}
    for number in range(1, len(lines)):
        quote, line = lines[number]
        if number in kinds or not is_dashes(line) or lines[number - 1][0] != quote:
            continue
        head = lines[number - 1][1]
        if "|" not in head or len(cells(head)) != len(cells(line)):
            continue
        kinds |= {number - 1: HEAD, number: RULE}
        for below in range(number + 1, len(lines)):
            if lines[below][0] != quote or "|" not in lines[below][1]:
                break
            kinds[below] = ROW
        above = next((above for above in range(number - 2, -1, -1) if lines[above][1].strip()), None)
        if above is not None and CAPTION.match(lines[above][1]):
            kinds[above] = "caption"
    return kinds


def is_dashes(line: str) -> bool:
    """Return whether a line is the one below the head of a table."""
    return "|" in line and DASHES.match(line.strip()) is not None


def _read(line: Line, state: _State) -> Line:
    """Return the line with its kind; `line.kind` is set already for a line of a table or of a figure."""
    if line.kind == FIGURE:
        state.items, state.loose = [], False
        return line._replace(apart=state.kind not in (BLANK, FIGURE))
    if not line.text.strip(SPACES):
        return line._replace(kind=BLANK, text="")
    new_quote = False
    if line.quote != state.quote:
        if line.quote == 0 and state.kind in RUNNING and _is_text(line):
            line = line._replace(quote=state.quote)  # continues the quotation
        else:
            new_quote = state.kind != BLANK
            state.items, state.kind, state.loose = [], BLANK, False
    read = _marked(line, state)
    return read._replace(apart=True) if new_quote else read


def _is_text(line: Line) -> bool:
    text = line.text.strip(SPACES)
    return not (line.kind or any(mark.match(text) for mark in (HEADING, ITEM, ACROSS, MEANING, NOTE)))


def _marked(line: Line, state: _State) -> Line:
    text = line.text.strip(SPACES)
    indent = len(line.text) - len(line.text.lstrip(SPACES))
    line = line._replace(text=text) if text != line.text else line
    if line.kind:
        return _of_table(line, state, indent)
    meaning = MEANING.match(text)
    if meaning:
        return line._replace(kind=ABBREVIATION, text=meaning["text"], mark=meaning["short"].strip())
    for kind, pattern in (("heading", HEADING), ("title", TITLE), (RULE, ACROSS)):
        found = pattern.match(text)
        if found and (kind != "title" or line.quote):
            state.items = []
            parts = found.groupdict(default="")
            shown, mark = parts.get("text", text), parts.get("mark", "")
            return line._replace(kind=kind, text=shown, mark=mark, apart=state.kind != BLANK)
    return _item(line, indent, state) or _paragraph(line, indent, state)


def _of_table(line: Line, state: _State, indent: int) -> Line:
    if line.kind in (ROW, RULE):
        return line._replace(depth=len(state.items))
    _close(state, indent)
    caption = CAPTION.match(line.text) if line.kind == "caption" else None
    text = caption["text"] if caption else line.text
    return line._replace(text=text, depth=len(state.items), apart=state.kind != BLANK)


def _item(line: Line, indent: int, state: _State) -> Line | None:
    """Return the line as an item of a list, if it is one."""
    found, before = ITEM.match(line.text), list(state.items)
    if found is None:
        return None
    number, ordered = found["number"], found["number"] is not None
    sibling = _close(state, indent)
    same_list = sibling is not None and sibling.ordered == ordered
    if ordered and number != "1" and not same_list and state.kind in RUNNING:
        state.items = before  # the line only happens to start with a number
        return None
    close_above = state.kind == ITEM_KIND or (state.kind == TEXT and bool(before) and not state.loose)
    apart = state.kind != BLANK and (not close_above or (sibling is not None and not same_list))
    state.items.append(_Open(indent, ordered))
    state.loose = False
    mark = f"{number}." if ordered else found["mark"] or "-"
    text = found["text"] or found["bulleted"]
    return line._replace(kind=ITEM_KIND, text=text, depth=len(state.items), mark=mark, apart=apart)


def _paragraph(line: Line, indent: int, state: _State) -> Line:
    """Return the line as running text."""
    below_text = state.kind in RUNNING
    begins = not below_text or NOTE.match(line.text) is not None
    if begins:
        _close(state, indent)
        state.loose = True
    depth = len(state.items)
    if not depth and HOLDER.match(line.text):
        state.items, state.loose = [_Open(indent, ordered=False)], True
    return line._replace(
        kind=TEXT, depth=depth, begins=begins, apart=state.kind in (ROW, RULE) or (begins and below_text)
    )


def _close(state: _State, indent: int) -> _Open | None:
    """End the items that a line with this indent does not belong to. Return the last of those that stay open."""
    closed = None
    while state.items and indent < state.items[-1].indent + WITHIN:
        closed = state.items.pop()
    return closed


def _markdown_lines(line: Line) -> Iterator[str]:
    """Return the lines that Python-Markdown reads as that one; of a figure without empty lines, which would end it."""
    if line.kind == FIGURE:
        yield from [""] if line.apart else []
        yield from [line.typed] if line.typed.strip() else []
        yield from [""] if line.typed.rstrip() == CLOSES else []
        return
    quote = "> " * line.quote
    if line.apart:  # a title begins a quotation of its own
        yield "" if line.kind == "title" else quote.rstrip()
    yield (quote + _with_marks(line)).rstrip("" if line.kind == TEXT else " ")


def _with_marks(line: Line) -> str:
    if line.kind in (BLANK, ABBREVIATION):
        return ""
    if line.kind == "heading":
        return f"{line.mark} {line.text}"
    if line.kind == ITEM_KIND:
        return f"{LEVEL * (line.depth - 1)}{line.mark} {line.text}"
    typed = line.typed.lstrip(SPACES)
    if line.kind != TEXT:
        return LEVEL * line.depth + typed
    if not line.begins and line.depth < 2 and len(line.typed) - len(typed) < len(LEVEL):
        return line.typed  # unchanged: the spaces before it do not matter
    return LEVEL * line.depth + (f"\\{typed}" if typed.startswith("#") else typed)
