"""Wrappers for the sections that every article has under a fixed heading, for the screen and for print."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from markdown.treeprocessors import Treeprocessor

from articles.rendering.extensions.headings import heading_name
from articles.rendering.structure import Line, read_lines

KEY_POINTS = "Key points"
FAQ = "Common questions"
WORKSHEET = "Questions to take to your visit"
OTHER_OPTIONS = "Other options"
WRAPPED = {FAQ: "faq", WORKSHEET: "worksheet"}


class SectionProcessor(Treeprocessor):
    def run(self, root: ET.Element) -> None:
        """Move a fixed heading and all that follows, up to the next heading of its level, into a <section>."""
        children, section = list[ET.Element](), None
        for element in root:
            if element.tag == "h2":
                kind = WRAPPED.get(heading_name(element.text or ""))
                section = None if kind is None else ET.Element("section", {"class": kind})
                if section is not None:
                    children.append(section)
            (children if section is None else section).append(element)
        root[:] = children


def split_key_points(body: str) -> tuple[str, str]:
    """Return the text under `## Key points`, which is shown above the contents list, and the rest of the body."""
    lines, inside = body.split("\n"), find_key_points(read_lines(body))
    if not inside.start:
        return "", body
    return "\n".join(lines[inside.start : inside.stop]), "\n".join(lines[: inside.start - 1] + lines[inside.stop :])


def find_key_points(lines: Sequence[Line]) -> range:
    """Return which lines of a text, from 0, are under `## Key points`; range(0) without that heading."""
    heads = [line for line in lines if line.kind == "heading" and line.mark == "##" and not line.quote]
    start = next((line.number for line in heads if heading_name(line.text) == KEY_POINTS), None)
    if start is None:
        return range(0)
    return range(start, next((line.number - 1 for line in heads if line.number > start), len(lines)))
