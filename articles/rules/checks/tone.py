"""Nothing is sold: A23, A24, A29."""

import re
from collections.abc import Iterator

from articles.loading.validation import PHONE
from articles.rendering.blocks import find_facts
from articles.rules.checks.links import find_links
from articles.rules.rule import WHOLE_PAGES, Hit, rule
from articles.rules.text.page_text import ARTICLE, PageText

REQUEST = "/consultation/"
NAME = r"[A-Z][a-z]+"
SAID_BY = re.compile(
    rf"[”\"]\s*[—–-]+\s*{NAME}(?:\s[A-Z]\.)?(?:,.*)?$"  # “It worked.” - Maria, 54
    rf"|[”\"],?\s+(?:says|said)\s+{NAME}(?:\s[A-Z]\.|,\s*(?:\d|an?\s))"  # “…” says Maria, 54
    rf"|\b{NAME}(?:\s[A-Z]\.|,\s*\d\d,)\s*(?:says|said):?\s*[“\"]"  # Maria, 54, said: “…”
)


@rule("A23", on=WHOLE_PAGES)
def no_pushing(text: PageText) -> Iterator[Hit]:
    """An article asks for nothing: the page's frame holds the one neutral offer. A page may hold one, neutrally named.

    No phone numbers in the text of an article. The loader finds those typed by hand; here are those behind marks,
    entities and look-alike characters.
    """
    pushing = text.lists.pattern("selling.pushing")
    for passage in text.own:
        found = pushing.search(passage.text)
        if found:
            yield Hit(passage.line, f"“{found[0]}” pushes the reader.", "Take it out: the page offers a visit below.")
        if PHONE.search(passage.text.replace(" - ", "-")):
            yield Hit(passage.line, "A phone number stands in the text.", "Take it out: a block or the page names it.")
    neutral = {label.lower() for label in text.lists["selling.neutral_labels"]}
    offers = [link for link in find_links(text.markdown) if link.target.startswith(REQUEST)]
    for number, link in enumerate(offers):
        if text.kind == ARTICLE or number or link.label.lower() not in neutral:
            yield Hit(
                text.line(link.line),
                "This offer of a visit is one too many or not neutral.",
                "Take it out, or name it plainly.",
            )
    for fact in find_facts(text.markdown) if text.kind == ARTICLE else ():
        if fact.name == "phones":
            yield Hit(
                text.line(fact.line),
                "The clinic's phone numbers stand in the text.",
                "Take them out: the page shows them below.",
            )


@rule("A24")
def no_testimonials(text: PageText) -> Iterator[Hit]:
    """No stars, no “our patients say”, no quotation with somebody's first name."""
    words, glyphs = text.lists.pattern("selling.testimonials"), text.lists["selling.glyphs"]
    for passage in text.own:
        found = words.search(passage.text) or SAID_BY.search(passage.text)
        glyph = next((glyph for glyph in glyphs if glyph in passage.text), found[0] if found else "")
        if glyph:
            yield Hit(
                passage.line, f"“{glyph}” reads as a patient's praise.", "Take it out: one person proves nothing."
            )


@rule("A29")
def no_seals(text: PageText) -> Iterator[Hit]:
    """No seal of a service that has closed, no “FDA approved” badge; pictures are judged by name and wording."""
    seals = text.lists.pattern("selling.seals")
    for passage in text.own:
        found = seals.search(passage.text) or seals.search(passage.markdown)
        if found:
            yield Hit(passage.line, f"“{found[0]}” claims a seal that means nothing here.", "Take it out.")
