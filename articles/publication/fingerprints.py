"""Digests of what pages are made from, the same in every process and after every restart."""

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from pathlib import Path

from django.conf import settings

from articles.content.documents import Article, Document
from clinic_site.delivery.static_files import MANIFEST

CODE = ("appointments", "articles", "clinic_site", "templates")
LOCK_FILE = "requirements.txt"


def fingerprint(*values: object) -> str:
    """Return a digest of `values`: texts, numbers, dates, documents, other dataclasses, and collections of them.

    A document counts by its file, not by the moment it is shown at or the files it draws on.
    """
    return hashlib.sha256(json.dumps(values, default=_plain).encode()).hexdigest()


def code_digest() -> str:
    """Return a digest of what makes pages and is not content: code, templates, packages, names of static files."""
    base = Path(settings.BASE_DIR)
    files = [path for folder in CODE for path in (base / folder).rglob("*") if path.suffix in (".py", ".html", ".txt")]
    names = Path(settings.STATIC_ROOT) / MANIFEST
    read = [*sorted(files), base / LOCK_FILE, *([names] if names.exists() else [])]
    return fingerprint(settings.SITE_URL, [hashlib.sha256(path.read_bytes()).hexdigest() for path in read])


def _plain(value: object) -> object:
    """Return a JSON value for `value`, the same for equal values in every process."""
    if isinstance(value, Document):
        return value.path, value.digest, value.news if isinstance(value, Article) else ()
    if is_dataclass(value):
        parts = (getattr(value, field.name) for field in fields(value))
        return type(value).__name__, [list(part.items()) if isinstance(part, Mapping) else part for part in parts]
    if isinstance(value, AbstractSet):
        return sorted(value)
    return str(value)  # dates, times, time zones
