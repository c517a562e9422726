"""Sections that every article has under a fixed heading get a wrapper of their own, for the screen and for print."""

import xml.etree.ElementTree as ET

from markdown.treeprocessors import Treeprocessor

KEY_POINTS = "Key points"
FAQ = "Common questions"
WORKSHEET = "Questions to take to your visit"
OTHER_OPTIONS = "Other options"
WRAPPED = {FAQ: "faq", WORKSHEET: "worksheet"}


class SectionProcessor(Treeprocessor):
    def run(self, root: ET.Element) -> None:
        """Moves a fixed heading and all that follows, up to the next heading of its level, into a <section>."""
        section = None
        for element in list(root):
            if element.tag == "h2":
                kind = WRAPPED.get((element.text or "").strip())
                section = None if kind is None else ET.Element("section", {"class": kind})
                if section is not None:
                    root.insert(list(root).index(element), section)
            if section is not None:
                root.remove(element)
                section.append(element)


def split_key_points(body: str) -> tuple[str, str]:
    """The text under `## Key points`, which stands above the contents list, and the rest of the Markdown body."""
    lines = body.split("\n")
    heads = [number for number, line in enumerate(lines) if line.startswith("## ")]
    starts = [number for number in heads if lines[number][3:].strip() == KEY_POINTS]
    if not starts:
        return "", body
    start = starts[0]
    end = next((number for number in heads if number > start), len(lines))
    return "\n".join(lines[start + 1 : end]), "\n".join(lines[:start] + lines[end:])
