"""Accessibility: A26. The browser tests check contrast, language and the rest."""

from collections.abc import Iterator

from articles.rendering.structure import cells
from articles.rules.checks.layout import find_misread
from articles.rules.checks.links import find_images, find_links
from articles.rules.rule import MARKDOWN, Hit, rule
from articles.rules.text.page_text import PageText
from articles.rules.text.passages import Passage

HIGHEST = 2  # the title of the page is the only heading above it


@rule("A26", on=MARKDOWN)
def usable_by_all(text: PageText) -> Iterator[Hit]:
    """Pictures have a text alternative, links a name, tables a caption and heads, headings skip no level.

    What looks like a list, a table, a heading or a note in the text is one on the page.

    Tables get their header cells from the renderer. Contrast, focus and `lang` are checked by axe in the browser tests.
    """
    yield from _pictures(text)
    vague = {"", *(label.lower() for label in text.lists["selling.vague_labels"])}
    for link in find_links(text.markdown):
        if link.label.lower().rstrip(".") in vague:
            message = f"A link named “{link.label}” says nothing by itself."
            yield Hit(text.line(link.line), message, "Name what it leads to.")
    yield from _headings([passage for passage in text.own if passage.kind == "heading"], text)
    yield from _tables(text)
    for misread in find_misread(text.markdown):
        yield Hit(text.line(misread.line), misread.sentence, misread.mend)


def _pictures(text: PageText) -> Iterator[Hit]:
    for image in find_images(text.markdown):
        alternative = image.label.lower().rstrip(".")
        if not alternative:
            message = "This picture has no text alternative."
        elif alternative in text.lists["selling.vague_pictures"] or alternative == image.target.rpartition("/")[2]:
            message = f"“{image.label}” does not say what the picture shows."
        else:
            continue
        yield Hit(text.line(image.line), message, "Say between [ ] what it shows.")


def _headings(headings: list[Passage], text: PageText) -> Iterator[Hit]:
    above = HIGHEST - 1 if text.document else HIGHEST  # a block is placed under a heading of its page
    for heading in headings:
        if heading.level < HIGHEST:
            yield Hit(heading.line, "Only the title of the page may be a heading of that size.", "Start with “##”.")
        elif heading.level > above + 1:
            mend = f"Use {'#' * (above + 1)}."
            yield Hit(heading.line, f"This heading skips a level: {'#' * heading.level}.", mend)
        if not heading.text:
            yield Hit(heading.line, "This heading is empty.", "Write one, or take it out.")
        above = heading.level


def _tables(text: PageText) -> Iterator[Hit]:
    before = None
    for passage in text.own:
        if passage.kind == "head":
            if before is None or before.kind != "caption":
                yield Hit(passage.line, "This table has no caption.", "Write “Table: what it shows” above it.")
            if "" in cells(passage.markdown):
                yield Hit(passage.line, "A column of this table has no head.", "Name every column.")
        before = passage
