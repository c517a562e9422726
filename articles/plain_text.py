"""Markdown without its marks: what search looks through and shows. Close to what is read aloud, not exact."""

import re

from articles.rendering.blocks import ANY_BRACES
from articles.rendering.citations import CITATION
from articles.rendering.claims import without_claim_marks
from articles.rendering.links import without_links
from articles.rendering.pictures import in_words

QUOTED = re.compile(r"^(?: *> ?)+", re.MULTILINE)
MARKS = re.compile(r"^#{1,6} |^ *[-+*] |^ *\d+\. |^Table: ?|^(?=[ :-]*\|)[ |:-]+$|\[!\w+\] ?|\*\*", re.MULTILINE)
HEADING = re.compile(r"^#{2,6} (.+)$", re.MULTILINE)


def plain_text(markdown: str) -> str:
    """The words of `markdown` on one line."""
    text = re.sub(CITATION, "", ANY_BRACES.sub("", in_words(without_claim_marks(markdown))))
    text = MARKS.sub("", QUOTED.sub("", without_links(text)))
    return " ".join(text.replace("|", " ").split())


def headings(markdown: str) -> str:
    """The headings of `markdown`, one after the other."""
    return ". ".join(HEADING.findall(markdown))
