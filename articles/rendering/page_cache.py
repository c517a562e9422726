"""Rendered pages on disk, each under a digest of all it is made from: memory holds a few, and a restart renders none.

A page that cannot be rendered is a problem of its library and answers 503: what lists lead to is meant to be there.
"""

import datetime as dt
import hashlib
import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple
from functools import cache, lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

import articles
from articles.content.documents import Document, Shared, Term
from articles.disk_cache import load_cached, save_cached, version_of
from articles.rendering import renderer
from articles.rendering.blocks import FACTS, find_blocks
from articles.rendering.extensions.citations import find_citations
from articles.rendering.extensions.pictures import find_pictures
from articles.rendering.renderer import Rendered
from clinic_site.content.files import ContentError, Problem, as_content_error
from clinic_site.var_folder import VAR_FOLDER

FOLDER = VAR_FOLDER / "rendered"
IN_MEMORY = 64  # pages
FORGOTTEN_AFTER = dt.timedelta(days=30)  # without use, far longer than disk_cache.TOUCHED_EVERY
PACKAGES = ("bleach", "markdown")
CODE = Path(articles.__path__[0])

_failed: WeakKeyDictionary[Document, Problem] = WeakKeyDictionary()
_failed_lock = threading.Lock()


def faults(documents: Mapping[str, Document]) -> list[Problem]:
    """Return why pages of `documents` (by path) could not be rendered, as far as somebody requested the pages."""
    with _failed_lock:
        failed = list(_failed.items())
    return [problem for document, problem in failed if documents.get(document.path) is document]


@lru_cache(maxsize=IN_MEMORY)
def rendered(document: Document) -> Rendered:
    """Return the document as safe HTML. Raises ContentError if the document cannot be rendered."""
    try:
        with as_content_error(document.path):
            return _stored(document) if document.stored else renderer.render(document)
    except ContentError as error:
        with _failed_lock:
            _failed[document] = error.problem
        raise


def sweep(now: dt.datetime) -> None:
    """Remove the pages that nobody used for FORGOTTEN_AFTER."""
    for file in FOLDER.glob("*/*"):
        with suppress(FileNotFoundError):  # another process may remove the file too
            if file.stat().st_mtime < (now - FORGOTTEN_AFTER).timestamp():
                file.unlink()


def _stored(document: Document) -> Rendered:
    digest = made_from(document)
    file = FOLDER / digest[:2] / digest[2:]
    page = load_cached(file, digest, Rendered)
    if page is None:
        page = renderer.render(document)
        save_cached(file, digest, page)
    return page


def made_from(document: Document) -> str:
    """Return a digest of what the page of `document` shows, of nothing else, and of the code that renders pages."""
    shared = document.shared
    assert shared is not None, "a document is rendered only from a library"  # noqa: S101
    names = dict.fromkeys([*document.carried, *(placed.name for placed in find_blocks(document.body))])
    blocks = [(name, shared.blocks[name].text) for name in names if name in shared.blocks]
    keys = {cited.key for text in (document.body, *(text for _, text in blocks)) for cited in find_citations(text)}
    pictures = {placed.name for placed in find_pictures(document.body)}
    parts = (
        _renderer(),
        _common_digest(shared),
        document.body,
        getattr(document, "conflict", ""),
        document.carried,
        blocks,
        [astuple(shared.sources[key]) for key in sorted(keys) if key in shared.sources],
        [[astuple(width) for width in shared.pictures[name]] for name in sorted(pictures) if name in shared.pictures],
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _common_digest(shared: Shared) -> str:
    """Return a digest of what any page may show: the glossary's terms and the clinic's facts."""
    return _digest(tuple(shared.terms.values()), tuple(fact(shared.clinic) for fact in FACTS.values()))


@lru_cache(maxsize=4)
def _digest(terms: tuple[Term, ...], facts: tuple[str, ...]) -> str:
    names = [(term.slug, term.name, term.aliases, term.definition) for term in terms]
    return hashlib.sha256(json.dumps((names, facts)).encode()).hexdigest()


@cache
def _renderer() -> str:
    """Return the version of the code that renders pages."""
    data = (CODE / "content" / name for name in ("documents.py", "pictures.py"))
    return version_of([*CODE.glob("rendering/**/*.py"), *data], PACKAGES)
