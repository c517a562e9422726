"""Markdown without its marks, which search looks through and shows: close to what is read aloud, not exact."""

import re

from articles.rendering import certainty
from articles.rendering.blocks import ANY_BRACES, without_claim_marks
from articles.rendering.extensions.citations import without_citations
from articles.rendering.extensions.links import without_links
from articles.rendering.extensions.pictures import in_words
from articles.rendering.figures import model as figures

QUOTED = re.compile(r"^(?: *> ?)+", re.MULTILINE)
MARKS = re.compile(r"^(?:#{1,6} | *[-+*] | *\d+\. |Table: ?|(?=[ :-]*\|)[ |:-]+$)|\[!\w+\] ?|\*\*", re.MULTILINE)
HEADING = re.compile(r"^#{2,6} (.+)$", re.MULTILINE)


def plain_text(markdown: str) -> str:
    """Return the words of `markdown` on one line."""
    words = certainty.in_words(figures.in_words(markdown))
    text = without_citations(ANY_BRACES.sub("", in_words(without_claim_marks(words))))
    text = MARKS.sub("", QUOTED.sub("", without_links(text)))
    return " ".join(text.replace("|", " ").split())


def headings(markdown: str) -> str:
    """Return the headings of `markdown`, one after the other."""
    return ". ".join(HEADING.findall(markdown))
