"""Sections that every article has under a fixed heading get a wrapper of their own, for the screen and for print."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from markdown.treeprocessors import Treeprocessor

from articles.rendering.headings import heading_name
from articles.rendering.structure import Line, read_lines

KEY_POINTS = "Key points"
FAQ = "Common questions"
WORKSHEET = "Questions to take to your visit"
OTHER_OPTIONS = "Other options"
WRAPPED = {FAQ: "faq", WORKSHEET: "worksheet"}


class SectionProcessor(Treeprocessor):
    def run(self, root: ET.Element) -> None:
        """Moves a fixed heading and all that follows, up to the next heading of its level, into a <section>."""
        kept, into = list[ET.Element](), None
        for element in root:
            if element.tag == "h2":
                kind = WRAPPED.get(heading_name(element.text or ""))
                into = None if kind is None else ET.Element("section", {"class": kind})
                if into is not None:
                    kept.append(into)
            (kept if into is None else into).append(element)
        root[:] = kept


def split_key_points(body: str) -> tuple[str, str]:
    """The text under `## Key points`, which stands above the contents list, and the rest of the Markdown body."""
    lines, inside = body.split("\n"), find_key_points(read_lines(body))
    if not inside.start:
        return "", body
    return "\n".join(lines[inside.start : inside.stop]), "\n".join(lines[: inside.start - 1] + lines[inside.stop :])


def find_key_points(lines: Sequence[Line]) -> range:
    """Return which of the lines of a text, from 0, stand under `## Key points`; range(0) without that heading."""
    heads = [line for line in lines if line.kind == "heading" and line.mark == "##" and not line.quote]
    start = next((line.number for line in heads if heading_name(line.text) == KEY_POINTS), None)
    if start is None:
        return range(0)
    return range(start, next((line.number - 1 for line in heads if line.number > start), len(lines)))
