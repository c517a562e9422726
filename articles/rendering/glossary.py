"""Links the first use of each glossary term on a page."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from functools import lru_cache

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from articles.documents import Term

# Inside these a link would break something or say nothing new; a phone does not show the head of a table.
LEFT_ALONE = {"a", "code", "pre", "sup", "abbr", "caption", "thead", "dt", "h1", "h2", "h3", "h4", "h5", "h6"}


class Vocabulary:
    """Every name a term goes by, ready to be found in running text."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        self.slugs = {name.lower(): term.slug for term in terms for name in (term.name, *term.aliases)}
        names = sorted(self.slugs, key=len, reverse=True)  # "high-impact chronic pain" before "chronic pain"
        self.pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b" if names else r"(?!)", re.IGNORECASE)


@lru_cache(maxsize=4)
def vocabulary(terms: tuple[Term, ...]) -> Vocabulary:
    """The vocabulary of `terms`, compiled once."""
    return Vocabulary(terms)


class GlossaryProcessor(Treeprocessor):
    """`linked` holds the slugs that are linked already on this page, and grows."""

    def __init__(self, md: Markdown, terms: Iterable[Term], linked: set[str]) -> None:
        super().__init__(md)
        self.vocabulary = vocabulary(tuple(terms))
        self.linked = linked

    def run(self, root: ET.Element) -> None:
        self._walk(root)

    def _walk(self, element: ET.Element) -> None:
        if element.tag in LEFT_ALONE:
            return
        children = list[ET.Element]()
        element.text = self._link(children, element.text)
        for child in element:
            self._walk(child)
            children.append(child)
            child.tail = self._link(children, child.tail)
        element[:] = children

    def _link(self, children: list[ET.Element], text: str | None) -> str | None:
        """Adds links for terms in `text` to `children`; returns the text before the first."""
        if not text:
            return text
        start, before, last = 0, None, None
        for found in self.vocabulary.pattern.finditer(text):
            slug = self.vocabulary.slugs[found[0].lower()]
            if slug in self.linked:
                continue
            self.linked.add(slug)
            lead = text[start : found.start()]
            if last is None:
                before = lead
            else:
                last.tail = lead
            last = ET.Element("a", {"class": "term", "href": f"/glossary/#{slug}"})
            last.text = found[0]
            children.append(last)
            start = found.end()
        if last is None:
            return text
        last.tail = text[start:]
        return before
