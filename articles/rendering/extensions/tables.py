"""Tables that a screen reader can follow and a phone can show: caption, header cells, roles, a box of their own.

The caption is the paragraph before the table: `Table: What the studies found`.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

CAPTION = "Table:"
# On phones, rows are laid out as cards. Some browsers then no longer expose the table to screen readers:
# explicit roles restore that.
ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
HEADER_ROLES = {"col": "columnheader", "row": "rowheader"}  # by scope


class TableProcessor(Treeprocessor):
    """Tree processor; `part` keeps the captions' ids of one page apart."""

    def __init__(self, md: Markdown, part: str) -> None:
        super().__init__(md)
        self.part = part

    def run(self, root: ET.Element) -> None:
        number = 0
        parents = [parent for parent in root.iter() if parent.find("table") is not None]
        for parent in (parent for parent in parents if parent.tag != "details"):  # a figure's table is complete
            children = list[ET.Element]()
            for child in parent:
                if child.tag == "table":
                    number += 1
                    _mark_headers(child)
                    caption = _take_caption(children, child, f"{self.part or 'caption'}-of-table-{number}")
                    child = _in_box(child, caption)
                children.append(child)
            parent[:] = children


class CardProcessor(Treeprocessor):
    """Prepare tables for phones after the inline patterns: roles, and on each cell the heading of its column."""

    def run(self, root: ET.Element) -> None:
        for table in root.iterfind(".//div/table"):  # a figure's table stands in no box, and is small
            for element in table.iter():
                if role := ROLES.get(element.tag) or HEADER_ROLES.get(element.get("scope", "")):
                    element.set("role", role)
            headings = [" ".join("".join(_words(cell)).split()) for cell in table.iterfind("thead/tr/th")]
            for row in table.iterfind("tbody/tr"):
                for cell, heading in zip(row, headings, strict=False):
                    if cell.tag == "td" and heading:
                        cell.set("data-label", heading)


def _words(element: ET.Element) -> Iterator[str]:
    """Return the words in an element, without numbers of sources and notes."""
    yield element.text or ""
    for child in element:
        if child.tag != "sup":
            yield from _words(child)
        yield child.tail or ""


def _mark_headers(table: ET.Element) -> None:
    for cell in table.iterfind("thead/tr/th"):
        cell.set("scope", "col")
    for row in table.iterfind("tbody/tr"):
        row[0].tag = "th"
        row[0].set("scope", "row")


def _take_caption(siblings: list[ET.Element], table: ET.Element, caption_id: str) -> ET.Element | None:
    """Move the paragraph `Table: ...`, the last of those before the table, into the table."""
    before = siblings[-1] if siblings else None
    if before is None or before.tag != "p" or not (before.text or "").startswith(CAPTION):
        return None
    siblings.pop()
    caption = ET.Element("caption", {"id": caption_id})
    # In its own box, so that the caption stays in view when a wide table is scrolled.
    ET.SubElement(caption, "span").text = (before.text or "").removeprefix(CAPTION).strip()
    table.insert(0, caption)
    return caption


def _in_box(table: ET.Element, caption: ET.Element | None) -> ET.Element:
    """Return a region that takes the keyboard's focus, so that a wide table scrolls without a mouse."""
    box = ET.Element("div", {"class": "table-box", "role": "region", "tabindex": "0"})
    if caption is None:
        box.set("aria-label", "Table")
    else:
        box.set("aria-labelledby", caption.get("id", ""))
    box.append(table)
    return box
