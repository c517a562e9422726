"""Passages of Markdown with their lines: headings, paragraphs, list items, rows of tables.

articles.rendering.renderer makes the page and has no line numbers; the rules must name the line.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from articles.content.documents import Block
from articles.rendering.blocks import BLOCK
from articles.rendering.figures.fences import Fence, find_fences
from articles.rendering.figures.model import parse_figure
from articles.rendering.structure import ABBREVIATION, FIGURE, Line, read_lines
from articles.rules.text.visible_text import Sentence, VisibleText, visible_text
from clinic_site.content.files import ContentError

RUNNING = {"paragraph", "item"}  # text that is read as sentences
ALONE = {"heading", "title", "caption", "row", "head", ABBREVIATION}  # passages of one line


@dataclass(frozen=True)
class Passage:
    # front, name (of a term), heading, title, paragraph, item, row, head (of a table), caption, abbreviation, figure
    kind: str
    line: int  # of the file
    markdown: str  # or plain text
    level: int = 0  # of a heading
    block: str = ""  # the shared passage it comes from
    plain: bool = False  # shown as typed, not as Markdown

    @cached_property
    def text(self) -> str:
        """The words as they are read, on one line."""
        return " ".join(filter(None, (part.text for part in self._parts)))

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset[str]().union(*(part.cites for part in self._parts))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentence for part in self._parts for sentence in part.sentences)

    @cached_property
    def _parts(self) -> tuple[VisibleText, ...]:
        """The cells of a row, or the whole passage."""
        parts = self.markdown.split("|") if self.kind in ("row", "head") else [self.markdown]
        return tuple(visible_text(part, self.line, self.plain) for part in parts)


def split(markdown: str, first_line: int, blocks: Mapping[str, Block]) -> tuple[Passage, ...]:
    """Yield the passages of `markdown`, which starts at line `first_line`, with shared passages in place."""
    return tuple(_Splitter(blocks).passages(markdown, first_line))


class _Splitter:
    def __init__(self, blocks: Mapping[str, Block]) -> None:
        self.blocks = blocks
        self.open: list[str] = []  # the lines of the passage being read
        self.kind, self.line = "", 0

    def passages(self, markdown: str, first_line: int) -> Iterator[Passage]:
        figures = {fence.line: fence for fence in find_fences(markdown)}
        for line in read_lines(markdown):
            number, placed = first_line + line.number - 1, BLOCK.match(line.typed)
            if placed:
                yield from self._close()
                yield from self._placed(placed[1], number)
            elif line.kind == FIGURE:
                yield from self._close()
                yield from _figure(figures[line.number], number) if line.number in figures else ()
            else:
                yield from self._read(line, number)
        yield from self._close()

    def _placed(self, name: str, number: int) -> Iterator[Passage]:
        if name in self.blocks:
            for passage in split(self.blocks[name].text, 1, {}):
                yield replace(passage, line=number, block=name)

    def _read(self, line: Line, number: int) -> Iterator[Passage]:
        """Add the line to its passage; yield the passage that it ends, and the line itself where it is a passage."""
        if line.kind == "paragraph" and self.kind in RUNNING and not line.begins:
            self.open.append(line.text)
            return
        yield from self._close()
        self.kind = line.kind
        if self.kind in ALONE:
            level = len(line.mark) if line.kind == "heading" else 0
            yield Passage(line.kind, number, line.text, level, plain=line.kind == ABBREVIATION)
        elif self.kind in RUNNING:
            self.line, self.open = number, [line.text]

    def _close(self) -> Iterator[Passage]:
        if self.open:
            yield Passage(self.kind, self.line, "\n".join(self.open))
        self.kind, self.open = "", []


def _figure(fence: Fence, line: int) -> Iterator[Passage]:
    """Yield each text of the figure that begins on line `line`; none of one that cannot be read, which is reported."""
    with suppress(ContentError):
        for number, text in parse_figure("", fence.text, line + 1).texts:
            yield Passage(FIGURE, number, text)
