"""Checks a file against the rest of the library: every name it uses must exist."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from articles.documents import Article, Block, Document, Shared, Term
from articles.rendering.blocks import FACTS, find_blocks, find_facts, find_stray_braces
from articles.rendering.callouts import MARK, STRENGTHS
from articles.rendering.citations import Citation, find_citations
from articles.rendering.pictures import find_pictures
from clinic_site.content_files import Problem
from clinic_site.folding import fold

# Ten digits as people group them, or a tel: link. Clinic numbers come from clinic.yaml, helplines from blocks.
PHONE = re.compile(
    r"tel:|(?<![\d/.])(?:\+?1[-–. ]?)?(?:\(\d{3}\) ?|\d{3}[-–. ]?)\d{3}[-–. ]?\d{4}(?![\d/])|\b1-8\d\d-[\w-]{7,}"
)
MAYBE_PHONE = re.compile(r"tel:|\d{3}(?:\) ?|[-–. ]?)\d{3}|1-8\d\d")  # quick to say that there is none
PLAIN_FIELDS = ("title", "summary", "audience", "main_message", "drafting", "conflict")
NOT_LISTED = "is placed in the text but not listed under “blocks” on top of the file. Add it there."


class _Anything(Container[str]):
    """Holds every name."""

    def __contains__(self, name: object) -> bool:
        return True


@dataclass(frozen=True)
class Passage:
    """Some text of a file, and the line of the file it starts on."""

    path: str
    line: int
    text: str

    def problem(self, line: int, message: str) -> Problem:
        """A problem on line `line` of the passage."""
        return Problem(self.path, self.line + line - 1, message)


@lru_cache(maxsize=2)
def _citations(text: str) -> tuple[Citation, ...]:
    """Found once for all that is asked of one text."""
    return tuple(find_citations(text))


def known_sources(sources: Container[str], missing: Container[str]) -> Container[str]:
    """The sources that may be cited; any, while the list itself is wrong: that is one mistake, not one a page."""
    return _Anything() if "references.yaml" in missing else sources


def check_article(article: Article, shared: Shared) -> list[Problem]:
    unknown = _unknown(article, "topics", article.topics, shared.topics, "topic", "topics.yaml")
    return [*(unknown if "topics.yaml" not in shared.missing else ()), *check_document(article, shared)]


def check_document(document: Document, shared: Shared) -> list[Problem]:
    """Everything in a page or an article that the library cannot follow."""
    body = Passage(document.path, document.body_line, document.body)
    front = [
        Passage(document.path, document.line_of[field], getattr(document, field))
        for field in PLAIN_FIELDS
        if field in document.line_of
    ]
    sources = known_sources(shared.sources, shared.missing)
    return [
        *_unknown(document, "sources", document.sources, sources, "source", "references.yaml"),
        *_unknown(document, "blocks", document.blocks, shared.blocks, "block", "blocks/"),
        *_names(body, sources),
        *_unlisted(body, document, shared),
        *_pictures(body, shared),
        *(problem for passage in (body, *front) for problem in _phone_numbers(passage)),
        *(problem for passage in front for problem in _facts(passage)),
    ]


def check_block(path: str, block: Block, sources: Container[str]) -> list[Problem]:
    passage = Passage(path, 1, block.text)
    nested = [
        passage.problem(inner.line, "A block cannot hold another block. Put the text itself here.")
        for inner in find_blocks(block.text)
    ]
    pictures = [
        passage.problem(picture.line, "A block cannot hold a picture. Put it into the text of the page.")
        for picture in find_pictures(block.text)
    ]
    return [*nested, *pictures, *_names(passage, sources)]


def check_terms(terms: Iterable[Term], sources: Container[str]) -> list[Problem]:
    """Sources that the glossary names and references.yaml does not hold."""
    return [
        Problem("glossary.yaml", 1, f"The term “{term.name}” names the source “{key}”, which references.yaml lacks.")
        for term in terms
        for key in term.sources
        if key not in sources
    ]


def _unknown(
    document: Document, field: str, names: Iterable[str], known: Container[str], what: str, where: str
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            message = f"The {what} “{name}” is not in {where}. Add it there or correct its name here."
            yield Problem(document.path, document.line_of[field], message)


def _names(passage: Passage, sources: Container[str]) -> Iterator[Problem]:
    """Citations, facts and call-outs that mean nothing."""
    for citation in _citations(passage.text):
        if citation.key not in sources:
            message = f"“@{citation.key}” is not in references.yaml. Add the source there or correct the key."
            yield passage.problem(citation.line, message)
    yield from _facts(passage)
    for number, line in enumerate(passage.text.split("\n"), 1):
        found = MARK.match(line)
        if found and found[1] not in STRENGTHS:
            message = f"“[!{found[1]}]” is not a kind of call-out. Use one of: {', '.join(STRENGTHS)}."
            yield passage.problem(number, message)


def _facts(passage: Passage) -> Iterator[Problem]:
    for fact in find_facts(passage.text):
        if fact.name not in FACTS:
            message = f"“{fact.name}” is not a fact of the clinic. Use one of: {', '.join(FACTS)}."
            yield passage.problem(fact.line, message)
    for stray in find_stray_braces(passage.text):
        message = f"“{stray.name}” means nothing here. Write {{{{ block: name }}}} on a line of its own."
        yield passage.problem(stray.line, message)


def _unlisted(body: Passage, document: Document, shared: Shared) -> Iterator[Problem]:
    """Known sources and blocks that the text uses and the front matter does not list."""
    for citation in _citations(body.text):
        if citation.key in shared.sources and citation.key not in document.sources:
            message = f"“@{citation.key}” is cited but not listed under “sources” on top of the file. Add it there."
            yield body.problem(citation.line, message)
    for block in find_blocks(body.text):
        if block.name not in document.blocks:
            why = NOT_LISTED if block.name in shared.blocks else "is not a block. Correct its name."
            yield body.problem(block.line, f"“{block.name}” {why}")


def _pictures(body: Passage, shared: Shared) -> Iterator[Problem]:
    """Pictures that are not there, or that could not be shown where they stand."""
    for picture in find_pictures(body.text):
        if picture.name not in shared.pictures:
            message = f"The picture “{picture.name}” is not in pictures/. Upload it, or correct its name here."
            yield body.problem(picture.line, message)
        elif not picture.alone:
            line = f"![What it shows](/pictures/{picture.name})"
            yield body.problem(picture.line, f"Put {line} on a line of its own, between empty lines.")


def _phone_numbers(passage: Passage) -> Iterator[Problem]:
    for number, line in enumerate(passage.text.split("\n"), 1):
        shown = line if line.isascii() and "&" not in line else fold(unescape(line))
        if MAYBE_PHONE.search(shown) and PHONE.search(shown):
            message = "A phone number stands in the text. Take it out: write {{ clinic: phones }} or place a block."
            yield passage.problem(number, message)
