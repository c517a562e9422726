"""Sections that every article has under a fixed heading get a wrapper of their own, for the screen and for print."""

import re
import xml.etree.ElementTree as ET

from markdown.treeprocessors import Treeprocessor

from articles.rendering.headings import heading_name

KEY_POINTS = "Key points"
FAQ = "Common questions"
WORKSHEET = "Questions to take to your visit"
OTHER_OPTIONS = "Other options"
HEADING = re.compile(r"##(?!#)")
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
    heads = [number for number, line in enumerate(lines) if HEADING.match(line)]
    starts = [number for number in heads if heading_name(lines[number].removeprefix("##")) == KEY_POINTS]
    if not starts:
        return "", body
    start = starts[0]
    end = next((number for number in heads if number > start), len(lines))
    return "\n".join(lines[start + 1 : end]), "\n".join(lines[:start] + lines[end:])
