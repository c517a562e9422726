"""Sync files and database: saved revisions reach the files of all machines, and edits on disk become revisions.

The database has what each file should hold, the disk what it holds, and the sync state (sync_state.py) what it held at
the last sync. These three decide what to do with each file: see docs/decisions/0009.
"""

import datetime as dt
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from django.db import IntegrityError, transaction

from articles.editing.revisions import disk, sync_state
from articles.editing.revisions.sync_state import SyncedFile, SyncState
from articles.models import ON_DISK, Revision

GONE_AFTER = 2.0  # seconds: some programs remove a file before they replace it
BATCH = 200  # files in memory at a time
PATHS_AT_ONCE = 500  # that one query names
TRIES = 3  # the file may be edited at the same moment
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
    digest: str = disk.NOT_THERE  # of that revision; NOT_THERE if it removed the file
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


def import_edits(root: Path, now: dt.datetime) -> int:
    """Save edits on disk as revisions by ON_DISK, and return their number. The caller must hold the lock."""
    with _sync_state(root) as state:
        return _import_changes(root, state, now, None)


def write_stale_files(root: Path) -> int:
    """Write the files that are behind the newest live revision; return their number. The caller must hold the lock.

    Raises OSError, after all files were tried, if one could not be written.
    """
    with _sync_state(root) as state:
        return _write_outdated(root, state, None)


def sync_paths(root: Path, paths: Collection[str], now: dt.datetime) -> None:
    """Import edits of these files and write the outdated ones. Raises OSError if one could not be written."""
    with disk.lock(root), _sync_state(root) as state:
        for _ in range(TRIES):
            _import_changes(root, state, now, paths)
            if not _write_outdated(root, state, paths):
                break


def import_edit(root: Path, path: str, now: dt.datetime) -> None:
    """Save an edit of this file on disk as a revision. Takes no lock, so it may be called inside a transaction.

    A missing file is not imported: one look cannot tell whether it is gone for good.
    """
    newest = Revision.objects.of(path).live().first()
    if newest is None or newest.digest != disk.read_file(root, path).digest:
        _save_edits(root, _edited(compare(root, sync_state.load(root), [path])), now)


@contextmanager
def _sync_state(root: Path) -> Iterator[SyncState]:
    """Load the folder's sync state; save it afterwards if it changed, even after an error."""
    state = sync_state.load(root)
    before = state.copy()
    try:
        yield state
    finally:
        if state != before:
            sync_state.save(root, state)


def _import_changes(root: Path, state: SyncState, now: dt.datetime, paths: Collection[str] | None) -> int:
    compared = compare(root, state, paths)
    removed = _removed(state, compared, now)
    _record(state, compared)
    edits = [*_edited(compared), *removed]
    written = _save_edits(root, edits, now)
    if edits:
        _record(state, compare(root, state, [edit.path for edit in edits]))
    return written


def _edited(compared: Sequence[Compared]) -> list[Compared]:
    """Return the edited files, without missing ones."""
    return [file for file in compared if file.verdict is Verdict.BY_HAND and file.on_disk != disk.NOT_THERE]


def _removed(state: SyncState, compared: Sequence[Compared], now: dt.datetime) -> list[Compared]:
    """Return the files that have been missing for GONE_AFTER."""
    missing = {
        file.path: file for file in compared if file.verdict is Verdict.BY_HAND and file.on_disk == disk.NOT_THERE
    }
    for file in compared:
        if file.path not in missing:
            state.missed.pop(file.path, None)
    since = {path: state.missed.setdefault(path, now.timestamp()) for path in missing}
    return [missing[path] for path in missing if now.timestamp() - since[path] >= GONE_AFTER]


def _save_edits(root: Path, edits: Sequence[Compared], now: dt.datetime) -> int:
    """Save the edits as live revisions; return their number. Leave a file that changed since for the next sync."""
    written = 0
    for start in range(0, len(edits), BATCH):
        read = [(edit, disk.read_file(root, edit.path)) for edit in edits[start : start + BATCH]]
        rows = [_revision(edit, file.text, now) for edit, file in read if file.digest == edit.on_disk]
        written += _insert(rows)
    return written


def _revision(edit: Compared, text: str, now: dt.datetime) -> Revision:
    return Revision(
        path=edit.path,
        number=edit.newest.last + 1,
        text=text,
        digest=edit.on_disk,
        live=True,
        removed=edit.on_disk == disk.NOT_THERE,
        at=now,
        by=ON_DISK,
        why=edit.overtakes,
    )


def _insert(rows: Sequence[Revision]) -> int:
    """Insert all rows in one transaction, or one by one if another machine took one of the numbers."""
    try:
        with transaction.atomic():
            Revision.objects.bulk_create(rows)
    except IntegrityError:
        return sum(map(_insert_one, rows))
    return len(rows)


def _insert_one(row: Revision) -> bool:
    """Return False if another machine took the number: the next sync compares with its revision."""
    row.pk = None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return False
    return True


def _write_outdated(root: Path, state: SyncState, paths: Collection[str] | None) -> int:
    """Write outdated files, and remove files last: a moved file is never missing at both paths."""
    outdated = [file for file in compare(root, state, paths) if file.verdict is Verdict.BEHIND]
    faults = []
    for file in sorted(outdated, key=lambda file: file.newest.digest == disk.NOT_THERE):
        try:
            _write(root, file)
        except OSError as fault:
            faults.append(fault)
    _record(state, compare(root, state, [file.path for file in outdated]) if outdated else [])
    if faults:
        raise faults[0]
    return len(outdated)


def _write(root: Path, compared: Compared) -> None:
    """Write one file. Do nothing if it changed meanwhile: the next sync decides again."""
    with suppress(disk.ChangedMeanwhileError):
        if compared.newest.digest == disk.NOT_THERE:
            disk.remove_file(root, compared.path, expected=compared.on_disk)
        else:
            text = Revision.objects.of(compared.path).numbered([compared.newest.number])[0].text
            disk.write_file(root, compared.path, text.encode(), expected=compared.on_disk)


def _record(state: SyncState, compared: Sequence[Compared]) -> None:
    for file in compared:
        if file.verdict is Verdict.SETTLED:
            state.files[file.path] = SyncedFile(file.newest.number, file.newest.digest)
            state.missed.pop(file.path, None)


def decide(on_disk: str, synced: SyncedFile, newest: Newest, number: int) -> Verdict:
    """Return what to do with a file. `number` is the newest live revision with these bytes; 0: there is none.

    A file that moved forward along its own history was written by us, and the sync state was lost. A file that moved
    back, or to bytes that were never saved, was edited by hand.
    """
    if on_disk == newest.digest:
        return Verdict.SETTLED
    if on_disk == disk.UNREADABLE:
        return Verdict.BEHIND if newest.number > synced.number else Verdict.LEFT
    as_synced = on_disk == synced.digest and (number > 0 or on_disk == disk.NOT_THERE)
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
    found = _folder(root).digests() if paths is None else {}
    named = {path: disk.read_file(root, path).digest for path in known if path not in found and disk.is_content(path)}
    return found | named


def _newest_by_path(paths: Collection[str] | None) -> dict[str, Newest]:
    """Map paths to newest revisions: for at least these paths, and for all if there are many."""
    few = paths is not None and len(paths) <= PATHS_AT_ONCE
    revisions = Revision.objects.of_paths(paths or ()) if few else Revision.objects.all()
    live = {
        path: (number, digest)
        for path, number, digest in revisions.newest_live_of_each().values_list("path", "number", "digest")
    }
    last_numbers = revisions.last_numbers("path")
    return {path: Newest(*live.get(path, (0, disk.NOT_THERE)), last=last) for (path,), last in last_numbers.items()}


def _numbers_by_digest(on_disk: Mapping[str, str]) -> dict[tuple[str, ...], int]:
    """Map (path, digest) to the newest live revision with these bytes."""
    numbers: dict[tuple[str, ...], int] = {}
    paths = list(on_disk)
    for start in range(0, len(paths), PATHS_AT_ONCE):
        batch = paths[start : start + PATHS_AT_ONCE]
        digests = {on_disk[path] for path in batch}
        numbers |= Revision.objects.of_paths(batch).live().with_digests(digests).last_numbers("path", "digest")
    return numbers


class Folder:
    """Digests of a content folder. A file is read again only if it changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, tuple[disk.Signature, str]] = {}

    def digests(self) -> dict[str, str]:
        """Return path -> digest, or UNREADABLE, for every content file in the folder."""
        before, self._read = self._read, {}
        found = disk.scan(self._root)
        return {path: self._digest(path, signature, before.get(path)) for path, signature in found.items()}

    def _digest(self, path: str, signature: disk.Signature, before: tuple[disk.Signature, str] | None) -> str:
        started = time.time_ns()
        digest = before[1] if before and before[0] == signature else disk.read_file(self._root, path).digest
        if signature and abs(started - signature[disk.CTIME]) > YOUNG:
            self._read[path] = (signature, digest)
        return digest


_folder = cache(Folder)  # by its path
