"""Markdown -> passages with their lines: headings, paragraphs, list items, rows of tables.

The page itself is made by articles.rendering, which keeps no line numbers; the rules must name the line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from articles.documents import Block
from articles.rendering.blocks import BLOCK
from articles.rendering.structure import ABBREVIATION, Line, read_lines
from articles.rules.visible_text import Sentence, VisibleText, visible_text

RUNNING = {"paragraph", "item"}  # text that is read as sentences
ALONE = {"heading", "title", "caption", "row", "head", ABBREVIATION}  # a line is all there is


@dataclass(frozen=True)
class Passage:
    # front, name (of a term), heading, title, paragraph, item, row, head (of a table), caption, abbreviation
    kind: str
    line: int  # of the file
    markdown: str  # or plain text
    level: int = 0  # of a heading
    block: str = ""  # the shared passage it comes from
    plain: bool = False  # readers see it as it is typed, not as Markdown

    @cached_property
    def text(self) -> str:
        """As it is read, on one line."""
        return " ".join(filter(None, (part.text for part in self._parts)))

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset[str]().union(*(part.cites for part in self._parts))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentence for part in self._parts for sentence in part.sentences)

    @cached_property
    def _parts(self) -> tuple[VisibleText, ...]:
        """The cells of a row, or the whole."""
        parts = self.markdown.split("|") if self.kind in ("row", "head") else [self.markdown]
        return tuple(visible_text(part, self.line, self.plain) for part in parts)


def split(markdown: str, first_line: int, blocks: Mapping[str, Block]) -> tuple[Passage, ...]:
    """The passages of `markdown`, whose first line is line `first_line` of its file, with shared passages in place."""
    return tuple(_Splitter(blocks).passages(markdown, first_line))


class _Splitter:
    def __init__(self, blocks: Mapping[str, Block]) -> None:
        self.blocks = blocks
        self.open: list[str] = []  # the lines of the passage being read
        self.kind, self.line = "", 0

    def passages(self, markdown: str, first_line: int) -> Iterator[Passage]:
        for line in read_lines(markdown):
            number, placed = first_line + line.number - 1, BLOCK.match(line.typed)
            if placed:
                yield from self._close()
                yield from self._placed(placed[1], number)
            else:
                yield from self._read(line, number)
        yield from self._close()

    def _placed(self, name: str, number: int) -> Iterator[Passage]:
        if name in self.blocks:
            for passage in split(self.blocks[name].text, 1, {}):
                yield replace(passage, line=number, block=name)

    def _read(self, line: Line, number: int) -> Iterator[Passage]:
        """Adds the line to the passage it belongs to; yields the passage it ends, and itself when it stands alone."""
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
