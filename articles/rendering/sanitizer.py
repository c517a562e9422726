"""The sanitizer: only what is on these lists gets onto a page."""

import re
from functools import lru_cache

from bleach.sanitizer import Cleaner
from django.utils.safestring import SafeString, mark_safe

from articles.content.pictures import FILE_NAME
from articles.rendering.extensions.pictures import SIZES

TAGS = frozenset(
    """a abbr blockquote br button caption code dd details div dl dt em figcaption figure h2 h3 h4 h5 h6 hr img li ol p
    pre section span strong sub summary sup table tbody td th thead tr ul
    circle defs g line path rect svg text use""".split()
)
CLASSES = frozenset(
    """callout callout-care callout-urgent callout-emergency callout-title callout-strength cite faq footnote
    footnote-backref footnote-ref table-box term term-note worksheet
    certainty certainty-very-low certainty-low certainty-moderate certainty-high certainty-disputed certainty-not-graded
    chart chart-arms chart-axis chart-disputed chart-dot chart-grades chart-key
    chart-lead chart-mark chart-no chart-notes chart-people chart-range chart-row chart-scale chart-sides chart-steps
    chart-three chart-timeline chart-wide chart-yes chart-zero""".split()
)
ATTRIBUTES = {
    "a": {"href", "aria-label", "tabindex"},
    "abbr": {"title"},
    "button": {"type", "popovertarget"},
    "circle": {"cx", "cy", "r"},
    "div": {"role", "tabindex", "aria-label", "aria-labelledby"},
    "img": {"src", "srcset", "sizes", "width", "height", "alt", "loading", "decoding"},
    "line": {"x1", "x2", "y1", "y2"},
    "ol": {"start"},
    "span": {"popover"},
    "path": {"d"},
    "rect": {"x", "y", "width", "height"},
    "svg": {"aria-hidden", "viewBox", "width", "height"},
    "table": {"role", "aria-labelledby"},
    "tbody": {"role"},
    "td": {"align", "role", "data-label"},
    "text": {"x", "y", "text-anchor"},
    "th": {"scope", "align", "role"},
    "thead": {"role"},
    "tr": {"role"},
    "use": {"href", "x", "y"},
}
EXACT = {
    "role": {"region", "table", "rowgroup", "row", "columnheader", "rowheader", "cell"},
    "tabindex": {"0", "-1"},
    "type": {"button"},
    "popover": {"auto"},
    "scope": {"col", "row"},
    "sizes": {SIZES},
    "loading": {"lazy"},
    "decoding": {"async"},
    "aria-hidden": {"true"},
    "text-anchor": {"start", "middle", "end"},
}
OWN_PICTURE = f"/pictures/{FILE_NAME}"
LENGTH = re.compile(r"[0-9]*\.?[0-9]+(?:%|em)?")  # in a drawing
PATTERNS = {
    "src": re.compile(OWN_PICTURE),
    "srcset": re.compile(rf"{OWN_PICTURE} [0-9]+w(?:, {OWN_PICTURE} [0-9]+w)*"),
    "width": LENGTH,
    "height": LENGTH,
    "viewBox": re.compile("0 0 [0-9]+ [0-9]+"),
    "d": re.compile("[MLHVACQZmlhvacqz0-9 .,-]+"),
    **dict.fromkeys(("x", "x1", "x2", "y", "y1", "y2", "cx", "cy", "r"), LENGTH),
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
    if tag == "use" and name == "href":
        return value.startswith("#")  # a shape of the same drawing
    if name in PATTERNS:
        return PATTERNS[name].fullmatch(value) is not None
    return name not in EXACT or value in EXACT[name]


@lru_cache(maxsize=64)  # the boxes around a text are the same on most pages
def clean(html: str) -> SafeString:
    """Return `html` without what is not on the lists; the text inside removed tags stays."""
    # A cleaner keeps its parser's state: one a call is safe with threads, a shared one is not.
    cleaner = Cleaner(tags=TAGS, attributes=_allowed, protocols=PROTOCOLS, strip=True)
    return mark_safe(cleaner.clean(html))  # noqa: S308 (this is the one place)
