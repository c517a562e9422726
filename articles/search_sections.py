"""The sections of a page, to which search leads: each with the id that its heading has on the rendered page."""

from collections.abc import Iterator
from dataclasses import dataclass

from markdown.extensions.toc import unique

from articles.content.documents import Article, Document
from articles.rendering.blocks import blocks_around, insert_blocks, insert_facts, without_claim_marks
from articles.rendering.extensions.headings import heading_id
from articles.rendering.plain_text import plain_text
from articles.rendering.renderer import LEAD_BLOCKS
from articles.rendering.sections import KEY_POINTS, split_key_points
from articles.rendering.structure import read_lines


@dataclass(frozen=True)
class PageSection:
    heading: str  # "" above the first heading
    anchor: str  # "" where the section begins the page
    text: str


def sections_of(document: Document) -> Iterator[PageSection]:
    """Yield the sections of the page in the order of the page, shared passages in place."""
    around = blocks_around(document)
    key_points, body = split_key_points(document.body)
    key_heading = (KEY_POINTS, "page-key-points") if isinstance(document, Article) else ("", "")
    ids = set[str]()
    yield from _split(document, "top", _blocks(name for name in around if name in LEAD_BLOCKS), ids)
    yield from _split(document, "key", key_points, ids, key_heading)
    yield from _split(document, "", body, ids)
    yield from _split(document, "end", _blocks(name for name in around if name not in LEAD_BLOCKS), ids)


def _blocks(names: Iterator[str]) -> str:
    return "\n\n".join(f"{{{{ block: {name} }}}}" for name in names)


def _split(
    document: Document, part: str, markdown: str, ids: set[str], first: tuple[str, str] = ("", "")
) -> Iterator[PageSection]:
    """Split `markdown` at each heading. `part` begins the ids of the headings, as the renderer has it."""
    text = _in_place(document, markdown)
    lines, (heading, anchor), start = text.split("\n"), first, 0
    counts: dict[str, int] = {}
    for line in (line for line in read_lines(text) if line.kind == "heading"):
        yield from _section(heading, anchor, lines[start : line.number - 1])
        heading, start = plain_text(line.text), line.number
        anchor = unique(heading_id(f"{part} {heading}"), ids, counts)
    yield from _section(heading, anchor, lines[start:])


def _in_place(document: Document, markdown: str) -> str:
    shared = document.shared
    assert shared is not None, "a document is indexed only from a library"  # noqa: S101
    return insert_facts(insert_blocks(without_claim_marks(markdown), shared.blocks), shared.clinic)


def _section(heading: str, anchor: str, lines: list[str]) -> Iterator[PageSection]:
    text = plain_text("\n".join(lines))
    if heading or text:
        yield PageSection(heading, anchor, text)
