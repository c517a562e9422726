"""Check a file against the rest of the library: every name it uses must exist."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from articles.content.documents import Article, Block, Document, Shared, Term
from articles.rendering.blocks import FACTS, find_blocks, find_facts, find_stray_braces
from articles.rendering.certainty import LEVELS, find_unknown_levels
from articles.rendering.extensions.callouts import MARK, STRENGTHS
from articles.rendering.extensions.citations import Citation, find_citations
from articles.rendering.extensions.pictures import find_pictures
from articles.rendering.figures.fences import find_fences, find_stray_fences
from articles.rendering.figures.model import parse_figure
from clinic_site.content.files import ContentError, Problem
from clinic_site.text.folding import fold

# Ten digits, grouped as usual, or a tel: link. Clinic numbers come from clinic.yaml, helplines from blocks.
PHONE = re.compile(
    r"tel:|(?<![\d/.])(?:\+?1[-–. ]?)?(?:\(\d{3}\) ?|\d{3}[-–. ]?)\d{3}[-–. ]?\d{4}(?![\d/])|\b1-8\d\d-[\w-]{7,}"
)
# A quick check that most texts fail; quick because every match begins with one of few characters.
MAYBE_PHONE = re.compile(r"[\dt](?:\d\d(?:\) ?|[-–. ]?)\d{3}|-8\d\d|el:)")
PLAIN_FIELDS = ("title", "summary", "audience", "main_message", "drafting", "conflict")
NOT_LISTED = "is placed in the text but not listed under “blocks” on top of the file. Add it there."


class _Anything(Container[str]):
    """A container of every name."""

    def __contains__(self, name: object) -> bool:
        return True


@dataclass(frozen=True)
class TextSpan:
    """Some text of a file, and the line of the file on which the text starts."""

    path: str
    line: int
    text: str

    def problem(self, line: int, message: str) -> Problem:
        """Return a problem on line `line` of the span."""
        return Problem(self.path, self.line + line - 1, message)


@lru_cache(maxsize=2)
def _citations(text: str) -> tuple[Citation, ...]:
    """Find the citations of a text once for all checks of the text."""
    return tuple(find_citations(text))


def known_sources(sources: Container[str], missing: Container[str]) -> Container[str]:
    """Return the sources that may be cited: any while the list is wrong, which is one mistake, not one a page."""
    return _Anything() if "references.yaml" in missing else sources


def check_document(document: Document, shared: Shared) -> list[Problem]:
    """List everything in a page or an article that names what `shared` does not hold."""
    body = TextSpan(document.path, document.body_line, document.body)
    front = [
        TextSpan(document.path, document.line_of[field], getattr(document, field))
        for field in PLAIN_FIELDS
        if field in document.line_of
    ]
    if isinstance(document, Article):
        front += (TextSpan(document.path, answer.line, answer.text) for answer in document.answers)
        front += (TextSpan(document.path, change.line, change.what) for change in document.changes)
    sources = known_sources(shared.sources, shared.missing)
    return [
        *_unknown_topics(document, shared),
        *_unknown(document, "sources", document.sources, sources, "source", "references.yaml"),
        *_unknown(document, "blocks", document.blocks, shared.blocks, "block", "blocks/"),
        *_names(body, sources),
        *_unlisted(body, document, shared),
        *_pictures(body, shared),
        *_figures(body),
        *(problem for passage in (body, *front) for problem in _phone_numbers(passage)),
        *(problem for passage in front for problem in _facts(passage)),
    ]


def check_block(path: str, block: Block, sources: Container[str]) -> list[Problem]:
    passage = TextSpan(path, 1, block.text)
    nested = [
        passage.problem(inner.line, "A block cannot hold another block. Put the text itself here.")
        for inner in find_blocks(block.text)
    ]
    pictures = [
        passage.problem(picture.line, "A block cannot hold a picture. Put it into the text of the page.")
        for picture in find_pictures(block.text)
    ]
    figures = [
        passage.problem(fence.line, "A block cannot hold a figure. Put it into the text of the page.")
        for fence in find_fences(block.text)
    ]
    return [*nested, *pictures, *figures, *_names(passage, sources)]


def check_terms(terms: Iterable[Term], sources: Container[str]) -> list[Problem]:
    """Find the sources that the glossary names and references.yaml lacks."""
    return [
        Problem("glossary.yaml", 1, f"The term “{term.name}” names the source “{key}”, which references.yaml lacks.")
        for term in terms
        for key in term.sources
        if key not in sources
    ]


def _unknown_topics(document: Document, shared: Shared) -> Iterator[Problem]:
    """Find the unknown topics of an article; while the list itself is wrong, no topic is."""
    if isinstance(document, Article) and "topics.yaml" not in shared.missing:
        yield from _unknown(document, "topics", document.topics, shared.topics, "topic", "topics.yaml")


def _unknown(
    document: Document, field: str, names: Iterable[str], known: Container[str], what: str, where: str
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            message = f"The {what} “{name}” is not in {where}. Add it there or correct its name here."
            yield Problem(document.path, document.line_of[field], message)


def _names(passage: TextSpan, sources: Container[str]) -> Iterator[Problem]:
    """Find citations, facts and call-outs that mean nothing."""
    for citation in _citations(passage.text):
        if citation.key not in sources:
            message = f"“@{citation.key}” is not in references.yaml. Add the source there or correct the key."
            yield passage.problem(citation.line, message)
    yield from _facts(passage)
    for number, level in find_unknown_levels(passage.text):
        message = f"“{level}” is not a level of certainty. Use one of: {', '.join(LEVELS)}."
        yield passage.problem(number, message)
    for number, line in enumerate(passage.text.split("\n"), 1):
        found = MARK.match(line) if "[!" in line else None
        if found and found[1] not in STRENGTHS:
            message = f"“[!{found[1]}]” is not a kind of call-out. Use one of: {', '.join(STRENGTHS)}."
            yield passage.problem(number, message)


def _figures(body: TextSpan) -> Iterator[Problem]:
    """Find figures whose YAML cannot be read, and what only looks like a figure."""
    for fence in find_fences(body.text):
        try:
            parse_figure(body.path, fence.text, body.line + fence.line)
        except ContentError as error:
            yield error.problem
    for line in find_stray_fences(body.text):
        message = "This begins no figure. Put “```figure” at the beginning of a line, and “```” alone on a line below."
        yield body.problem(line, message)


def _facts(passage: TextSpan) -> Iterator[Problem]:
    if "{{" not in passage.text:
        return
    for fact in find_facts(passage.text):
        if fact.name not in FACTS:
            message = f"“{fact.name}” is not a fact of the clinic. Use one of: {', '.join(FACTS)}."
            yield passage.problem(fact.line, message)
    for stray in find_stray_braces(passage.text):
        message = f"“{stray.name}” means nothing here. Write {{{{ block: name }}}} on a line of its own."
        yield passage.problem(stray.line, message)


def _unlisted(body: TextSpan, document: Document, shared: Shared) -> Iterator[Problem]:
    """Find known sources and blocks that the text uses and the front matter does not list."""
    for citation in _citations(body.text):
        if citation.key in shared.sources and citation.key not in document.sources:
            message = f"“@{citation.key}” is cited but not listed under “sources” on top of the file. Add it there."
            yield body.problem(citation.line, message)
    for block in find_blocks(body.text):
        if block.name not in document.blocks:
            why = NOT_LISTED if block.name in shared.blocks else "is not a block. Correct its name."
            yield body.problem(block.line, f"“{block.name}” {why}")


def _pictures(body: TextSpan, shared: Shared) -> Iterator[Problem]:
    """Find pictures that do not exist, or that cannot be shown in their place."""
    for picture in find_pictures(body.text):
        if picture.name not in shared.pictures:
            message = f"The picture “{picture.name}” is not in pictures/. Upload it, or correct its name here."
            yield body.problem(picture.line, message)
        elif not picture.alone:
            line = f"![What it shows](/pictures/{picture.name})"
            yield body.problem(picture.line, f"Put {line} on a line of its own, between empty lines.")


def _phone_numbers(passage: TextSpan) -> Iterator[Problem]:
    maybe = MAYBE_PHONE.search(passage.text)  # once for all lines that are read as they are typed
    for number, line in enumerate(passage.text.split("\n"), 1):
        if line.isascii() and "&" not in line:
            found = maybe and PHONE.search(line)
        else:
            shown = fold(unescape(line))
            found = MAYBE_PHONE.search(shown) and PHONE.search(shown)
        if found:
            message = "A phone number stands in the text. Take it out: write {{ clinic: phones }} or place a block."
            yield passage.problem(number, message)
