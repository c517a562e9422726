"""The hand-over: what one machine saves reaches the files of all, and edits on disk become revisions.

The database says what each file should hold, the disk what it holds, and the folder's memory (seen.py) what it held
when we last looked. From these three follows, for each file, what is to be done: see docs/decisions/0009.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from articles.editing import disk, seen
from articles.editing.comparing import Compared, Verdict, compare
from articles.editing.seen import Memory, Seen
from articles.models import ON_DISK, Revision

GONE_AFTER = 2.0  # seconds: a file that is replaced by removing it first is not gone
BATCH = 200  # files that are in memory at a time
TRIES = 3  # against somebody who edits the file at the same moment


def bring_up_to_date(now: dt.datetime) -> None:
    """Notices what was edited on disk, then writes the files that are behind.

    Raises OSError where files could not be written; everything else is done then.
    """
    root = Path(settings.CONTENT_DIR)
    with disk.lock(root):
        notice(root, now)
        catch_up(root)


def notice(root: Path, now: dt.datetime) -> int:
    """Edits made on disk become revisions by ON_DISK; how many. Only for who holds the lock."""
    with _memory_of(root) as memory:
        return _notice(root, memory, now, None)


def catch_up(root: Path) -> int:
    """Files that are behind the newest live revision are brought up to date; how many. Only for who holds the lock.

    Raises OSError, once all are tried, where one could not be written.
    """
    with _memory_of(root) as memory:
        return _catch_up(root, memory, None)


def settle(root: Path, paths: Collection[str], now: dt.datetime) -> None:
    """The same for these files alone, at once. Raises OSError where one could not be written."""
    with disk.lock(root), _memory_of(root) as memory:
        for _ in range(TRIES):
            _notice(root, memory, now, paths)
            if not _catch_up(root, memory, paths):
                break


def notice_one(root: Path, path: str, now: dt.datetime) -> None:
    """An edit of this file on disk becomes a revision. Takes no lock, so it may be called inside a transaction.

    Whether the file is gone is not for one look to say.
    """
    newest = Revision.objects.of(path).live().first()
    if newest is None or newest.digest != disk.read_file(root, path).digest:
        _write_down(root, _by_hand(compare(root, seen.load(root), [path])), now)


@contextmanager
def _memory_of(root: Path) -> Iterator[Memory]:
    """The folder's memory; what was changed in it is kept, whatever happens."""
    memory = seen.load(root)
    before = memory.copy()
    try:
        yield memory
    finally:
        if memory != before:
            seen.save(root, memory)


def _notice(root: Path, memory: Memory, now: dt.datetime, paths: Collection[str] | None) -> int:
    compared = compare(root, memory, paths)
    gone = _gone(memory, compared, now)
    _remember(memory, compared)
    by_hand = [*_by_hand(compared), *gone]
    written = _write_down(root, by_hand, now)
    if by_hand:
        _remember(memory, compare(root, memory, [each.path for each in by_hand]))
    return written


def _by_hand(compared: Sequence[Compared]) -> list[Compared]:
    """What was edited, not counting files that are not there."""
    return [each for each in compared if each.verdict is Verdict.BY_HAND and each.on_disk != disk.NOT_THERE]


def _gone(memory: Memory, compared: Sequence[Compared], now: dt.datetime) -> list[Compared]:
    """Files that were taken away and have not come back since an earlier look."""
    missing = {
        each.path: each for each in compared if each.verdict is Verdict.BY_HAND and each.on_disk == disk.NOT_THERE
    }
    for each in compared:
        if each.path not in missing:
            memory.missed.pop(each.path, None)
    since = {path: memory.missed.setdefault(path, now.timestamp()) for path in missing}
    return [missing[path] for path in missing if now.timestamp() - since[path] >= GONE_AFTER]


def _write_down(root: Path, edits: Sequence[Compared], now: dt.datetime) -> int:
    """Stores the edits as live revisions; how many. One that changed again since is left for the next look."""
    written = 0
    for start in range(0, len(edits), BATCH):
        read = [(each, disk.read_file(root, each.path)) for each in edits[start : start + BATCH]]
        rows = [_revision(each, file.text, now) for each, file in read if file.digest == each.on_disk]
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
    """All in one transaction; one by one where another machine wrote the next number of one of them at that moment."""
    try:
        with transaction.atomic():
            Revision.objects.bulk_create(rows)
    except IntegrityError:
        return sum(map(_inserted, rows))
    return len(rows)


def _inserted(row: Revision) -> bool:
    """False where another machine has that number: the next look compares with what it wrote."""
    row.pk = None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return False
    return True


def _catch_up(root: Path, memory: Memory, paths: Collection[str] | None) -> int:
    """What is to be taken away comes last: what was moved is never gone from both places."""
    behind = [each for each in compare(root, memory, paths) if each.verdict is Verdict.BEHIND]
    faults = []
    for each in sorted(behind, key=lambda each: each.newest.digest == disk.NOT_THERE):
        try:
            _write(root, each)
        except OSError as fault:
            faults.append(fault)
    _remember(memory, compare(root, memory, [each.path for each in behind]) if behind else [])
    if faults:
        raise faults[0]
    return len(behind)


def _write(root: Path, each: Compared) -> None:
    """Does nothing where the file changed under our hands: the next look says how it stands."""
    with suppress(disk.ChangedMeanwhileError):
        if each.newest.digest == disk.NOT_THERE:
            disk.remove_file(root, each.path, expected=each.on_disk)
        else:
            text = Revision.objects.of(each.path).numbered([each.newest.number])[0].text
            disk.write_file(root, each.path, text.encode(), expected=each.on_disk)


def _remember(memory: Memory, compared: Sequence[Compared]) -> None:
    for each in compared:
        if each.verdict is Verdict.SETTLED:
            memory.files[each.path] = Seen(each.newest.number, each.newest.digest)
            memory.missed.pop(each.path, None)
