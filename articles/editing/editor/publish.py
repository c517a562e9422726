"""The steps of the editor: save a draft, publish a text, withdraw the page from the site."""

import datetime as dt
import re
from dataclasses import dataclass, replace

from django.db import transaction

from articles.content.documents import Article
from articles.editing.drafts.draft_check import DraftCheck, check_draft
from articles.editing.drafts.front_matter import read_front, with_values
from articles.editing.editor.forms import UNCLEAR
from articles.editing.review import sign_off
from articles.editing.revisions import store
from articles.editing.revisions.load_check import validate
from articles.editing.revisions.store import Edit
from articles.library import get_library
from articles.models import Revision
from articles.rendering.signed_text import text_hash
from clinic_site.clinic_yaml import get_clinic
from clinic_site.content.files import ContentError

ODD_TOP = "Write the top of the file in lines of “name: value”, each at the very left, as in the other articles."
READERS_SAW = ("published", "archived")
MOST_CHANGES = 20  # on a page; the history has them all
STATUS = re.compile(r"^status: *[\"']?(\w+)", re.MULTILINE)


class NotReady(Exception):  # noqa: N818 (reads as a state, like Stale)
    """Something stops publication; nothing was written."""

    def __init__(self, draft_check: DraftCheck) -> None:
        super().__init__("Something stops publication.")
        self.draft_check = draft_check


@dataclass(frozen=True)
class Saved:
    revision: Revision
    draft_check: DraftCheck


def save_draft(edit: Edit, now: dt.datetime) -> Saved:
    """Save the text as a draft, whatever is wrong with it. Raises Stale.

    If readers can open the page, the draft is saved beside it; otherwise the draft becomes the file, if it loads.
    """
    draft = replace(edit, text=_draft_text(edit.path, edit.text))
    draft_check = check_draft(draft.path, draft.text, get_clinic().today(now))
    if draft_check.problems or not _is_settled(draft_check, "draft") or status_of(edit.path) == "published":
        return Saved(store.save_draft_beside(draft, now), draft_check)
    try:
        return Saved(store.save_live(draft, now), draft_check)
    except ContentError:  # the library changed meanwhile
        return Saved(store.save_draft_beside(draft, now), draft_check)


def publish(edit: Edit, now: dt.datetime) -> Saved:
    """Put the text on the site, with its dates. Raises NotReady, and what store.save_live() raises."""
    today = get_clinic().today(now)
    ready = replace(edit, text=published_text(edit.path, edit.text, today))
    draft_check = check_draft(ready.path, ready.text, today)
    if draft_check.blocks:
        raise NotReady(draft_check)
    if not _is_settled(draft_check, "published"):
        raise ContentError(edit.path, 2, ODD_TOP)
    return Saved(store.save_live(ready, now), draft_check)


def with_change(path: str, text: str, why: str, tell: str, today: dt.date) -> str:
    """Return `text` with the reason for its publication where readers see it, if `tell` is one of TELL and not "".

    Return it unchanged if readers never saw the page, which then is new to them, or if its top cannot be read.
    """
    if not tell or not was_public(path):
        return text
    change = {"on": str(today), "what": why, **({"unclear": "true"} if tell == UNCLEAR else {})}
    try:
        return with_values(text, changes=(change, *read_front(text).changes)[:MOST_CHANGES])
    except ContentError:
        return text


def published_text(path: str, text: str, today: dt.date) -> str:
    """Return `text` as publish() would write it: signed as recorded, with dates; unchanged if it cannot be read.

    The first time, both dates are `today`. Later, the date of the last change moves only if the words changed.
    """
    live = store.live_revision(path)
    try:
        result = with_values(text, status="published")
        if _status_of(path, live) not in READERS_SAW and not was_public(path):
            result = with_values(result, published=today, updated=today)
        elif live and result != live.text:
            result = _dated_if_changed(path, result, live.text, today)
        return sign_off.attach(path, result)
    except ContentError:
        return text


def withdraw(path: str, by: str, base: int, now: dt.datetime, why: str = "") -> Revision:
    """Withdraw the page from the site; readers see that it was withdrawn. A newer draft stays the newest revision.

    Raises Stale, ContentError if the front matter cannot be read, and LookupError if no file is live.
    """
    live, newest = store.live_revision(path), store.newest(path)
    if live is None or newest is None:
        raise LookupError(path)
    with transaction.atomic():
        text = with_values(live.text, status="archived")
        withdrawn = store.save_live(Edit(path, text, by, base, why), now)
        if not newest.live:
            store.save_draft_beside(Edit(path, newest.text, newest.by, withdrawn.number, newest.why), now)
    return withdrawn


def status_of(path: str) -> str:
    """Return the status in the live file: draft, published or archived; "" if there is no file."""
    return _status_of(path, store.live_revision(path))


def was_public(path: str) -> bool:
    """Return True if any live revision of the file could be opened by readers."""
    texts = Revision.objects.of(path).live().values_list("text", flat=True)
    return any(_status(text) in READERS_SAW for text in texts.iterator())


def _draft_text(path: str, text: str) -> str:
    """Return the text as a draft with the recorded signature; unchanged if the front matter cannot be read."""
    try:
        return sign_off.attach(path, with_values(text, status="draft"))
    except ContentError:
        return text


def _is_settled(draft_check: DraftCheck, status: str) -> bool:
    """Return True if the text has that status, and exactly the signature that is recorded for it.

    with_values() cannot change every notation of YAML: such a text would be published with its own claims.
    """
    article = draft_check.article
    return article is not None and article.status == status and article.signed == sign_off.recorded(article)


def _dated_if_changed(path: str, text: str, before: str, today: dt.date) -> str:
    """Return `text` with `today` as the date of its last change if its words differ from those of `before`.

    The dates are not among the words, so the dated text is compared: it is usually the one published, and stays cached.
    """
    dated = with_values(text, updated=today)
    words = _words(path, dated) or _words(path, text)
    return text if words == _words(path, before) else dated


def _words(path: str, text: str) -> str:
    """Return the hash of what a clinician would sign; "" if the text cannot be read."""
    article = validate(path, text, get_library()).document
    return text_hash(article) if isinstance(article, Article) else ""


def _status_of(path: str, live: Revision | None) -> str:
    if live is None:
        return ""
    shown = get_library().documents.get(path)
    if isinstance(shown, Article) and shown.digest == live.digest:
        return shown.status  # in whatever YAML notation
    return _status(live.text)


def _status(text: str) -> str:
    found = STATUS.search(text)
    return found[1] if found else ""
