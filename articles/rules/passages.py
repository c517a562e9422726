"""Markdown -> passages with their lines: headings, paragraphs, list items, rows of tables.

The page itself is made by articles.rendering, which keeps no line numbers; the rules must name the line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from articles.documents import Block
from articles.rendering.blocks import BLOCK
from articles.rules.visible_text import Sentence, VisibleText, visible_text

QUOTED = re.compile(r"^ {0,3}(?:> ?)+")
KINDS = {
    "heading": re.compile(r"(#{2,6}(?!#)|#(?=\s))\s*(?P<text>.*)"),
    "title": re.compile(r"\[!\w+\]\s*(?P<text>.*)"),  # of a call-out
    "item": re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?P<text>.*)"),
    "rule": re.compile(r"\|?[\s:|-]*-[\s:|-]*$"),  # under the head of a table, or across the page
    "row": re.compile(r"\|(?P<text>.*)"),
    "caption": re.compile(r"Table:\s*(?P<text>.*)"),
}
RUNNING = {"paragraph", "item"}  # text that is read as sentences
ALONE = {"heading", "title", "caption", "row"}  # a line is all there is


@dataclass(frozen=True)
class Passage:
    kind: str  # front, heading, title, paragraph, item, row, head (of a table), caption
    line: int  # of the file
    markdown: str
    level: int = 0  # of a heading
    block: str = ""  # the shared passage it comes from

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
        return tuple(visible_text(part, self.line) for part in parts)


def split(markdown: str, first_line: int, blocks: Mapping[str, Block]) -> tuple[Passage, ...]:
    """The passages of `markdown`, whose first line is line `first_line` of its file, with shared passages in place."""
    return tuple(_Splitter(blocks).passages(markdown, first_line))


class _Splitter:
    def __init__(self, blocks: Mapping[str, Block]) -> None:
        self.blocks = blocks
        self.open: list[str] = []  # the lines of the passage being read
        self.kind, self.line = "", 0

    def passages(self, markdown: str, first_line: int) -> Iterator[Passage]:
        for number, line in enumerate(markdown.split("\n"), first_line):
            placed = BLOCK.match(line)
            if placed:
                yield from self._close()
                yield from self._placed(placed[1], number)
            else:
                yield from self._read(QUOTED.sub("", line), number)
        yield from self._close()

    def _placed(self, name: str, number: int) -> Iterator[Passage]:
        if name in self.blocks:
            for passage in split(self.blocks[name].text, 1, {}):
                yield Passage(passage.kind, number, passage.markdown, passage.level, name)

    def _read(self, line: str, number: int) -> Iterator[Passage]:
        """Adds the line to the passage it belongs to; yields the passage it ends, and itself when it stands alone."""
        kind, found = _kind_of(line)
        if kind == "paragraph" and self.kind in RUNNING and line.strip():
            self.open.append(line)
            return
        last = self.kind
        yield from self._close()
        self.kind = kind if line.strip() else ""
        if self.kind in ALONE:
            level = len(found[1]) if found and kind == "heading" else 0
            yield Passage(_row_or_head(kind, last), number, found["text"] if found else "", level)
        elif self.kind in RUNNING:
            self.line, self.open = number, [found["text"] if found else line]

    def _close(self) -> Iterator[Passage]:
        if self.open:
            yield Passage(self.kind, self.line, "\n".join(self.open))
        self.kind, self.open = "", []


def _kind_of(line: str) -> tuple[str, re.Match[str] | None]:
    for kind, pattern in KINDS.items():
        found = pattern.match(line)
        if found:
            return kind, found
    return "paragraph", None


def _row_or_head(kind: str, last: str) -> str:
    """The first row of a table is its head."""
    return "head" if kind == "row" and last not in ("row", "rule") else kind
