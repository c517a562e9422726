"""Compare the three sources that must agree: the database, the files, and this machine's sync state."""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from articles.editing.revisions.disk import CTIME, NOT_THERE, UNREADABLE, Signature, is_content, read_file, scan
from articles.editing.revisions.sync_state import SyncedFile, SyncState
from articles.models import Revision

BATCH = 500  # paths that one query names
YOUNG = 20_000_000  # nanoseconds: another change this soon may leave the same time stamps


class Verdict(Enum):
    SETTLED = "the file is as it should be"
    BEHIND = "the database knows better: write the file"
    BY_HAND = "somebody edited the file on disk: write a revision"
    LEFT = "the file cannot be a revision: the library tells what is wrong with it"


@dataclass(frozen=True)
class Newest:
    """The newest revision of a path in the database."""

    number: int = 0  # of the newest live revision; 0: there is none
    digest: str = NOT_THERE  # of that revision; NOT_THERE if it removed the file
    last: int = 0  # of the newest revision, drafts included


@dataclass(frozen=True)
class Compared:
    path: str
    on_disk: str  # digest, NOT_THERE or UNREADABLE
    synced: SyncedFile
    newest: Newest
    verdict: Verdict

    @property
    def overtakes(self) -> str:
        """Note for the history if the edit on disk skipped a revision this file never held; otherwise ""."""
        if self.newest.last in (0, self.synced.number):
            return ""
        return f"Overtakes revision {self.newest.last}, which this file did not hold yet."


def decide(on_disk: str, synced: SyncedFile, newest: Newest, number: int) -> Verdict:
    """Return what to do with a file. `number` is the newest live revision with these bytes; 0: there is none.

    A file that moved forward along its own history was written by us, and the sync state was lost. A file that moved
    back, or to bytes that were never saved, was edited by hand.
    """
    if on_disk == newest.digest:
        return Verdict.SETTLED
    if on_disk == UNREADABLE:
        return Verdict.BEHIND if newest.number > synced.number else Verdict.LEFT
    as_synced = on_disk == synced.digest and (number > 0 or on_disk == NOT_THERE)
    return Verdict.BEHIND if as_synced or number > synced.number else Verdict.BY_HAND


def compare(root: Path, state: SyncState, paths: Collection[str] | None = None) -> list[Compared]:
    """Compare every content file that is, or should be, below `root`; or only those in `paths`."""
    newest = _newest_by_path(paths)
    known = {*newest, *state.files} if paths is None else set(paths)
    on_disk = _digests(root, known, paths)
    numbers = _numbers_by_digest(
        {path: digest for path, digest in on_disk.items() if newest.get(path, Newest()).digest != digest}
    )
    return [
        _compared(path, digest, state.files.get(path, SyncedFile()), newest.get(path, Newest()), numbers)
        for path, digest in on_disk.items()
    ]


def _compared(
    path: str, on_disk: str, synced: SyncedFile, newest: Newest, numbers: Mapping[tuple[str, ...], int]
) -> Compared:
    verdict = decide(on_disk, synced, newest, numbers.get((path, on_disk), 0))
    return Compared(path, on_disk, synced, newest, verdict)


def _digests(root: Path, known: Iterable[str], paths: Collection[str] | None) -> dict[str, str]:
    """Map paths to digests on disk. Paths missing in the scan are read by name: a folder may have that name."""
    found = folder(root).digests() if paths is None else {}
    named = {path: read_file(root, path).digest for path in known if path not in found and is_content(path)}
    return found | named


def _newest_by_path(paths: Collection[str] | None) -> dict[str, Newest]:
    """Map paths to newest revisions: for at least these paths, and for all if there are many."""
    few = paths is not None and len(paths) <= BATCH
    revisions = Revision.objects.of_paths(paths or ()) if few else Revision.objects.all()
    live = {
        path: (number, digest)
        for path, number, digest in revisions.newest_live_of_each().values_list("path", "number", "digest")
    }
    last_numbers = revisions.last_numbers("path")
    return {path: Newest(*live.get(path, (0, NOT_THERE)), last=last) for (path,), last in last_numbers.items()}


def _numbers_by_digest(on_disk: Mapping[str, str]) -> dict[tuple[str, ...], int]:
    """Map (path, digest) to the newest live revision with these bytes."""
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
    """Digests of a content folder. A file is read again only if it changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, tuple[Signature, str]] = {}

    def digests(self) -> dict[str, str]:
        """Return path -> digest, or UNREADABLE, for every content file in the folder."""
        before, self._read = self._read, {}
        return {path: self._digest(path, signature, before.get(path)) for path, signature in scan(self._root).items()}

    def _digest(self, path: str, signature: Signature, before: tuple[Signature, str] | None) -> str:
        started = time.time_ns()
        digest = before[1] if before and before[0] == signature else read_file(self._root, path).digest
        if signature and abs(started - signature[CTIME]) > YOUNG:
            self._read[path] = (signature, digest)
        return digest
