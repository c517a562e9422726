"""Citations: `[@key]` becomes a small number that links to the source, which links back to its first citation.

Several sources in one place: `[@first; @second]`. The Tab key does not stop at a citation of a source at which it
stopped in the same section or in the two before: all lead to the same place, and a page has dozens.
"""

import re
import xml.etree.ElementTree as ET
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from articles.rendering.line_numbers import line_numbers

OPENS = "[@"
BRACKETS = r"\[(@[\w-]+(?:\s*[;,]\s*@[\w-]+)*)\]"
CITATION = rf"(?<!\s)\s*{BRACKETS}"  # and the gap before it, which no page shows
KEY_OF = "key"  # attribute of a citation that has no number yet
SECTIONS = 3  # among which the Tab key stops once at a source
KEY = re.compile(r"@([\w-]+)")


@dataclass(frozen=True)
class Citation:
    key: str
    line: int  # from 1, in the text it was found in


def find_citations(text: str) -> Iterator[Citation]:
    """Yield every citation in the Markdown `text`, in order."""
    line = line_numbers(text)
    for place in re.finditer(BRACKETS, text):
        for key in KEY.finditer(place[1]):
            yield Citation(key[1], line(place.start(1) + key.start()))


def without_citations(markdown: str) -> str:
    """Return `markdown` without its citations. The search for the gaps before them is spared where there are none."""
    return re.sub(CITATION, "", markdown) if OPENS in markdown else markdown


class CitationRegistry:
    """The numbers of one page's sources, in order of first citation."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}  # by key of the source
        # Keys of the sources at which the Tab key stops, by section.
        self.recent = deque[set[str]](maxlen=SECTIONS)

    def begin_section(self) -> None:
        self.recent.append(set())

    def stops(self, key: str) -> bool:
        """Return whether the Tab key stops at this citation."""
        if any(key in section for section in self.recent):
            return False
        self.recent[-1].add(key)
        return True

    def cite(self, key: str) -> tuple[int, bool]:
        """Return the source's number on this page, and whether this is its first citation."""
        is_first = key not in self.numbers
        return self.numbers.setdefault(key, len(self.numbers) + 1), is_first


class CitationProcessor(InlineProcessor):
    """Inline processor that links known keys; an unknown key stays as it was typed, and the library reports it."""

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
    """Number the citations in the order of the page: the inline patterns find them in another order."""

    def __init__(self, md: Markdown, registry: CitationRegistry) -> None:
        super().__init__(md)
        self.registry = registry

    def run(self, root: ET.Element) -> None:
        self.registry.begin_section()
        for element in root.iter():
            if element.tag == "h2":
                self.registry.begin_section()
            key = element.attrib.pop(KEY_OF, None)
            if key is not None:
                self._link(element, key)

    def _link(self, link: ET.Element, key: str) -> None:
        number, is_first = self.registry.cite(key)
        link.attrib.update({"href": f"#source-{number}", "aria-label": f"Source {number}"})
        link.text = f"[{number}]"
        if is_first:
            link.set("id", f"cite-{number}")
        if not self.registry.stops(key):
            link.set("tabindex", "-1")
