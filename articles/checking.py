"""Checks a file against the rest of the library: every name it uses must exist."""

import re
from collections.abc import Iterable, Iterator

from articles.documents import Article, Block, Document, Shared, Term
from articles.rendering.blocks import FACTS, find_blocks, find_facts, find_stray_braces
from articles.rendering.callouts import MARK, STRENGTHS
from articles.rendering.citations import find_citations
from clinic_site.content_files import Problem

# Ten digits as people group them, or a tel: link. Clinic numbers come from clinic.yaml, helplines from blocks.
PHONE = re.compile(r"tel:|(?<![\d/.])(?:\+?1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)|\b1-8\d\d-[\w-]{7,}")


def check_document(document: Document, shared: Shared) -> list[Problem]:
    """Everything in a page or an article that the library cannot follow."""
    return [
        *_unknown(document, "sources", document.sources, shared.sources, "source", "references.yaml"),
        *_unknown(document, "blocks", document.blocks, shared.blocks, "block", "blocks/"),
        *_citations(document, shared),
        *_insertions(document, shared),
        *_callouts(document),
        *_phone_numbers(document),
    ]


def check_article(article: Article, shared: Shared) -> list[Problem]:
    unknown = _unknown(article, "topics", article.topics, shared.topics, "topic", "topics.yaml")
    return [*unknown, *check_document(article, shared)]


def check_block(path: str, block: Block, shared: Shared) -> list[Problem]:
    problems = [
        Problem(
            path,
            citation.line,
            f"“@{citation.key}” is not in references.yaml. Add the source or correct the key.",
        )
        for citation in find_citations(block.text)
        if citation.key not in shared.sources
    ]
    if next(find_blocks(block.text), None):
        problems.append(Problem(path, 1, "A block cannot hold another block. Put the text itself here."))
    return problems


def check_terms(terms: Iterable[Term], shared: Shared) -> list[Problem]:
    """Sources that the glossary names and references.yaml does not hold."""
    return [
        Problem(
            "glossary.yaml",
            1,
            f"The term “{term.name}” names the source “{key}”, which references.yaml lacks.",
        )
        for term in terms
        for key in term.sources
        if key not in shared.sources
    ]


def _unknown(
    document: Document, field: str, names: Iterable[str], known: Iterable[str], what: str, where: str
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            message = f"The {what} “{name}” is not in {where}. Add it there or correct its name here."
            yield Problem(document.path, document.line_of[field], message)


def _citations(document: Document, shared: Shared) -> Iterator[Problem]:
    for citation in find_citations(document.body):
        line = document.line_in_file(citation.line)
        if citation.key not in shared.sources:
            message = f"“@{citation.key}” is not in references.yaml. Add the source there or correct the key."
            yield Problem(document.path, line, message)
        elif citation.key not in document.sources:
            message = f"“@{citation.key}” is cited but not listed under “sources” on top of the file. Add it there."
            yield Problem(document.path, line, message)


def _insertions(document: Document, shared: Shared) -> Iterator[Problem]:
    for block in find_blocks(document.body):
        if block.name not in document.blocks:
            known = "is not a block. Correct its name." if block.name not in shared.blocks else _NOT_LISTED
            yield Problem(document.path, document.line_in_file(block.line), f"“{block.name}” {known}")
    for fact in find_facts(document.body):
        if fact.name not in FACTS:
            message = f"“{fact.name}” is not a fact of the clinic. Use one of: {', '.join(FACTS)}."
            yield Problem(document.path, document.line_in_file(fact.line), message)
    for stray in find_stray_braces(document.body):
        message = f"“{stray.name}” means nothing here. Write {{{{ block: name }}}} on a line of its own."
        yield Problem(document.path, document.line_in_file(stray.line), message)


_NOT_LISTED = "is placed in the text but not listed under “blocks” on top of the file. Add it there."


def _callouts(document: Document) -> Iterator[Problem]:
    for number, line in enumerate(document.body.split("\n"), 1):
        found = MARK.match(line)
        if found and found[1] not in STRENGTHS:
            message = f"“[!{found[1]}]” is not a kind of call-out. Use one of: {', '.join(STRENGTHS)}."
            yield Problem(document.path, document.line_in_file(number), message)


def _phone_numbers(document: Document) -> Iterator[Problem]:
    for number, line in enumerate(document.body.split("\n"), 1):
        if PHONE.search(line):
            message = "A phone number stands in the text. Take it out: write {{ clinic: phones }} or place a block."
            yield Problem(document.path, document.line_in_file(number), message)
