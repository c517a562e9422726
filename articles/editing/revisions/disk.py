"""Content files on disk: valid names, and atomic writes.

This module knows nothing of revisions. A path is checked before the disk is touched. A file to be replaced that cannot
be saved as a revision is renamed to a hidden name, never overwritten.
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

from articles.loading.loader import FILES
from articles.models import PATH_LENGTH
from clinic_site.clinic_yaml import FILE as CLINIC_FILE
from clinic_site.content.files import MAX_BYTES, SLUG

TEXT_FILE = re.compile(
    rf"(?:articles|pages)/(?:{SLUG.pattern}/)*{SLUG.pattern}(?:\.[a-z]{{2}})?\.md|blocks/[a-z0-9]+(?:[-_][a-z0-9]+)*\.md"
)
PICTURE_FILE = re.compile(rf"pictures/{SLUG.pattern}(?:\.[0-9a-z]+)+")
SHARED_FILES = frozenset({*FILES, CLINIC_FILE})
STAGED = re.compile(r"\..+\.[0-9a-f]{8}\.new")  # temporary file, left behind by a killed process
STAGED_FOR = 60  # seconds: longer than writing one file takes
NOT_THERE = ""  # instead of a digest: there is no file
UNREADABLE = "unreadable"  # instead of a digest: the file cannot be saved as a revision

Signature = tuple[int, ...]  # modified, changed (both in nanoseconds), size, inode
CTIME = 1


class PathRefusedError(ValueError):
    """Not the path of a content file."""

    def __init__(self, path: str) -> None:
        super().__init__(f"“{path}” is not the path of a content file.")


class ChangedMeanwhileError(Exception):
    """The file changed since the caller read it."""


@dataclass(frozen=True)
class OnDisk:
    """A file: SHA-256 and text of the same bytes."""

    digest: str  # or NOT_THERE, or UNREADABLE
    text: str


def is_content(path: str) -> bool:
    """Return True if files at that path below the content folder have revisions."""
    return len(path) <= PATH_LENGTH and (path in SHARED_FILES or bool(TEXT_FILE.fullmatch(path)))


def check_path(path: str) -> None:
    """Raises PathRefusedError if `path` is not the path of a content file."""
    if not is_content(path):
        raise PathRefusedError(path)


def read_file(root: Path, path: str) -> OnDisk:
    r"""Return the file with its exact text, including a BOM and \r\n; UNREADABLE for what the library reports."""
    _check_name(path)
    target = root / path
    try:
        if not target.resolve().is_relative_to(root.resolve()) or not _may_be_read(target):
            return OnDisk(UNREADABLE, "")
        data = target.read_bytes()
        text = data.decode()
    except FileNotFoundError:
        return OnDisk(UNREADABLE if target.is_symlink() else NOT_THERE, "")
    except (OSError, RuntimeError, UnicodeDecodeError):  # RuntimeError: a loop of links
        return OnDisk(UNREADABLE, "")
    if len(data) > MAX_BYTES or "\0" in text:
        return OnDisk(UNREADABLE, "")
    return OnDisk(digest_of(data), text)


def _may_be_read(path: Path) -> bool:
    """Return False for a pipe (it never ends), a folder, and a file that is too long. Raises FileNotFoundError."""
    return path.stat().st_size <= MAX_BYTES and path.is_file()


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_file(root: Path, path: str, data: bytes, expected: str | None = None) -> None:
    """Replace the file with `data` atomically: after an error or a power cut it has its old content.

    `expected` is the digest of the file to replace. Raises ChangedMeanwhileError if the file differs.
    """
    target = _writable_path(root, path)
    staged = _staged_name(target)
    try:
        _stage(staged, data, like=target)
        _check_before_replace(root, path, expected)
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    _sync_folder(target.parent)


def remove_file(root: Path, path: str, expected: str | None = None) -> None:
    """Remove the file. `expected` as for write_file()."""
    target = _writable_path(root, path)
    _check_before_replace(root, path, expected)
    with suppress(FileNotFoundError):
        target.unlink()
        _sync_folder(target.parent)


def check_writable(root: Path, path: str) -> None:
    """Raises OSError if the file cannot be written now."""
    target = _writable_path(root, path)
    probe = _staged_name(target)
    probe.touch(exist_ok=False)
    probe.unlink()


@contextmanager
def lock(root: Path, wait: bool = True) -> Iterator[bool]:
    """Lock the folder for one thread of one process. Without `wait`, yield False if another holds the lock.

    Never take the lock inside a database transaction: its holder writes to the database.
    """
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _locked(folder, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(folder)


def _locked(folder: int, operation: int) -> bool:
    try:
        fcntl.flock(folder, operation)
    except BlockingIOError:
        return False
    return True


def scan(root: Path) -> dict[str, Signature]:
    """Return path -> a signature that changes when the content file does. Skip hidden files and folders."""
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
    except OSError:  # a broken link, or removed since it was listed
        return ()
    return (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)


def sweep(root: Path) -> None:
    """Remove temporary files left by a process that was killed while writing."""
    for left in root.rglob(".*.new"):
        with suppress(FileNotFoundError):  # not a leftover: another process has just renamed it
            if STAGED.fullmatch(left.name) and time.time() - left.stat().st_mtime > STAGED_FOR:
                left.unlink()


def _check_name(path: str) -> None:
    if not is_content(path) and not PICTURE_FILE.fullmatch(path):
        raise PathRefusedError(path)


def _writable_path(root: Path, path: str) -> Path:
    """Return where to write the file, and make its folder. Raises PathRefusedError before the disk is touched."""
    _check_name(path)
    target = root / path
    if not target.parent.resolve().is_relative_to(root.resolve()):
        raise PermissionError(errno.EACCES, "The folder is a link that leads out of the content folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _staged_name(target: Path) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")


def _stage(staged: Path, data: bytes, like: Path) -> None:
    """Write `data` through to the disk, with the permissions of the file to replace."""
    with staged.open("xb") as file:
        file.write(data)
        file.flush()
        with suppress(FileNotFoundError):
            os.fchmod(file.fileno(), like.stat().st_mode & 0o777)
        os.fsync(file.fileno())


def _check_before_replace(root: Path, path: str, expected: str | None) -> None:
    """Check the file before it is replaced: only content that is saved as a revision may be overwritten."""
    if expected is None:
        return
    if read_file(root, path).digest != expected:
        raise ChangedMeanwhileError
    if expected == UNREADABLE:
        current = root / path
        current.rename(current.with_name(f".{current.name}.{secrets.token_hex(4)}.aside"))


def _sync_folder(folder: Path) -> None:
    """Sync the folder so that the new name survives a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # the file system cannot sync folders
            raise
    finally:
        os.close(handle)
