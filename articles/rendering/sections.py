"""Sections that every article has under a fixed heading get a wrapper of their own, for the screen and for print."""

import xml.etree.ElementTree as ET

from markdown.treeprocessors import Treeprocessor

from articles.rendering.headings import heading_name
from articles.rendering.structure import read_lines

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
    lines = body.split("\n")
    heads = [line for line in read_lines(body) if line.kind == "heading" and line.mark == "##" and not line.quote]
    start = next((line.number - 1 for line in heads if heading_name(line.text) == KEY_POINTS), None)
    if start is None:
        return "", body
    end = next((line.number - 1 for line in heads if line.number - 1 > start), len(lines))
    return "\n".join(lines[start + 1 : end]), "\n".join(lines[:start] + lines[end:])
