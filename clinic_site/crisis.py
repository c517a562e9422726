"""Words of somebody who may be in danger: from content/crisis.yaml, for the request form and for the search.

They bring up help. They never block or drop anything, so a file that cannot be read costs no patient their request.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from clinic_site import last_good
from clinic_site.content_files import (
    ContentError,
    Fields,
    SourceFile,
    faults_told,
    file_signature,
    parse_yaml,
    read_source,
)
from clinic_site.folding import fold
from clinic_site.watched import Watched

FILE = "crisis.yaml"
NO_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class CrisisWords:
    phrases: tuple[str, ...] = ()  # as plain_words() gives them
    search_words: tuple[str, ...] = ()  # the same


def speaks_of_crisis(*texts: str) -> bool:
    """Whether free text of a request holds words of a crisis."""
    return _holds(_crisis_words().phrases, texts)


def searches_in_crisis(*texts: str) -> bool:
    """The same for what somebody looks for, where a single word says more."""
    words = _crisis_words()
    return _holds((*words.phrases, *words.search_words), texts)


def parse_crisis_words(source: SourceFile) -> CrisisWords:
    """Raises ContentError."""
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
    """Letters and digits with single spaces: “Don’t want\\n to LIVE!” is “dont want to live”."""
    return NO_LETTERS.sub(" ", fold(text).replace("'", "")).strip()


def _holds(phrases: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    """Whole words only: “studied” does not hold “die”."""
    framed = [f" {plain_words(text)} " for text in texts if text]
    return any(f" {phrase} " in text for text in framed for phrase in phrases)


def _crisis_words() -> CrisisWords:
    return _watched(settings.CONTENT_DIR).get()


@cache
def _watched(root: Path) -> Watched[CrisisWords]:
    return Watched(lambda: file_signature(root / FILE), lambda previous: load_crisis_words(root, previous))


def load_crisis_words(root: Path, previous: CrisisWords | None = None) -> CrisisWords:
    """The file's words; the last good ones while it is wrong, which the list of content problems tells staff.

    At the start of a process they are those that another one saved.
    """
    try:
        with faults_told(FILE):
            source = read_source(root, root / FILE)
            words = parse_crisis_words(source)
    except ContentError:
        return previous or _saved_words(root)
    last_good.save(root, {FILE: source.digest})
    return words


def _saved_words(root: Path) -> CrisisWords:
    saved = last_good.load(root, FILE)
    try:
        return parse_crisis_words(saved) if saved else CrisisWords()
    except ContentError:  # saved by a version that asked for less
        return CrisisWords()
