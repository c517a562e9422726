"""Call-outs: a quotation that starts with `[!CARE]`, `[!URGENT]` or `[!EMERGENCY]` and a heading.

    > [!URGENT] call us today if
    > - the pain spreads

Any Markdown viewer shows a quotation. Words say how urgent a call-out is, so nothing depends on colour.
"""

import re
import xml.etree.ElementTree as ET

from markdown.blockprocessors import BlockProcessor
from markdown.treeprocessors import Treeprocessor

STRENGTHS = {"CARE": "Take note", "URGENT": "Urgent", "EMERGENCY": "Emergency"}
MARK = re.compile(r" {0,3}> ?\[!(\w+)\] *(.*)")
QUOTE = re.compile(r"^ {0,3}> ?", re.MULTILINE)
DEEPEST = 6


class CalloutProcessor(BlockProcessor):
    def test(self, parent: ET.Element, block: str) -> bool:
        found = MARK.match(block)
        return found is not None and found[1] in STRENGTHS

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Take the whole quotation. The level of its heading is set once the page around it is known."""
        first, _, rest = blocks.pop(0).partition("\n")
        found = MARK.match(first)
        assert found is not None  # noqa: S101 (test() saw it)
        box = ET.SubElement(parent, "div", {"class": f"callout callout-{found[1].lower()}"})
        heading = ET.SubElement(box, "h2", {"class": "callout-title"})
        strength = ET.SubElement(heading, "span", {"class": "callout-strength"})
        strength.text = f"{STRENGTHS[found[1]]}:"
        strength.tail = f" {found[2]}"
        self.parser.parseChunk(box, QUOTE.sub("", rest))


class CalloutLevels(Treeprocessor):
    def run(self, root: ET.Element) -> None:
        """Give the heading of each call-out one level below the heading above it, so that no level is skipped."""
        level = 1
        for element in root.iter():
            if element.get("class") == "callout-title":
                element.tag = f"h{min(level + 1, DEEPEST)}"
            elif re.fullmatch("h[1-6]", element.tag):
                level = int(element.tag[1])
