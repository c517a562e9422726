"""The id of a heading, which the contents list, links and readers' feedback lead to."""

import re
import unicodedata

from articles.rendering.blocks import without_claim_marks
from articles.rendering.extensions.links import without_links

NAMELESS = "section"  # a heading without letters and digits
NOT_IN_ID = re.compile(r"[^\w\s-]")
GAPS = re.compile(r"[-\s]+")
# Of the templates around a text, and of citations and captions in it.
FRAME = re.compile(
    r"main|schedule-heading|page-.+|feedback_.+|(?:source|cite)-[\d-]+|\w+-of-table-\d+|figure-\w*\d-[prt]"
)
MARKS = re.compile(r"[*_`\\]+")


def heading_id(text: str) -> str:
    """Return the id for a heading that reads `text`; equal headings of one page are told apart later.

    “Café: 5 tips” becomes “cafe-5-tips”; letters without a simpler form, such as those of other scripts, stay. An id
    that the frame of the page uses gets a prefix: “Main” becomes “text-main”.
    """
    letters = text if text.isascii() else "".join(map(_simple, unicodedata.normalize("NFC", text)))
    words = NOT_IN_ID.sub("", letters).strip().lower()
    found = GAPS.sub("-", words).lstrip("-") or NAMELESS
    return f"text-{found}" if FRAME.fullmatch(found) else found


def heading_name(markdown: str) -> str:
    """Return the words of a heading without their marks, to be compared with a fixed one such as “Key points”."""
    text = without_links(without_claim_marks(markdown)).strip().rstrip("#")
    return " ".join(MARKS.sub("", text).split())


def _simple(character: str) -> str:
    """Return the plain Latin form of a letter where there is one."""
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode("ascii")
    return plain or character
