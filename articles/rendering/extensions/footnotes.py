"""Number footnotes and citations in the order in which a reader meets them, whatever Python-Markdown found first."""

import xml.etree.ElementTree as ET

from markdown.treeprocessors import Treeprocessor

FOOTNOTE = r"\[\^([^\[\]\n]{1,100})\]"
REFERENCE, NOTES = "footnote-ref", "footnote"  # classes of the library


class FootnoteNumbers(Treeprocessor):
    """Tree processor after the inline patterns and before the one that adds links back for repeated notes."""

    def run(self, root: ET.Element) -> None:
        numbers: dict[str, int] = {}
        for link in root.iter("a"):
            if link.get("class") == REFERENCE:
                link.text = str(numbers.setdefault(link.get("href", ""), len(numbers) + 1))
        notes = next((div.find("ol") for div in root.iter("div") if div.get("class") == NOTES), None)
        if notes is not None:
            last = len(numbers) + 1  # for notes without a reference
            notes[:] = sorted(notes, key=lambda note: numbers.get(f"#{note.get('id')}", last))
