"""Sync files and database: saved revisions reach the files of all machines, and edits on disk become revisions.

The database has what each file should hold, the disk what it holds, and the sync state (sync_state.py) what it held at
the last sync. These three decide what to do with each file: see docs/decisions/0009.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import IntegrityError, transaction

from articles.editing.revisions import disk, sync_state
from articles.editing.revisions.compare import Compared, Verdict, compare
from articles.editing.revisions.sync_state import SyncedFile, SyncState
from articles.models import ON_DISK, Revision

GONE_AFTER = 2.0  # seconds: some programs remove a file before they replace it
BATCH = 200  # files in memory at a time
TRIES = 3  # the file may be edited at the same moment


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
