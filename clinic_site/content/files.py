"""Read the files that clinic staff edit: bytes to text, every error with path and line.

Articles, pages and the clinic's facts are all read here: once, hashed from the same bytes, and refused with one plain
sentence if they are wrong.
"""

import hashlib
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 1024 * 1024
PICTURES = "pictures"  # a folder below the content folder, without texts
UNREADABLE = "This file cannot be read. Check its permissions and where it leads."
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in one file: where (path below the content folder, line from 1) and what to do."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class ContentError(Exception):
    """A file that cannot be used as it is."""

    def __init__(self, path: str, line: int, message: str) -> None:
        self.problem = Problem(path, line, message)
        super().__init__(str(self.problem))


@dataclass(frozen=True)
class SourceFile:
    """The text of a file and the SHA-256 of the bytes it was read from."""

    path: str  # below the content folder, with forward slashes
    text: str
    digest: str


def read_source(root: Path, path: Path) -> SourceFile:
    """Read `path` once. Raises ContentError when the file is outside `root`, over 1 MiB, or not UTF-8."""
    name = path.relative_to(root).as_posix()
    data = _read(root, path, name)
    if len(data) > MAX_BYTES:
        raise ContentError(name, 1, "This file is larger than 1 MiB. Split it or remove what is pasted in.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContentError(name, line, "This file is not saved as UTF-8. Save it again with that encoding.") from error
    return SourceFile(name, text.replace("\r\n", "\n"), hashlib.sha256(data).hexdigest())


def _read(root: Path, path: Path, name: str) -> bytes:
    """Return the bytes of the file, at most MAX_BYTES + 1."""
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            message = "This is a link to a file outside the content folder. Put the file itself here."
            raise ContentError(name, 1, message)
        if path.exists() and not path.is_file():  # a folder, or a pipe that would never end
            raise ContentError(name, 1, "This is not a file that can be read. Remove it.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise ContentError(name, 1, UNREADABLE) from error


@contextmanager
def as_content_error(path: str) -> Iterator[None]:
    """Turn an unforeseen exception into a ContentError for `path`: no single file may take the site down."""
    try:
        yield
    except ContentError:
        raise
    except Exception as error:
        logger.exception("content: %s", path)
        message = f"This file cannot be used ({type(error).__name__}). Undo the last change, or ask who runs the site."
        raise ContentError(path, 1, message) from error


Signature = tuple[int, ...]  # of a file on disk; () if there is none


def stat_signature(root: Path) -> dict[str, Signature]:
    """Return path below `root` -> signature of each file that content_names() yields.

    A signature changes when a file is edited or replaced. The function runs once a second on up to ten thousand files,
    so it creates as few objects as possible.
    """
    return {name: file_signature(f"{root}/{name}") for name in content_names(root)}


def file_signature(path: str | Path) -> Signature:
    """Return a value that changes when the file is edited or replaced; () if there is no file."""
    try:
        stat = os.stat(path)  # noqa: PTH116 (creating a Path costs more than the call)
    except OSError:  # a dangling link, or gone since it was listed: read_source() will say so
        return ()
    return (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)


def content_names(root: Path) -> Iterator[str]:
    """Yield the path below `root` of every .md and .yaml file there, unsorted.

    Hidden files and folders and editors' drafts are left out, and the folder of pictures: it may hold thousands.
    """
    start = len(f"{root}/")
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name for name in folders if not name.startswith(".") and (name != PICTURES or folder != str(root))
        ]
        for name in (*folders, *files):
            if name.endswith((".md", ".yaml")) and not name.startswith("."):
                yield f"{folder}/{name}"[start:]
