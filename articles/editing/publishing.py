"""What the buttons of the editor do with a text: keep it as a draft, publish it, withdraw what is on the site."""

import datetime as dt
import re
from dataclasses import dataclass, replace

from django.db import transaction

from articles.documents import Article
from articles.editing import sign_off, store
from articles.editing.examination import Examination, examine
from articles.editing.front import with_values
from articles.editing.store import Edit
from articles.library import get_library
from articles.models import Revision
from clinic_site.clinic_file import get_clinic
from clinic_site.content_files import ContentError

ODD_TOP = "Write the top of the file in lines of “name: value”, each at the very left, as in the other articles."
READERS_SAW = ("published", "archived")
STATUS = re.compile(r"^status: *[\"']?(\w+)", re.MULTILINE)


class NotReady(Exception):  # noqa: N818 (says what is so, like Stale)
    """Something stops publication. Nothing was written."""

    def __init__(self, examination: Examination) -> None:
        super().__init__("Something stops publication.")
        self.examination = examination


@dataclass(frozen=True)
class Saved:
    revision: Revision
    examination: Examination


def save_draft(edit: Edit, now: dt.datetime) -> Saved:
    """Keeps the text, whatever is wrong with it. Raises Stale.

    A page that readers can open stays as it is, and the draft is kept beside it; otherwise the draft is the file, as
    long as it loads.
    """
    today = _today(now)
    draft = replace(edit, text=_as("draft", edit.path, edit.text, today))
    examination = examine(draft.path, draft.text, today)
    if examination.problems or not _settled(examination, "draft") or status_of(edit.path) == "published":
        return Saved(store.keep(draft, now), examination)
    try:
        return Saved(store.put_up(draft, now), examination)
    except ContentError:  # the library changed in this very moment
        return Saved(store.keep(draft, now), examination)


def publish(edit: Edit, now: dt.datetime) -> Saved:
    """Puts the text on the site, dated. Raises NotReady while a block is open, Stale, and what store.put_up raises."""
    today = _today(now)
    ready = replace(edit, text=published_text(edit.path, edit.text, today))
    examination = examine(ready.path, ready.text, today)
    if examination.blocks:
        raise NotReady(examination)
    if not _settled(examination, "published"):
        raise ContentError(edit.path, 2, ODD_TOP)
    return Saved(store.put_up(ready, now), examination)


def published_text(path: str, text: str, today: dt.date) -> str:
    """`text` as publishing would write it: with the signature it has, and dated.

    The first time both days are `today`; later the day of the last change moves when the words changed.
    """
    ready = _as("published", path, text, today)
    try:
        if _first_time(path):
            return with_values(ready, published=today, updated=today)
        before = store.on_site(path)
        changed = before is not None and _words(path, before.text, today) != _words(path, ready, today)
        return with_values(ready, updated=today) if changed else ready
    except ContentError:
        return ready


def withdraw(path: str, by: str, base: int, now: dt.datetime, why: str = "") -> Revision:
    """Takes the page off the site: readers are told that it was withdrawn. A newer draft stays the newest revision.

    Raises Stale, ContentError where the file's top cannot be read, and LookupError where nothing is on the site.
    """
    up, newest = store.on_site(path), store.newest(path)
    if up is None or newest is None:
        raise LookupError(path)
    with transaction.atomic():
        text = with_values(up.text, status="archived")
        withdrawn = store.put_up(Edit(path, text, by, base, why), now)
        if not newest.live:
            store.keep(Edit(path, newest.text, newest.by, withdrawn.number, newest.why), now)
    return withdrawn


def status_of(path: str) -> str:
    """What the file on the site says: draft, published or archived; "" where there is none."""
    up = store.on_site(path)
    if up is None:
        return ""
    shown = get_library().documents.get(path)
    if isinstance(shown, Article) and shown.digest == up.digest:
        return shown.status  # however it is written there
    return _status(up.text)


def was_public(path: str) -> bool:
    """Whether the file, as any of its live revisions had it, was one that readers could open."""
    texts = Revision.objects.of(path).live().values_list("text", flat=True)
    return any(_status(text) in READERS_SAW for text in texts.iterator())


def _as(status: str, path: str, text: str, today: dt.date) -> str:
    """The text with that status and the signature it has; as it is where its top cannot be read."""
    try:
        return sign_off.attach(path, with_values(text, status=status), today)
    except ContentError:
        return text


def _settled(examination: Examination, status: str) -> bool:
    """Whether the text has that status and the signature that is recorded for it, and no other.

    YAML can be written in ways in which _as() cannot change a value: such a text would go up with what it claims.
    """
    article = examination.article
    return article is not None and article.status == status and article.signed == sign_off.recorded(article)


def _first_time(path: str) -> bool:
    """Whether readers could never open it before."""
    return status_of(path) not in READERS_SAW and not was_public(path)


def _words(path: str, text: str, today: dt.date) -> str:
    """What a clinician would sign, by its hash; "" for a text that cannot be read."""
    article = examine(path, text, today).article
    return article.text_hash if article else ""


def _status(text: str) -> str:
    found = STATUS.search(text)
    return found[1] if found else ""


def _today(now: dt.datetime) -> dt.date:
    return get_clinic().local(now).date()
