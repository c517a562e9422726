"""Figures: `![What it shows](/pictures/walking-path "Caption")` on a line of its own, with widths for phones.

Any other picture is not shown: the words between its brackets take its place.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.treeprocessors import Treeprocessor

from articles.content.pictures import FOLDER, Pictures, Widths
from articles.rendering.extensions.links import LABEL

PICTURE = re.compile(
    rf'!\[(?P<alt>[^\[\]\n]*)\]\(/{FOLDER}/(?P<name>[^\s()<>]+)(?:[ \t]+"(?P<caption>[^"\n]*)")?[ \t]*\)'
)
ANY_PICTURE = re.compile(rf"!\[{LABEL}\]\(\s*<?/{FOLDER}/([^)\s>]*)")
MARGIN = re.compile(r"^[ \t>]*", re.MULTILINE)  # of a quotation or of a list item
SIZES = "(min-width: 46rem) 43rem, 100vw"  # width of the column; see static/css/site.css


@dataclass(frozen=True)
class Placed:
    name: str
    line: int  # from 1, in the text it was found in
    alone: bool  # on a line of its own, with nothing but empty lines and other pictures around it


def find_pictures(text: str) -> Iterator[Placed]:
    """Yield every uploaded picture that the Markdown `text` shows, or tries to show."""
    if f"/{FOLDER}/" not in text:
        return
    plain = MARGIN.sub("", text)
    lines = ["", *(line.strip() for line in plain.split("\n")), ""]
    for found in ANY_PICTURE.finditer(plain):
        number = plain.count("\n", 0, found.start()) + 1
        around = PICTURE.sub("", lines[number - 1]) + PICTURE.sub("", lines[number + 1])
        yield Placed(found[1], number, alone=not around and PICTURE.fullmatch(lines[number]) is not None)


def in_words(markdown: str) -> str:
    """Return `markdown` with each uploaded picture as it is read aloud: what it shows, then its caption."""
    return PICTURE.sub(lambda found: ". ".join(filter(None, (found["alt"], found["caption"]))), markdown)


class PictureProcessor(BlockProcessor):
    """Block processor that turns a paragraph of nothing but known pictures into a figure for each."""

    def __init__(self, parser: BlockParser, pictures: Pictures) -> None:
        super().__init__(parser)
        self.pictures = pictures

    def test(self, parent: ET.Element, block: str) -> bool:
        matches = [PICTURE.fullmatch(line.strip()) for line in block.strip().split("\n")]
        return all(found and found["name"] in self.pictures for found in matches)

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        for found in PICTURE.finditer(blocks.pop(0)):
            _add_figure(parent, found, self.pictures[found["name"]])


def _add_figure(parent: ET.Element, found: re.Match[str], widths: Widths) -> None:
    largest = widths[-1]
    figure = ET.SubElement(parent, "figure")
    image = {
        "src": largest.url,
        "srcset": ", ".join(f"{width.url} {width.width}w" for width in widths),
        "sizes": SIZES,
        "width": str(largest.width),
        "height": str(largest.height),
        "alt": found["alt"].strip(),
        "loading": "lazy",
        "decoding": "async",
    }
    ET.SubElement(figure, "img", image)
    if found["caption"]:
        ET.SubElement(figure, "figcaption").text = found["caption"]


class PictureText(Treeprocessor):
    """Tree processor after the inline patterns, which make pictures of their own."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)

    def run(self, root: ET.Element) -> None:
        for image in [image for image in root.iter("img") if "srcset" not in image.attrib]:
            image.tag, image.text = "span", image.get("alt")
            image.attrib.clear()
