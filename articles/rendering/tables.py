"""Tables that a screen reader can follow and a phone can scroll: caption, header cells, a box of their own.

The caption is the paragraph before the table: `Table: What the studies found`.
"""

import xml.etree.ElementTree as ET

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

CAPTION = "Table:"


class TableProcessor(Treeprocessor):
    """`part` keeps the captions' ids of one page apart."""

    def __init__(self, md: Markdown, part: str) -> None:
        super().__init__(md)
        self.part = part

    def run(self, root: ET.Element) -> None:
        tables = [(parent, child) for parent in root.iter() for child in parent if child.tag == "table"]
        for number, (parent, table) in enumerate(tables, 1):
            _mark_headers(table)
            caption = _take_caption(parent, table, f"{self.part or 'caption'}-of-table-{number}")
            _put_in_box(parent, table, caption)


def _mark_headers(table: ET.Element) -> None:
    for cell in table.iterfind("thead/tr/th"):
        cell.set("scope", "col")
    for row in table.iterfind("tbody/tr"):
        row[0].tag = "th"
        row[0].set("scope", "row")


def _take_caption(parent: ET.Element, table: ET.Element, caption_id: str) -> ET.Element | None:
    """Moves the paragraph `Table: ...` before the table into it."""
    position = list(parent).index(table)
    before = parent[position - 1] if position else None
    if before is None or before.tag != "p" or not (before.text or "").startswith(CAPTION):
        return None
    parent.remove(before)
    caption = ET.Element("caption", {"id": caption_id})
    # In a box of its own, so that it stays in view when a wide table is scrolled.
    ET.SubElement(caption, "span").text = (before.text or "").removeprefix(CAPTION).strip()
    table.insert(0, caption)
    return caption


def _put_in_box(parent: ET.Element, table: ET.Element, caption: ET.Element | None) -> None:
    """A region that takes the keyboard's focus, so that a wide table can be scrolled without a mouse."""
    box = ET.Element("div", {"class": "table-box", "role": "region", "tabindex": "0"})
    if caption is None:
        box.set("aria-label", "Table")
    else:
        box.set("aria-labelledby", caption.get("id", ""))
    position = list(parent).index(table)
    parent.remove(table)
    box.append(table)
    parent.insert(position, box)
