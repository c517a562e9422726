"""Check a text before it becomes the file: it must load, and so must every other file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from articles.content.documents import Article, Block, Document, Page, Shared
from articles.editing.revisions.disk import digest_of
from articles.library import RESERVED, Library, get_library
from articles.loading.loader import FILES, FOLDERS
from articles.loading.validation import check_block, check_document, check_terms, known_sources
from articles.rendering.page_cache import rendered
from clinic_site.clinic_yaml import FILE as CLINIC_FILE
from clinic_site.clinic_yaml import read_clinic
from clinic_site.content.files import MAX_BYTES, ContentError, Problem, SourceFile, as_content_error

BOM = "\ufeff"
PARTS = {"topics.yaml": "topics", "references.yaml": "sources", "glossary.yaml": "terms"}  # file -> attribute of Shared
DOCUMENTS = ("articles/", "pages/")
TOO_LARGE = "This text is larger than 1 MiB. Split it, or take out what is pasted in."


@dataclass(frozen=True, eq=False)
class Validated:
    """The text of an article or a page as a library would load it."""

    document: Document | None  # rendered; None where the text cannot be read or rendered
    problems: tuple[Problem, ...]  # what keeps the file from loading


@lru_cache(maxsize=16)
def validate(path: str, text: str, library: Library) -> Validated:
    """Parse, check and render `text` as the file at `path`. The results are cached.

    Unknown names are left out of the document, so that a typo in one of them does not prevent the preview.
    """
    problems: list[Problem] = []
    try:
        with as_content_error(path):
            source = _source(path, text)
            document = _loaded_document(source, library)
            if document is None:
                parsed = FOLDERS[path.partition("/")[0]](source)
                problems += check_document(parsed, library.shared)
                document = _with_known_names(parsed, library.shared)
            rendered(document)
    except ContentError as error:
        return Validated(None, (*problems, error.problem))
    return Validated(document, tuple(problems))


def check_loads(path: str, text: str) -> None:
    """Check the text, and every other file that the text could keep from loading.

    Raises ContentError for the first problem.
    """
    library = get_library()
    with as_content_error(path):
        problems = (
            _document_problems(path, text, library)
            if path.startswith(DOCUMENTS)
            else _shared_problems(path, text, library)
        )
        for problem in problems:
            raise ContentError(problem.path, problem.line, problem.message)


def _source(path: str, text: str) -> SourceFile:
    data = text.encode()
    if len(data) > MAX_BYTES:
        raise ContentError(path, 1, TOO_LARGE)
    return SourceFile(path, text.removeprefix(BOM).replace("\r\n", "\n"), digest_of(data))


def _loaded_document(source: SourceFile, library: Library) -> Document | None:
    """Return the library's own document, without news about sources, if it has checked exactly this text."""
    loaded = library.documents.get(source.path)
    if loaded is None or loaded.digest != source.digest or loaded.shared is not library.shared:
        return None
    return loaded.with_news(()) if isinstance(loaded, Article) else loaded


def _with_known_names(document: Document, shared: Shared) -> Document:
    known = replace(
        document,
        shared=shared,
        sources=tuple(key for key in document.sources if key in shared.sources),
        blocks=tuple(name for name in document.blocks if name in shared.blocks),
    )
    if not isinstance(known, Article):
        return known
    return replace(known, topics=tuple(name for name in known.topics if name in shared.topics))


def _document_problems(path: str, text: str, library: Library) -> Iterable[Problem]:
    validated = validate(path, text, library)
    if validated.document is None or validated.problems:
        return validated.problems
    return _address_problems(validated.document, library)


def _shared_problems(path: str, text: str, library: Library) -> Iterator[Problem]:
    parsed, shared = _parsed(path, text), library.shared
    if isinstance(parsed, Block):
        yield from check_block(path, parsed, known_sources(shared.sources, shared.missing))
        _render_one_page(parsed, library)
    if path in PARTS and path not in shared.missing:  # the first valid version of a file cannot break anything
        yield from _new_problems(path, replace(shared, **{PARTS[path]: parsed}), library)


def _parsed(path: str, text: str) -> Any:
    source = _source(path, text)
    if path == CLINIC_FILE:
        return read_clinic(source.text)
    parse = FILES.get(path) or FOLDERS[path.partition("/")[0]]
    return parse(source)


def _address_problems(document: Document, library: Library) -> Iterator[Problem]:
    """Yield a problem if another file, or a part of the site, has the document's address."""
    for holder in library.documents.values():
        if type(holder) is type(document) and holder.slug == document.slug and holder.path != document.path:
            message = f"The address “{document.slug}” belongs to {holder.path}. Choose another."
            yield Problem(document.path, 1, message)
    if isinstance(document, Page) and document.slug in RESERVED:
        message = f"The address /{document.slug}/ belongs to a part of this site. Choose another."
        yield Problem(document.path, 1, message)


def _render_one_page(block: Block, library: Library) -> None:
    """Render one page that contains the block. Raises ContentError if that fails."""
    shared = replace(library.shared, blocks={**library.shared.blocks, block.name: block})
    carrying = (document for document in library.documents.values() if block.name in document.carried)
    for document in list(carrying)[:1]:
        rendered(replace(document, shared=shared))


def _new_problems(path: str, changed: Shared, library: Library) -> Iterator[Problem]:
    """Yield the problems that `changed`, as the shared content, would add."""
    before = frozenset(_all_problems(library, library.shared))
    for problem in _all_problems(library, changed):
        if problem not in before:
            is_own = problem.path == path
            message = f"This would break {problem.path}, line {problem.line}: {problem.message}"
            yield problem if is_own else Problem(path, 1, message)


def _all_problems(library: Library, shared: Shared) -> Iterator[Problem]:
    sources = known_sources(shared.sources, shared.missing)
    yield from check_terms(shared.terms.values(), sources)
    for block in shared.blocks.values():
        yield from check_block(f"blocks/{block.name}.md", block, sources)
    for document in library.documents.values():
        yield from check_document(document, shared)
