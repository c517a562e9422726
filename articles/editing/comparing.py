"""Compares the three that must agree: the database, the disk, and what this machine remembers of the disk."""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from articles.editing.disk import CTIME, NOT_THERE, UNREADABLE, Signature, is_content, read_file, scan
from articles.editing.seen import Memory, Seen
from articles.models import Revision

BATCH = 500  # paths that one query names
YOUNG = 20_000_000  # nanoseconds: so soon after a change, another one may leave the same times


class Verdict(Enum):
    SETTLED = "the file is as it should be"
    BEHIND = "the database knows better: write the file"
    BY_HAND = "somebody edited the file on disk: write a revision"
    LEFT = "the file cannot be a revision: the library tells what is wrong with it"


@dataclass(frozen=True)
class Newest:
    """What the database says of a path."""

    number: int = 0  # of the newest live revision; 0: there is none
    digest: str = NOT_THERE  # of the same; NOT_THERE where it took the file away
    last: int = 0  # of the newest revision, kept drafts included


@dataclass(frozen=True)
class Compared:
    path: str
    on_disk: str  # digest, NOT_THERE or UNREADABLE
    seen: Seen
    newest: Newest
    verdict: Verdict

    @property
    def overtakes(self) -> str:
        """Why this edit on disk is more than the next revision; empty where it is that."""
        if self.newest.last in (0, self.seen.number):
            return ""
        return f"Overtakes revision {self.newest.last}, which this file did not hold yet."


def judge(on_disk: str, seen: Seen, newest: Newest, number: int) -> Verdict:
    """What is to be done with a file. `number` is that of the newest live revision with these bytes; 0: there is none.

    A file that moved forward along its own history was brought forward by us, and our memory of it was lost; one that
    moved back, or to bytes that nobody saved, was edited by hand.
    """
    if on_disk == newest.digest:
        return Verdict.SETTLED
    if on_disk == UNREADABLE:
        return Verdict.BEHIND if newest.number > seen.number else Verdict.LEFT
    as_seen = on_disk == seen.digest and (number > 0 or on_disk == NOT_THERE)
    return Verdict.BEHIND if as_seen or number > seen.number else Verdict.BY_HAND


def compare(root: Path, memory: Memory, paths: Collection[str] | None = None) -> list[Compared]:
    """Every content file that is, or should be, below `root`; or those named in `paths`."""
    table = _table(paths)
    known = {*table, *memory.files} if paths is None else set(paths)
    on_disk = _digests(root, known, paths)
    numbers = _numbers({path: each for path, each in on_disk.items() if table.get(path, Newest()).digest != each})
    return [
        _compared(path, digest, memory.files.get(path, Seen()), table.get(path, Newest()), numbers)
        for path, digest in on_disk.items()
    ]


def _compared(path: str, on_disk: str, seen: Seen, newest: Newest, numbers: Mapping[tuple[str, ...], int]) -> Compared:
    verdict = judge(on_disk, seen, newest, numbers.get((path, on_disk), 0))
    return Compared(path, on_disk, seen, newest, verdict)


def _digests(root: Path, known: Iterable[str], paths: Collection[str] | None) -> dict[str, str]:
    """Path -> what stands there. What is not found in the folder is looked for by name: it may be there as a folder."""
    found = folder(root).digests() if paths is None else {}
    named = {path: read_file(root, path).digest for path in known if path not in found and is_content(path)}
    return found | named


def _table(paths: Collection[str] | None) -> dict[str, Newest]:
    """Path -> what the database says: for these paths at least, and where they are many, for all."""
    few = paths is not None and len(paths) <= BATCH
    revisions = Revision.objects.of_paths(paths or ()) if few else Revision.objects.all()
    live = {
        path: (number, digest)
        for path, number, digest in revisions.newest_live_of_each().values_list("path", "number", "digest")
    }
    lasts = revisions.last_numbers("path")
    return {path: Newest(*live.get(path, (0, NOT_THERE)), last=last) for (path,), last in lasts.items()}


def _numbers(on_disk: Mapping[str, str]) -> dict[tuple[str, ...], int]:
    """Path and digest -> the newest live revision with these bytes."""
    numbers: dict[tuple[str, ...], int] = {}
    paths = list(on_disk)
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        digests = {on_disk[path] for path in batch}
        numbers |= Revision.objects.of_paths(batch).live().with_digests(digests).last_numbers("path", "digest")
    return numbers


@cache
def folder(root: Path) -> "Folder":
    return Folder(root)


class Folder:
    """The digests of a content folder, each file read again only when it changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, tuple[Signature, str]] = {}

    def digests(self) -> dict[str, str]:
        """Path -> digest or UNREADABLE, of every content file in the folder."""
        before, self._read = self._read, {}
        return {path: self._digest(path, signature, before.get(path)) for path, signature in scan(self._root).items()}

    def _digest(self, path: str, signature: Signature, before: tuple[Signature, str] | None) -> str:
        started = time.time_ns()
        digest = before[1] if before and before[0] == signature else read_file(self._root, path).digest
        if signature and abs(started - signature[CTIME]) > YOUNG:
            self._read[path] = (signature, digest)
        return digest
