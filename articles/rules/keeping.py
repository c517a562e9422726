"""Keeps what the last check read and found, so that the next one looks only at what changed: see articles.kept."""

from dataclasses import dataclass
from pathlib import Path

from articles import kept
from articles.library import Library
from articles.rules.judging import Judgment

CACHE = "check_content.cache"  # its name in the folder of things the site makes


@dataclass(frozen=True)
class Kept:
    """What one run leaves to the next. The two belong together: they share their objects."""

    library: Library
    judgment: Judgment


def recall(file: Path, root: Path) -> Kept | None:
    """What the last run over the content folder `root` kept; None where it cannot be used."""
    return kept.recall(file, root, Kept)


def keep(file: Path, root: Path, what: Kept) -> None:
    kept.keep(file, root, what)
