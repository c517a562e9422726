"""Explain the first use of each glossary term on a page where it stands.

The term is a button that opens its definition, a popover: no script, and the reader stays on the page.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from functools import lru_cache

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from articles.content.documents import Term

# A button inside these would break something or be redundant; phones do not show table heads.
WORD_JOINER = "\u2060"
MARKS = tuple(",.;:!?)”’")
LEFT_ALONE = set("a button code pre sup abbr caption details svg thead dt h1 h2 h3 h4 h5 h6".split())
NOTE_ID = "page-term-"  # before the slug: of a definition on a page
# A mark of certainty, which “How we write” explains; questions, which readers tick.
CLASSES_LEFT_ALONE = {"certainty", "worksheet"}


class Vocabulary:
    """Every name of a term, compiled to be found in running text."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        self.terms = {name.lower(): term for term in terms for name in (term.name, *term.aliases)}
        names = sorted(self.terms, key=len, reverse=True)  # "high-impact chronic pain" before "chronic pain"
        self.pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b" if names else r"(?!)", re.IGNORECASE)


@lru_cache(maxsize=4)
def vocabulary(terms: tuple[Term, ...]) -> Vocabulary:
    """Return the vocabulary of `terms`, compiled once."""
    return Vocabulary(terms)


def _explained(word: str, term: Term) -> tuple[ET.Element, ET.Element]:
    """Return the button that shows `word`, and the definition that the button opens."""
    note_id = f"{NOTE_ID}{term.slug}"
    button = ET.Element("button", {"class": "term", "type": "button", "popovertarget": note_id})
    button.text = word
    note = ET.Element("span", {"class": "term-note", "id": note_id, "popover": "auto"})
    if word.lower() == term.name.lower():
        note.text = term.definition
    else:
        name = ET.SubElement(note, "strong")
        name.text, name.tail = f"{term.name}:", f" {term.definition}"
    return button, note


class GlossaryProcessor(Treeprocessor):
    """Tree processor; `linked` holds the slugs that are linked already on this page, and grows."""

    def __init__(self, md: Markdown, terms: Iterable[Term], linked: set[str]) -> None:
        super().__init__(md)
        self.vocabulary = vocabulary(tuple(terms))
        self.linked = linked

    def run(self, root: ET.Element) -> None:
        self._walk(root)

    def _walk(self, element: ET.Element) -> None:
        if element.tag in LEFT_ALONE or not CLASSES_LEFT_ALONE.isdisjoint(element.get("class", "").split()):
            return
        children = list[ET.Element]()
        element.text = self._link(children, element.text)
        for child in element:
            self._walk(child)
            children.append(child)
            child.tail = self._link(children, child.tail)
        element[:] = children

    def _link(self, children: list[ET.Element], text: str | None) -> str | None:
        """Add buttons for terms in `text` to `children`; return the text before the first."""
        if not text:
            return text
        start, before, last = 0, None, None
        for found in self.vocabulary.pattern.finditer(text):
            term = self.vocabulary.terms[found[0].lower()]
            if term.slug in self.linked:
                continue
            self.linked.add(term.slug)
            lead = text[start : found.start()]
            if last is None:
                before = lead
            else:
                last.tail = _joined(lead)
            button, last = _explained(found[0], term)
            children += (button, last)
            start = found.end()
        if last is None:
            return text
        last.tail = _joined(text[start:])
        return before


def _joined(text: str) -> str:
    """Keep a comma or another mark after a term on its line: a browser may break the line behind a button."""
    return f"{WORD_JOINER}{text}" if text[:1] in MARKS else text
