"""Copies in var/ of the last good text of each file below content/, for a start after a typo.

The copies of one content folder have the names of its files. A removed file has no copy.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from clinic_site.atomic_files import whole_file
from clinic_site.content.files import ContentError, SourceFile, as_content_error, content_names, read_source
from clinic_site.var_folder import VAR_FOLDER

logger = logging.getLogger(__name__)
Content = TypeVar("Content")


def folder(root: Path) -> Path:
    """Return the folder of the copies of the content folder `root`."""
    return VAR_FOLDER / "last-good" / hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]


def save(root: Path, good: Mapping[str, str]) -> None:
    """Copy the files of `good` (name below `root` -> SHA-256 of the bytes that passed the checks).

    A file that has other bytes by now is left for the next call. A full disk is logged: nothing is lost yet.
    """
    faults, copies = {}, folder(root)
    for name, digest in good.items():
        try:
            if not _holds(copies / name, digest):
                _copy(root / name, copies / name, digest)
        except OSError as error:
            faults[name] = error.strerror
    for name, reason in list(faults.items())[:1]:
        logger.warning(
            "content/%s, one of %d files, could not be saved for the next start (%s).", name, len(faults), reason
        )


def _holds(copy: Path, digest: str) -> bool:
    try:
        return _digest(copy.read_bytes()) == digest
    except FileNotFoundError:
        return False


def _copy(file: Path, copy: Path, digest: str) -> None:
    """Copy the file if its bytes still have the digest."""
    text = file.read_bytes()
    if _digest(text) == digest:
        with whole_file(copy) as opened:
            opened.write(text)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def load(root: Path, name: str) -> SourceFile | None:
    """Return the saved copy; None if there is none that can be read."""
    try:
        return read_source(folder(root), folder(root) / name)
    except ContentError:
        return None


def read(
    root: Path, name: str, parse: Callable[[SourceFile], Content], previous: Content | None, empty: Content
) -> Content:
    """Return what `parse` makes of the file, and save a copy; while the file has an error, the last good content.

    That is `previous`, the content of this process, or at its start that of the copy that another process saved. It is
    `empty` without a copy, and if a version with other rules saved it. The content problems report the error.
    """
    try:
        with as_content_error(name):
            source = read_source(root, root / name)
            content = parse(source)
    except ContentError:
        return previous if previous is not None else _parse_copy(root, name, parse, empty)
    save(root, {name: source.digest})
    return content


def _parse_copy(root: Path, name: str, parse: Callable[[SourceFile], Content], empty: Content) -> Content:
    saved = load(root, name)
    try:
        return parse(saved) if saved else empty
    except ContentError:
        return empty


def forget_all_but(root: Path, names: Iterable[str]) -> None:
    """Remove the copies of all other files. A copy that cannot be removed stays until the next call."""
    copies = folder(root)
    for name in set(content_names(copies)).difference(names):
        try:
            (copies / name).unlink(missing_ok=True)
        except OSError as error:
            logger.warning("%s is of no use any more and could not be removed (%s).", copies / name, error.strerror)
