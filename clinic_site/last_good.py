"""The last good text of each file below content/, saved in var/: a start after a typo goes on with it.

The copies of one content folder stand under the names of its files. A file that is gone has none.
"""

import hashlib
import logging
from collections.abc import Container, Mapping
from pathlib import Path

from clinic_site.content_files import ContentError, SourceFile, content_paths, read_source
from clinic_site.demo import VAR_FOLDER
from clinic_site.whole_files import whole_file

logger = logging.getLogger(__name__)


def folder(root: Path) -> Path:
    """Return the folder of the copies. Each content folder has one of its own."""
    return VAR_FOLDER / "last-good" / hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]


def save(root: Path, good: Mapping[str, str]) -> None:
    """Copy the files of `good` (name below `root` -> SHA-256 of the bytes that were found to be right).

    A file that holds other bytes by now is left for the next look. A full disk is logged: nothing is lost yet.
    """
    faults = {}
    for name, digest in good.items():
        try:
            _copy(root / name, folder(root) / name, digest)
        except OSError as error:
            faults[name] = error.strerror
    for name, why in list(faults.items())[:1]:
        logger.warning(
            "content/%s, one of %d files, could not be saved for the next start (%s).", name, len(faults), why
        )


def _copy(file: Path, copy: Path, digest: str) -> None:
    """Write only what changed."""
    if copy.exists() and _digest(copy.read_bytes()) == digest:
        return
    text = file.read_bytes()
    if _digest(text) == digest:
        with whole_file(copy) as opened:
            opened.write(text)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def load(root: Path, name: str) -> SourceFile | None:
    """Return what was saved; None where nothing can be read."""
    try:
        return read_source(folder(root), folder(root) / name)
    except ContentError:
        return None


def forget_all_but(root: Path, names: Container[str]) -> None:
    """Remove the copies of other files. A copy that cannot be removed stays until the next time."""
    copies = folder(root)
    for copy in content_paths(copies):
        if copy.relative_to(copies).as_posix() not in names:
            try:
                copy.unlink(missing_ok=True)
            except OSError as error:
                logger.warning("%s is of no use any more and could not be removed (%s).", copy, error.strerror)
