"""Questions for the visit: A33."""

import re
from collections.abc import Iterator

from articles.rendering.questions import MOST
from articles.rendering.sections import WORKSHEET
from articles.rules.rule import WHOLE_PAGES, Hit, rule
from articles.rules.text.page_text import PageText
from articles.rules.text.passages import Passage
from articles.rules.text.readability import words_of

LONGEST = 25  # words
MARKED = re.compile(r"[*_`\[\]{}<>\\]")  # what would put more than words into a question


@rule("A33", on=WHOLE_PAGES)
def questions_can_be_ticked(text: PageText) -> Iterator[Hit]:
    """Each question for the visit is one plain question that readers can tick and print; a page has ten at most."""
    section = text.section(WORKSHEET)
    items = [passage for passage in section.passages if passage.kind == "item"] if section else []
    if len(items) > MOST:
        message = f"“{WORKSHEET}” has {len(items)} questions."
        yield Hit(items[MOST].line, message, f"Keep {MOST}: a printed sheet has room for no more.")
    seen = set[str]()
    for item in items:
        yield from _faults(item)
        if item.text in seen:
            yield Hit(item.line, "This question stands there twice.", "Take one of the two out.")
        seen.add(item.text)


def _faults(item: Passage) -> Iterator[Hit]:
    if MARKED.search(item.markdown):
        message = "A citation, a link or another mark stands in this question."
        yield Hit(item.line, message, "Write the question in plain words: readers tick it and print it.")
    if not item.text.endswith("?"):
        yield Hit(item.line, "This item is no question.", "End it with a question mark, or put it above the list.")
    length = len(words_of(item.text))
    if length > LONGEST:
        yield Hit(item.line, f"This question has {length} words.", f"Keep it to {LONGEST}.")
