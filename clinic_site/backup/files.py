"""Files of a backup: copied, hashed and flushed to the disk."""

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

STAGED = re.compile(r"\..+\.new")  # a file that is being written, and is renamed when it is whole


def copy_tree(source: Path, target: Path, only: Collection[str] | None = None) -> dict[str, str]:
    """Copy the files below `source`, or `only` those with these paths. Return the path of each -> SHA-256.

    A missing `source` is empty.
    A file that is removed meanwhile is left out, and so are links.
    """
    copied = {}
    for name in _names(source):
        if only is not None and name not in only:
            continue
        with suppress(FileNotFoundError):
            data = (source / name).read_bytes()
            write_file(target / name, data)
            copied[name] = digest_of(data)
    return copied


def _names(root: Path) -> Iterator[str]:
    for folder, _, files in os.walk(root):
        for file in files:
            path = Path(folder, file)
            if not STAGED.fullmatch(file) and path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix()


def write_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def flush_tree(root: Path) -> None:
    """Flush all files and folders from `root` down, so that they survive a power cut."""
    for folder, _, files in os.walk(root):
        for name in (*files, "."):
            flush(Path(folder, name))


def flush(path: Path) -> None:
    """Flush a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
