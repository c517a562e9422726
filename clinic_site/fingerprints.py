"""What each page is made from, as a digest that means the same in every process and after every restart.

It may differ where the page is the same: then the page is made once for nothing. It never stays the same where the
page differs.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings

from articles.addresses import Snapshot, relations
from articles.documents import Article, Document
from articles.standing import standing
from clinic_site.clinic import open_now
from clinic_site.static_files import MANIFEST

CODE = ("appointments", "articles", "clinic_site", "templates")
LOCKED = "requirements.txt"


def code_digest() -> str:
    """Of all that makes pages and is not content: our code, the templates, what is installed, names of static files."""
    base = Path(settings.BASE_DIR)
    files = [path for folder in CODE for path in (base / folder).rglob("*") if path.suffix in (".py", ".html", ".txt")]
    names = Path(settings.STATIC_ROOT) / MANIFEST
    read = (path.read_bytes() for path in (*sorted(files), base / LOCKED, *([names] if names.exists() else [])))
    return _digest(settings.SITE_URL.encode(), *read)


class Fingerprints:
    """Of one snapshot."""

    def __init__(self, snapshot: Snapshot, code: str) -> None:
        self._snapshot = snapshot
        self._code = code
        self._told: dict[int, str] = {}  # by id of a document, which the snapshot keeps alive

    def of(self, address: str) -> str:
        """For an address that is not of the snapshot: the digest of what all pages are made from."""
        parts = self._snapshot.addresses.get(address, ())
        return _digest(*(text.encode() for text in (self._common, address, self._tell(parts), self._near(address))))

    @cached_property
    def _common(self) -> str:
        """The day counts: it stands on some pages, and in what they call tomorrow."""
        shared, now = self._snapshot.library.shared, self._snapshot.now
        openings = [open_now(shared.clinic, office, now) for office in shared.clinic.offices]
        return self._tell((self._code, shared, openings, shared.clinic.local(now).date()))

    def _near(self, address: str) -> str:
        """All that can stand in the list of related articles: those with a topic or a source in common."""
        article = self._articles.get(address)
        marks = (*article.topics, *article.sources) if article else ()
        return " ".join(self._by_mark[mark] for mark in marks)

    @cached_property
    def _articles(self) -> Mapping[str, Article]:
        return {article.url: article for article in self._snapshot.library.articles.values()}

    @cached_property
    def _by_mark(self) -> Mapping[str, str]:
        """Topic or source -> a digest of what decides where its listed articles stand among related ones."""
        told = defaultdict(list)
        for each in self._snapshot.listed:
            related = self._tell((each.slug, relations(each)))
            for mark in (*each.topics, *each.sources):
                told[mark].append(related)
        return defaultdict(str, {mark: _digest(*(text.encode() for text in sorted(told[mark]))) for mark in told})

    def _tell(self, value: object) -> str:
        """The value in words, the same for equal values in every process."""
        if isinstance(value, Document):
            return self._tell_document(value)
        if is_dataclass(value):
            return self._tell((type(value).__name__, [getattr(value, each.name) for each in fields(value)]))
        if isinstance(value, Mapping):
            return self._tell([(self._tell(key), self._tell(each)) for key, each in value.items()])
        if isinstance(value, AbstractSet):
            return self._tell(sorted(map(self._tell, value)))
        if isinstance(value, tuple | list):
            return f"[{','.join(map(self._tell, value))}]"
        return repr(value)

    def _tell_document(self, document: Document) -> str:
        known = self._told.get(id(document))
        if known is None:
            stands: object = ()
            if isinstance(document, Article):
                state = standing(document, self._snapshot.now)
                stands = (state.reviewer, state.news, state.due)
            known = self._told[id(document)] = self._tell((document.path, document.digest, stands))
        return known


def _digest(*texts: bytes) -> str:
    whole = hashlib.sha256()
    for text in texts:
        whole.update(hashlib.sha256(text).digest())
    return whole.hexdigest()
