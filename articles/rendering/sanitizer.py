"""The one gate to the page: what is not on these lists does not get out."""

import re
from functools import lru_cache

from bleach.sanitizer import Cleaner
from django.utils.safestring import SafeString, mark_safe

from articles.pictures import FILE_NAME
from articles.rendering.pictures import SIZES

TAGS = frozenset(
    """a abbr blockquote br caption code dd div dl dt em figcaption figure h2 h3 h4 h5 h6 hr img li ol p pre section
    span strong sub sup table tbody td th thead tr ul""".split()
)
CLASSES = frozenset(
    """callout callout-care callout-urgent callout-emergency callout-title callout-strength cite faq footnote
    footnote-backref footnote-ref table-box term worksheet""".split()
)
ATTRIBUTES = {
    "a": {"href", "aria-label"},
    "abbr": {"title"},
    "div": {"role", "tabindex", "aria-label", "aria-labelledby"},
    "img": {"src", "srcset", "sizes", "width", "height", "alt", "loading", "decoding"},
    "ol": {"start"},
    "table": {"role"},
    "tbody": {"role"},
    "td": {"align", "role", "data-label"},
    "th": {"scope", "align", "role"},
    "thead": {"role"},
    "tr": {"role"},
}
EXACT = {
    "role": {"region", "table", "rowgroup", "row", "columnheader", "rowheader", "cell"},
    "tabindex": {"0"},
    "scope": {"col", "row"},
    "sizes": {SIZES},
    "loading": {"lazy"},
    "decoding": {"async"},
}
OWN_PICTURE = f"/pictures/{FILE_NAME}"
PATTERNS = {
    "src": re.compile(OWN_PICTURE),
    "srcset": re.compile(rf"{OWN_PICTURE} [0-9]+w(?:, {OWN_PICTURE} [0-9]+w)*"),
    "width": re.compile("[0-9]+"),
    "height": re.compile("[0-9]+"),
}
PROTOCOLS = frozenset({"https", "http", "mailto", "tel"})
ID = re.compile(r"\w[\w:.-]*")


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return CLASSES.issuperset(value.split())
    if name == "id":
        return ID.fullmatch(value) is not None
    if name not in ATTRIBUTES.get(tag, ()):
        return False
    if name in PATTERNS:
        return PATTERNS[name].fullmatch(value) is not None
    return name not in EXACT or value in EXACT[name]


@lru_cache(maxsize=64)  # the boxes around a text are the same on most pages
def clean(html: str) -> SafeString:
    """`html` with everything removed that is not on the lists; the text inside removed tags stays."""
    # A cleaner keeps its parser's state: one a call is safe with threads, a shared one is not.
    cleaner = Cleaner(tags=TAGS, attributes=_allowed, protocols=PROTOCOLS, strip=True)
    return mark_safe(cleaner.clean(html))  # noqa: S308 (this is the one place)
