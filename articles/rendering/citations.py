"""`[@key]` in the text -> a small number that links to the source, and back from the source to every place it is cited.

Several sources in one place: `[@first; @second]`.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from articles.rendering.line_numbers import line_numbers

CITATION = r"(?<!\s)\s*\[(@[\w-]+(?:\s*[;,]\s*@[\w-]+)*)\]"
KEY_OF = "key"  # attribute of a citation that has no number yet
KEY = re.compile(r"@([\w-]+)")


@dataclass(frozen=True)
class Citation:
    key: str
    line: int  # from 1, in the text it was found in


def find_citations(text: str) -> Iterator[Citation]:
    """Every citation in the Markdown `text`, in order."""
    line = line_numbers(text)
    for place in re.finditer(CITATION, text):
        for key in KEY.finditer(place[1]):
            yield Citation(key[1], line(place.start(1) + key.start()))


class CitationRegistry:
    """Numbers the sources of one page as they first appear and remembers every place that cites them."""

    def __init__(self) -> None:
        self.places: dict[str, list[str]] = {}  # source key -> ids of the links to it, in the order of first use

    def cite(self, key: str) -> tuple[int, str]:
        """The source's number on this page and the id of this very citation."""
        places = self.places.setdefault(key, [])
        number = list(self.places).index(key) + 1
        places.append(f"cite-{number}-{len(places) + 1}")
        return number, places[-1]


class CitationProcessor(InlineProcessor):
    """Known keys become links; an unknown one stays as it was typed, and the library has reported it."""

    def __init__(self, md: Markdown, known: frozenset[str]) -> None:
        super().__init__(CITATION, md)
        self.known = known

    def handleMatch(  # type: ignore[override]  # noqa: N802 (the library's name; its stubs know an old signature)
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | None, int | None, int | None]:
        keys = KEY.findall(m[1])
        if not self.known.issuperset(keys):
            return None, None, None
        mark = ET.Element("sup", {"class": "cite"})
        for key in keys:
            ET.SubElement(mark, "a", {KEY_OF: key})
        return mark, m.start(0), m.end(0)


class CitationNumbers(Treeprocessor):
    """Numbers the citations in the order of the page: the inline patterns come upon them in an order of their own."""

    def __init__(self, md: Markdown, registry: CitationRegistry) -> None:
        super().__init__(md)
        self.registry = registry

    def run(self, root: ET.Element) -> None:
        for link in root.iter("a"):
            key = link.attrib.pop(KEY_OF, None)
            if key is not None:
                number, place = self.registry.cite(key)
                link.attrib.update({"href": f"#source-{number}", "id": place, "aria-label": f"Source {number}"})
                link.text = f"[{number}]"
