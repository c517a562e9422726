"""Words of somebody who may be in danger, from content/crisis.yaml: for the request form and for the search.

They make pages show help and never block a request, also while the file cannot be read.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from clinic_site.content import last_good
from clinic_site.content.files import SourceFile, file_signature
from clinic_site.content.reloading import Reloading
from clinic_site.content.yaml_fields import Fields, parse_yaml
from clinic_site.text.folding import fold

FILE = "crisis.yaml"
NO_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class CrisisWords:
    phrases: tuple[str, ...] = ()  # as plain_words() gives them
    search_words: tuple[str, ...] = ()  # as plain_words() gives them; count in searches only


def speaks_of_crisis(*texts: str) -> bool:
    """Return True if the free text of a request contains words of a crisis."""
    return _contain_phrase(_crisis_words().phrases, texts)


def searches_in_crisis(*texts: str) -> bool:
    """Return True if a search contains words of a crisis, which may be single words."""
    words = _crisis_words()
    return _contain_phrase((*words.phrases, *words.search_words), texts)


def parse_crisis_words(source: SourceFile) -> CrisisWords:
    """Return the words of the file. Raises ContentError."""
    fields = parse_yaml(source.path, source.text)
    words = CrisisWords(_plain(fields, "phrases"), _plain(fields, "search_words"))
    fields.done()
    return words


def _plain(fields: Fields, key: str) -> tuple[str, ...]:
    phrases = tuple(plain_words(text) for text in fields.texts(key))
    if not phrases or "" in phrases:
        raise fields.error(key, f"“{key}” must hold words, and each must have letters or digits.")
    return phrases


def plain_words(text: str) -> str:
    r"""Return letters and digits with single spaces: “Don’t want\n to LIVE!” becomes “dont want to live”."""
    return NO_LETTERS.sub(" ", fold(text).replace("'", "")).strip()


def _contain_phrase(phrases: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    """Return True if a text contains a phrase as whole words: “studied” does not contain “die”."""
    framed = [f" {plain_words(text)} " for text in texts if text]
    return any(f" {phrase} " in text for text in framed for phrase in phrases)


def _crisis_words() -> CrisisWords:
    return _watched(settings.CONTENT_DIR).get()


@cache
def _watched(root: Path) -> Reloading[CrisisWords]:
    return Reloading(lambda: file_signature(root / FILE), lambda previous: load_crisis_words(root, previous))


def load_crisis_words(root: Path, previous: CrisisWords | None = None) -> CrisisWords:
    """Return the words of the file; none if there never were good ones. See last_good.read()."""
    return last_good.read(root, FILE, parse_crisis_words, previous, empty=CrisisWords())
