"""Proof that a text may become the file: it loads, and with it everything else still does."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from articles.checking import check_article, check_block, check_document, check_terms, known_sources
from articles.documents import Article, Block, Document, Page, Shared
from articles.library import RESERVED, Library, get_library
from articles.loading import FILES, FOLDERS
from clinic_site.clinic_file import FILE as CLINIC_FILE
from clinic_site.clinic_file import parse_clinic
from clinic_site.content_files import ContentError, Problem, SourceFile, faults_told, parse_yaml

BOM = "\ufeff"
PARTS = {"topics.yaml": "topics", "references.yaml": "sources", "glossary.yaml": "terms"}  # of Shared, by file


def prove(path: str, text: str) -> None:
    """Raises ContentError with the first thing that would keep this file, or another because of it, from loading."""
    library = get_library()
    with faults_told(path):
        value = _parsed(path, text)
        for problem in _problems(path, value, library):
            raise ContentError(problem.path, problem.line, problem.message)


def _parsed(path: str, text: str) -> Any:
    source = SourceFile(path, text.removeprefix(BOM).replace("\r\n", "\n"), digest="")
    if path == CLINIC_FILE:
        return parse_clinic(parse_yaml(path, source.text))
    parse = FILES.get(path) or FOLDERS[path.partition("/")[0]]
    return parse(source)


def _problems(path: str, value: Any, library: Library) -> Iterator[Problem]:
    shared = library.shared
    if isinstance(value, Document):
        yield from _checked(value, shared)
        yield from _taken(value, library)
        replace(value, shared=shared).rendered  # noqa: B018 (what cannot be rendered does not load)
    if isinstance(value, Block):
        yield from check_block(path, value, known_sources(shared.sources, shared.missing))
        _render_one_with(value, library)
    if path in PARTS and path not in shared.missing:  # a shared file that was never right breaks nothing: it is a mend
        yield from _broken(path, replace(shared, **{PARTS[path]: value}), library)


def _taken(value: Document, library: Library) -> Iterator[Problem]:
    """An address that another file has, or a part of the site."""
    yield from [
        Problem(value.path, 1, f"The address “{value.slug}” belongs to {holder.path}. Choose another.")
        for holder in library.documents.values()
        if type(holder) is type(value) and holder.slug == value.slug and holder.path != value.path
    ]
    if isinstance(value, Page) and value.slug in RESERVED:
        yield Problem(value.path, 1, f"The address /{value.slug}/ belongs to a part of this site. Choose another.")


def _render_one_with(block: Block, library: Library) -> None:
    """Raises what the pages that carry the block would raise."""
    shared = replace(library.shared, blocks={**library.shared.blocks, block.name: block})
    carrying = (each for each in library.documents.values() if block.name in each.carried)
    for document in list(carrying)[:1]:
        replace(document, shared=shared).rendered  # noqa: B018 (to see whether it can be made)


def _broken(path: str, changed: Shared, library: Library) -> Iterator[Problem]:
    """What is right now and would not be once the shared content is `changed`."""
    before = frozenset(_everywhere(library, library.shared))
    for problem in _everywhere(library, changed):
        if problem not in before:
            own = problem.path == path
            broken = f"This would break {problem.path}, line {problem.line}: {problem.message}"
            yield problem if own else Problem(path, 1, broken)


def _everywhere(library: Library, shared: Shared) -> Iterator[Problem]:
    sources = known_sources(shared.sources, shared.missing)
    yield from check_terms(shared.terms.values(), sources)
    for block in shared.blocks.values():
        yield from check_block(f"blocks/{block.name}.md", block, sources)
    for document in library.documents.values():
        yield from _checked(document, shared)


def _checked(document: Document, shared: Shared) -> list[Problem]:
    return check_article(document, shared) if isinstance(document, Article) else check_document(document, shared)
