"""Save content files: each save is first a revision in the database, and then the file.

Of all saves that started from the same revision one wins; the others raise Stale and write nothing. A committed
revision reaches the file even if the process ends in between: see sync.py.
"""

import datetime as dt
import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles import library
from articles.editing.revisions import disk, sync
from articles.editing.revisions.load_check import TOO_LARGE, check_loads
from articles.models import Revision
from clinic_site.content.files import MAX_BYTES, ContentError

NOT_STORABLE = "The text holds a character that cannot be stored. Take out what was pasted last, and type it."
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL and lone surrogates


@dataclass(frozen=True)
class Edit:
    """A new text for a file."""

    path: str  # below the content folder, as "articles/sleep.md"
    text: str  # the whole file
    by: str  # user name
    base: int  # number of the newest revision the user saw; 0: a new file
    why: str = ""


class NotTaken(Exception):  # noqa: N818 (reads as what happened)
    """The step cannot be taken. The message is one sentence for the user."""


class Stale(NotTaken):
    """Another user saved meanwhile; nothing was written."""

    def __init__(self, newest: Revision) -> None:
        self.newest = newest
        saved = f"{newest.who} saved revision {newest.number} meanwhile"
        super().__init__(f"Nothing was changed: {saved}. Look at it, then try again.")


class CannotWrite(NotTaken):
    """This machine cannot write its content folder."""


def error_message(step: Callable[[], object]) -> str:
    """Run `step`. Return the error message if it was refused; "" if it succeeded."""
    try:
        step()
    except NotTaken as error:
        return str(error)
    except ContentError as error:
        where = f"{error.problem.path}, line" if error.problem.path else "Line"
        return f"{where} {error.problem.line}: {error.problem.message}"
    return ""


def newest(path: str) -> Revision | None:
    """Return the newest revision, live, draft or removed. Import an edit on disk first.

    Raises PathRefusedError if `path` is not the path of a content file.
    """
    disk.check_path(path)
    sync.import_edit(_root(), path, timezone.now())
    return _newest_revision(path)


def live_revision(path: str) -> Revision | None:
    """Return the revision that the file has on every machine, or soon will; None if there is no file."""
    live = Revision.objects.of(path).live().first()
    return None if live is None or live.removed else live


def save_draft_beside(edit: Edit, now: dt.datetime) -> Revision:
    """Save a draft beside the file; it need not load. Raises Stale, and ContentError for invalid characters or size."""
    disk.check_path(edit.path)
    sync.import_edit(_root(), edit.path, now)
    return _add(edit, now, live=False)


def propose(edit: Edit, now: dt.datetime) -> Revision:
    """Save a text that would load as a draft, until a second person confirms it. Raises Stale and ContentError."""
    disk.check_path(edit.path)
    _bytes(edit)
    check_loads(edit.path, edit.text)
    return save_draft_beside(edit, now)


def save_live(edit: Edit, now: dt.datetime) -> Revision:
    """Save the file itself; it is written when the transaction is committed.

    Raises Stale, CannotWrite, and ContentError if the text would not load.
    """
    disk.check_path(edit.path)
    _bytes(edit)
    check_loads(edit.path, edit.text)
    _check_writable(edit.path)
    sync.import_edit(_root(), edit.path, now)
    with transaction.atomic():
        revision = _add(edit, now, live=True)
        _write_on_commit(revision)
    return revision


def remove(path: str, by: str, base: int, now: dt.datetime, why: str = "") -> Revision:
    """Remove the file; its revisions stay. Raises Stale and CannotWrite."""
    disk.check_path(path)
    _check_writable(path)
    sync.import_edit(_root(), path, now)
    with transaction.atomic():
        revision = _add(Edit(path, "", by, base, why), now, live=True, removed=True)
        _write_on_commit(revision)
    return revision


def move(path: str, new_path: str, text: str, by: str, base: int, now: dt.datetime, why: str = "") -> Revision:
    """Save `text` at `new_path` and remove the old file, in one transaction. Return the revision of the new file.

    Raises Stale for either path, CannotWrite, and ContentError if the text would not load at `new_path`.
    """
    edit = Edit(new_path, text, by, 0, why)
    for moved_path in (path, new_path):
        disk.check_path(moved_path)
        _check_writable(moved_path)
        sync.import_edit(_root(), moved_path, now)
    _bytes(edit)
    check_loads(new_path, text)
    with transaction.atomic():
        revision = _add(edit, now, live=True)
        old = _add(Edit(path, "", by, base, why), now, live=True, removed=True)
        _write_on_commit(revision, old)
    return revision


def _add(edit: Edit, now: dt.datetime, live: bool, removed: bool = False) -> Revision:
    """Add the next revision of the path. Raises Stale unless `edit` is based on the newest."""
    data = _bytes(edit)
    last = _newest_revision(edit.path)
    recreates = edit.base == 0 and last is not None and last.removed
    if last and last.number != edit.base and not recreates:
        raise Stale(last)
    try:
        with transaction.atomic():
            return Revision.objects.create(
                path=edit.path,
                number=last.number + 1 if last else 1,
                text=edit.text,
                digest=disk.NOT_THERE if removed else disk.digest_of(data),
                live=live,
                removed=removed,
                at=now,
                by=edit.by,
                why=edit.why,
            )
    except IntegrityError as error:
        raise Stale(Revision.objects.of(edit.path)[0]) from error


def _newest_revision(path: str) -> Revision | None:
    return Revision.objects.of(path).first()


def _bytes(edit: Edit) -> bytes:
    """Return the file's bytes. Raises ContentError for text that no content file can hold."""
    if UNSTORABLE.search(edit.text):
        raise ContentError(edit.path, 1, NOT_STORABLE)
    data = edit.text.encode()
    if len(data) > MAX_BYTES:
        raise ContentError(edit.path, 1, TOO_LARGE)
    return data


def _check_writable(path: str) -> None:
    try:
        disk.check_writable(_root(), path)
    except OSError as error:
        message = (
            f"This machine cannot write its content folder ({error.strerror}). Nothing was saved: tell who runs it."
        )
        raise CannotWrite(message) from error


def _write_on_commit(*revisions: Revision) -> None:
    """Write the files only after the commit: no file may be ahead of the database that other machines read."""
    transaction.on_commit(functools.partial(_write, _root(), revisions))


def _write(root: Path, revisions: Sequence[Revision]) -> None:
    try:
        sync.sync_paths(root, [revision.path for revision in revisions], revisions[0].at)
    except OSError as error:
        message = (
            f"Revision {revisions[0].number} is stored, and this machine cannot write its content folder "
            f"({error.strerror}). The site shows it as soon as that is mended: tell who runs it."
        )
        raise CannotWrite(message) from error
    library.refresh()


def _root() -> Path:
    return Path(settings.CONTENT_DIR)
