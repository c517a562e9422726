"""Saving content files: each save is a revision in the database first, and then the file.

Of all saves that started from the same revision one wins; the others raise Stale, have written nothing and still hold
their text. What is committed reaches the file even when the process ends in between: see handover.py.
"""

import datetime as dt
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles import library
from articles.editing import disk, handover
from articles.editing.proof import prove
from articles.models import Revision
from clinic_site.content_files import MAX_BYTES, ContentError

UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL, and halves of characters


@dataclass(frozen=True)
class Edit:
    """What somebody wants a file to hold."""

    path: str  # below the content folder, as "articles/sleep.md"
    text: str  # the whole file
    by: str  # user name
    base: int  # number of the newest revision they saw; 0: a new file
    why: str = ""


class Stale(Exception):  # noqa: N818 (the word that the pages use)
    """Somebody saved meanwhile; nothing was written."""

    def __init__(self, newest: Revision) -> None:
        self.newest = newest
        super().__init__(f"{newest.by} saved revision {newest.number} of {newest.path} meanwhile.")


class CannotWrite(Exception):  # noqa: N818 (the same)
    """The content folder of this machine cannot be written to. The text of the error is for the person who saves."""


def newest(path: str) -> Revision | None:
    """What the editor opens: the newest revision, live or kept; it may be one that took the file away.

    Notices an edit on disk first. Raises PathRefusedError where no content file has that path.
    """
    disk.check_path(path)
    handover.notice_one(_root(), path, timezone.now())
    return _last(path)


def on_site(path: str) -> Revision | None:
    """The revision that the file holds on every machine, or soon will; None where there is no file."""
    live = Revision.objects.of(path).live().first()
    return None if live is None or live.removed else live


def keep(edit: Edit, now: dt.datetime) -> Revision:
    """A draft beside the file; it need not load. Raises Stale, and ContentError for what no text file can hold."""
    disk.check_path(edit.path)
    handover.notice_one(_root(), edit.path, now)
    return _add(edit, now, live=False)


def propose(edit: Edit, now: dt.datetime) -> Revision:
    """Keep beside the file a text that would load, until a second person confirms it. Raises Stale and ContentError."""
    disk.check_path(edit.path)
    _bytes(edit)
    prove(edit.path, edit.text)
    return keep(edit, now)


def put_up(edit: Edit, now: dt.datetime) -> Revision:
    """The file itself, written once the transaction is committed.

    Raises Stale; ContentError where the text would not load; CannotWrite.
    """
    disk.check_path(edit.path)
    _bytes(edit)
    prove(edit.path, edit.text)
    _check_writable(edit.path)
    handover.notice_one(_root(), edit.path, now)
    with transaction.atomic():
        revision = _add(edit, now, live=True)
        _once_committed(revision)
    return revision


def remove(path: str, by: str, base: int, now: dt.datetime, why: str = "") -> Revision:
    """Takes the file away; its revisions stay. Raises Stale and CannotWrite."""
    disk.check_path(path)
    _check_writable(path)
    handover.notice_one(_root(), path, now)
    with transaction.atomic():
        revision = _add(Edit(path, "", by, base, why), now, live=True, removed=True)
        _once_committed(revision)
    return revision


def move(path: str, new_path: str, text: str, by: str, base: int, now: dt.datetime, why: str = "") -> Revision:
    """A new file with `text`, and the old one removed: both or neither. The new file's revision.

    Raises Stale for either path, ContentError where the text would not load under the new one, and CannotWrite.
    """
    edit = Edit(new_path, text, by, 0, why)
    for each in (path, new_path):
        disk.check_path(each)
        _check_writable(each)
        handover.notice_one(_root(), each, now)
    _bytes(edit)
    prove(new_path, text)
    with transaction.atomic():
        revision = _add(edit, now, live=True)
        old = _add(Edit(path, "", by, base, why), now, live=True, removed=True)
        _once_committed(revision, old)
    return revision


def _add(edit: Edit, now: dt.datetime, live: bool, removed: bool = False) -> Revision:
    """The next revision of the path, if `edit` started from the newest; else Stale."""
    data = _bytes(edit)
    last = _last(edit.path)
    anew = edit.base == 0 and last is not None and last.removed
    if last and last.number != edit.base and not anew:
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


def _last(path: str) -> Revision | None:
    return Revision.objects.of(path).first()


def _bytes(edit: Edit) -> bytes:
    """The file's bytes. Raises ContentError for what no file of ours can hold."""
    if UNSTORABLE.search(edit.text):
        message = "The text holds a character that cannot be stored. Take out what was pasted last and type it."
        raise ContentError(edit.path, 1, message)
    data = edit.text.encode()
    if len(data) > MAX_BYTES:
        raise ContentError(edit.path, 1, "This text is larger than 1 MiB. Split it or remove what is pasted in.")
    return data


def _check_writable(path: str) -> None:
    try:
        disk.check_writable(_root(), path)
    except OSError as error:
        message = (
            f"This machine cannot write its content folder ({error.strerror}). Nothing was saved: tell who runs it."
        )
        raise CannotWrite(message) from error


def _once_committed(*revisions: Revision) -> None:
    """Never before: another machine must not be able to know less than this one's files say."""
    transaction.on_commit(functools.partial(_write, _root(), revisions))


def _write(root: Path, revisions: Sequence[Revision]) -> None:
    try:
        handover.settle(root, [revision.path for revision in revisions], revisions[0].at)
    except OSError as error:
        message = (
            f"Revision {revisions[0].number} is stored, and this machine cannot write its content folder "
            f"({error.strerror}). The site shows it as soon as that is mended: tell who runs it."
        )
        raise CannotWrite(message) from error
    library.refresh()


def _root() -> Path:
    return Path(settings.CONTENT_DIR)
