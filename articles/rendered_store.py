"""Rendered pages on disk, each under a digest of all it was made from: memory holds a few, a restart makes none anew.

A page that cannot be made is told as a problem of its library and answers 503: what lists lead to is meant to be there.
"""

import datetime as dt
import hashlib
import json
import logging
import os
import pickle
import threading
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple
from functools import cache, lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

import articles
from articles import rendering
from articles.documents import Document, Shared, Term
from articles.kept import version_of
from articles.rendering import Rendered
from articles.rendering.blocks import FACTS, find_blocks
from articles.rendering.citations import find_citations
from articles.rendering.pictures import find_pictures
from clinic_site.content_files import ContentError, Problem, faults_told
from clinic_site.demo import VAR_FOLDER
from clinic_site.whole_files import whole_file

FOLDER = VAR_FOLDER / "rendered"
IN_MEMORY = 64  # pages
FORGOTTEN_AFTER = dt.timedelta(days=30)  # not asked for: whatever it was made from is gone, or asks for it once more
TOUCHED_EVERY = dt.timedelta(days=7)
PACKAGES = ("bleach", "markdown")
CODE = Path(articles.__path__[0])
logger = logging.getLogger(__name__)

_failed: WeakKeyDictionary[Document, Problem] = WeakKeyDictionary()
_telling = threading.Lock()


def faults(documents: Mapping[str, Document]) -> list[Problem]:
    """Why pages of these (by path) could not be made, as far as somebody has asked for them."""
    with _telling:
        failed = list(_failed.items())
    return [problem for document, problem in failed if documents.get(document.path) is document]


@lru_cache(maxsize=IN_MEMORY)
def rendered(document: Document) -> Rendered:
    """The document as safe HTML. Raises ContentError where that cannot be made."""
    try:
        with faults_told(document.path):
            return _stored(document) if document.stored else rendering.render(document)
    except ContentError as error:
        with _telling:
            _failed[document] = error.problem
        raise


def sweep(now: dt.datetime) -> None:
    """Removes pages that nobody asked for in a long time."""
    for file in FOLDER.glob("*/*"):
        with suppress(FileNotFoundError):  # another process may be at it
            if file.stat().st_mtime < (now - FORGOTTEN_AFTER).timestamp():
                file.unlink()


def _stored(document: Document) -> Rendered:
    file = _file(made_from(document))
    page = _read(file)
    if page is None:
        page = rendering.render(document)
        _write(file, page)
    return page


def _file(digest: str) -> Path:
    return FOLDER / digest[:2] / digest[2:]


def _read(file: Path) -> Rendered | None:
    """None for one that is absent or broken: it is made anew."""
    try:
        page = pickle.loads(zlib.decompress(file.read_bytes()))  # noqa: S301 (our own, where only its owner writes)
        age = dt.datetime.now(dt.UTC).timestamp() - file.stat().st_mtime
        if age > TOUCHED_EVERY.total_seconds():
            os.utime(file)
    except Exception:  # noqa: BLE001 (whatever is wrong with it)
        return None
    return page if isinstance(page, Rendered) else None


def _write(file: Path, page: Rendered) -> None:
    """Whole or not at all; a folder that cannot be written to costs the next start its time, no more."""
    try:
        FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)  # by itself: `parents` have the usual rights
        with whole_file(file) as opened:
            opened.write(zlib.compress(pickle.dumps(page, pickle.HIGHEST_PROTOCOL), 1))
    except OSError as error:
        logger.warning("rendered pages cannot be kept in %s (%s)", FOLDER, type(error).__name__)


def made_from(document: Document) -> str:
    """A digest of what its page shows and of the code that makes it. What it does not show does not change it."""
    shared = document.shared
    assert shared is not None, "a document is rendered only from a library"  # noqa: S101
    names = dict.fromkeys([*document.carried, *(placed.name for placed in find_blocks(document.body))])
    blocks = [(name, shared.blocks[name].text) for name in names if name in shared.blocks]
    keys = {cited.key for text in (document.body, *(text for _, text in blocks)) for cited in find_citations(text)}
    pictures = {placed.name for placed in find_pictures(document.body)}
    parts = (
        _renderer(),
        _everywhere(shared),
        document.body,
        getattr(document, "conflict", ""),
        document.carried,
        blocks,
        [astuple(shared.sources[key]) for key in sorted(keys) if key in shared.sources],
        [[astuple(width) for width in shared.pictures[name]] for name in sorted(pictures) if name in shared.pictures],
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _everywhere(shared: Shared) -> str:
    """What may stand on any page: the glossary's terms and the clinic's facts."""
    return _digest(tuple(shared.terms.values()), tuple(fact(shared.clinic) for fact in FACTS.values()))


@lru_cache(maxsize=4)
def _digest(terms: tuple[Term, ...], facts: tuple[str, ...]) -> str:
    names = [(term.slug, term.name, term.aliases) for term in terms]
    return hashlib.sha256(json.dumps((names, facts)).encode()).hexdigest()


@cache
def _renderer() -> str:
    """Which version of the code makes pages."""
    return version_of([*CODE.glob("rendering/*.py"), CODE / "documents.py", CODE / "pictures.py"], PACKAGES)
