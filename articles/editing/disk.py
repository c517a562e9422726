"""Content files on this machine's disk: which names they have, and how one is written: whole, or not at all.

Nothing here knows of revisions. A path is checked before the disk is touched. What stands in a file's place and cannot
be kept as a revision is set aside under a hidden name, never overwritten.
"""

import errno
import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from articles.loading import FILES
from articles.models import PATH_LENGTH
from clinic_site.clinic_file import FILE as CLINIC_FILE
from clinic_site.content_files import MAX_BYTES, SLUG

TEXT_FILE = re.compile(
    rf"(?:articles|pages)/(?:{SLUG.pattern}/)*{SLUG.pattern}(?:\.[a-z]{{2}})?\.md|blocks/[a-z0-9]+(?:[-_][a-z0-9]+)*\.md"
)
PICTURE_FILE = re.compile(rf"pictures/{SLUG.pattern}(?:\.[0-9a-z]+)+")
SHARED_FILES = frozenset({*FILES, CLINIC_FILE})
STAGED = re.compile(r"\..+\.[0-9a-f]{8}\.new")  # what a process that was killed leaves behind
STAGED_FOR = 60  # seconds: longer than writing one file takes
NOT_THERE = ""  # in place of the digest of a file that is not there
UNREADABLE = "unreadable"  # the same, of a file that cannot be a revision

Signature = tuple[int, ...]  # modified, changed (both in nanoseconds), size, inode
CTIME = 1


class PathRefusedError(ValueError):
    """No content file has such a path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"“{path}” is not the path of a content file.")


class ChangedMeanwhileError(Exception):
    """The file is not what it was when the writer looked."""


@dataclass(frozen=True)
class OnDisk:
    """A file as it stands: SHA-256 and text of the same bytes."""

    digest: str  # or NOT_THERE, or UNREADABLE
    text: str


def is_content(path: str) -> bool:
    """Whether files with that path below the content folder have revisions."""
    return len(path) <= PATH_LENGTH and (path in SHARED_FILES or bool(TEXT_FILE.fullmatch(path)))


def check_path(path: str) -> None:
    """Raises PathRefusedError where no content file has that path."""
    if not is_content(path):
        raise PathRefusedError(path)


def read_file(root: Path, path: str) -> OnDisk:
    """The file with its exact text, a BOM and \\r\\n included. UNREADABLE: the library tells what is wrong with it."""
    _check_name(path)
    place = root / path
    try:
        if not place.resolve().is_relative_to(root.resolve()) or not _may_be_read(place):
            return OnDisk(UNREADABLE, "")
        data = place.read_bytes()
        text = data.decode()
    except FileNotFoundError:
        return OnDisk(UNREADABLE if place.is_symlink() else NOT_THERE, "")
    except (OSError, RuntimeError, UnicodeDecodeError):  # RuntimeError: links that lead in a circle
        return OnDisk(UNREADABLE, "")
    if len(data) > MAX_BYTES or "\0" in text:
        return OnDisk(UNREADABLE, "")
    return OnDisk(digest_of(data), text)


def _may_be_read(place: Path) -> bool:
    """False for a pipe, which would never end, for a folder, and for what is far too long. Raises where nothing is."""
    return place.stat().st_size <= MAX_BYTES and place.is_file()


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_file(root: Path, path: str, data: bytes, expected: str | None = None) -> None:
    """The file then holds `data`, or after a fault what it held before; a power cut changes nothing of that.

    With `expected`, the digest of what stands there: raises ChangedMeanwhileError where something else does.
    """
    place = _place(root, path)
    staged = _staged_name(place)
    try:
        _stage(staged, data, like=place)
        _make_room(root, path, expected)
        staged.replace(place)
    finally:
        staged.unlink(missing_ok=True)
    _sync_folder(place.parent)


def remove_file(root: Path, path: str, expected: str | None = None) -> None:
    """The file is then gone. `expected` as for write_file()."""
    place = _place(root, path)
    _make_room(root, path, expected)
    with suppress(FileNotFoundError):
        place.unlink()
        _sync_folder(place.parent)


def check_writable(root: Path, path: str) -> None:
    """Raises OSError where the file could not be written now."""
    place = _place(root, path)
    probe = _staged_name(place)
    probe.touch(exist_ok=False)
    probe.unlink()


@contextmanager
def lock(root: Path, wait: bool = True) -> Iterator[bool]:
    """One process, and one thread in it, at a time writes or compares. Without `wait`: False where another does.

    Never to be taken inside a database transaction: who holds it writes to the database.
    """
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _locked(folder, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(folder)


def _locked(folder: int, how: int) -> bool:
    try:
        fcntl.flock(folder, how)
    except BlockingIOError:
        return False
    return True


def scan(root: Path) -> dict[str, Signature]:
    """Path -> what changes when that content file is edited or replaced. Hidden files and folders are left out."""
    found: dict[str, Signature] = {}
    _scan(os.fspath(root), "", found)
    return found


def _scan(folder: str, prefix: str, found: dict[str, Signature]) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                _scan(entry.path, f"{path}/", found)
            elif is_content(path):
                found[path] = _signature(entry)


def _signature(entry: os.DirEntry[str]) -> Signature:
    try:
        stat = entry.stat()
    except OSError:  # a link that leads nowhere, or gone since it was listed
        return ()
    return (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)


def sweep(root: Path) -> None:
    """Takes away what a process that was killed while it wrote has left behind."""
    for left in root.rglob(".*.new"):
        with suppress(FileNotFoundError):  # it was no leftover: somebody has just put it in its place
            if STAGED.fullmatch(left.name) and time.time() - left.stat().st_mtime > STAGED_FOR:
                left.unlink()


def _check_name(path: str) -> None:
    if not is_content(path) and not PICTURE_FILE.fullmatch(path):
        raise PathRefusedError(path)


def _place(root: Path, path: str) -> Path:
    """Where the file may be written, its folder made. Raises PathRefusedError before the disk is touched."""
    _check_name(path)
    place = root / path
    if not place.parent.resolve().is_relative_to(root.resolve()):
        raise PermissionError(errno.EACCES, "The folder is a link that leads out of the content folder")
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _staged_name(place: Path) -> Path:
    return place.with_name(f".{place.name}.{secrets.token_hex(4)}.new")


def _stage(staged: Path, data: bytes, like: Path) -> None:
    """Writes `data` through to the disk, with the permissions of the file that it will replace."""
    with staged.open("xb") as file:
        file.write(data)
        file.flush()
        with suppress(FileNotFoundError):
            os.fchmod(file.fileno(), like.stat().st_mode & 0o777)
        os.fsync(file.fileno())


def _make_room(root: Path, path: str, expected: str | None) -> None:
    """The last look before a file is replaced: only what is kept as a revision may go."""
    if expected is None:
        return
    if read_file(root, path).digest != expected:
        raise ChangedMeanwhileError
    if expected == UNREADABLE:
        place = root / path
        place.rename(place.with_name(f".{place.name}.{secrets.token_hex(4)}.aside"))


def _sync_folder(folder: Path) -> None:
    """So that the new name outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that has no such thing
            raise
    finally:
        os.close(handle)
