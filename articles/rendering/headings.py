"""The id of a heading: where the contents, links and readers' feedback lead."""

import re
import unicodedata

from articles.rendering.claims import without_claim_marks
from articles.rendering.links import without_links

NAMELESS = "section"  # a heading without letters and digits
NOT_IN_ID = re.compile(r"[^\w\s-]")
GAPS = re.compile(r"[-\s]+")
# Of the templates around a text, and of citations and captions in it.
FRAME = re.compile(r"main|schedule-heading|page-.+|feedback_.+|(?:source|cite)-[\d-]+|\w+-of-table-\d+")
MARKS = re.compile(r"[*_`\\]+")


def heading_id(text: str) -> str:
    """Return the id for a heading that reads `text`; two headings of one page that read the same are told apart later.

    “Café: 5 tips” is “cafe-5-tips”; letters that have no simpler form, such as those of other scripts, stay. What would
    be an id of the frame of the page is set apart: “Main” is “text-main”.
    """
    letters = "".join(map(_simple, unicodedata.normalize("NFC", text)))
    words = NOT_IN_ID.sub("", letters).strip().lower()
    found = GAPS.sub("-", words).lstrip("-") or NAMELESS
    return f"text-{found}" if FRAME.fullmatch(found) else found


def heading_name(markdown: str) -> str:
    """Return a heading as it reads, however it is set off, to be held against a fixed one such as “Key points”."""
    text = without_links(without_claim_marks(markdown)).strip().rstrip("#")
    return " ".join(MARKS.sub("", text).split())


def _simple(character: str) -> str:
    """Return the plain Latin form of a letter, where there is one."""
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode("ascii")
    return plain or character
