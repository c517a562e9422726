"""Changes that a second person must confirm: to emergency help, and to the lists of the content rules.

Such a change is a draft beside the file until another user confirms it. Edits on disk are the operator's own business
and need no confirmation.
"""

import datetime as dt
import re
from collections.abc import Iterable
from html import unescape
from pathlib import PurePosixPath

from articles.content.documents import EMERGENCY
from articles.editing.revisions import store
from articles.editing.revisions.paths import ARTICLES
from articles.editing.shared_files.kinds import BLOCKS
from articles.models import Revision
from articles.rules.text.visible_text import visible_text
from clinic_site.crisis_words import FILE as CRISIS_FILE
from clinic_site.text.folding import fold

RULES = "rules"  # empty lists switch the content rules off
HELP = re.compile(r"\[!(?:EMERGENCY|URGENT)\]|(?:tel|sms):", re.IGNORECASE)
# Three digits or more, with or without separators, such as 911, a short code or a phone number; but not a year.
NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d(?:[ ().-]{0,2}\d){2,}")
OWN_CHANGE = "You made this change yourself. Somebody else confirms it."
NOTHING_WAITS = "No change of this file waits any more."


def needs_second_person(path: str, before: str, after: str) -> bool:
    """Return True if a second person must confirm the change of the file at `path`.

    It is required if either text refers readers to help: removing help matters as much as adding a number.
    """
    if before == after:
        return False
    file = PurePosixPath(path)
    if path == CRISIS_FILE or file.parent.name == RULES:
        return True
    if file.parent.name != BLOCKS:
        return False
    return file.stem == EMERGENCY or any(map(_sends_for_help, (before, after)))


def _sends_for_help(text: str) -> bool:
    """Return True if a block says whom to call or text, in whatever digits, entities and marks."""
    return bool(HELP.search(fold(unescape(text))) or NUMBER.search(fold(visible_text(text).text)))


def waiting(newest: Iterable[Revision]) -> list[Revision]:
    """Return those of `newest`, the newest revision of each file, that wait; drafts of articles do not count."""
    return [revision for revision in newest if not revision.live and not revision.path.startswith(ARTICLES)]


def save(edit: store.Edit, now: dt.datetime) -> Revision:
    """Save the text as the file, or as a draft until a second person confirms it.

    Raises Stale, CannotWrite, and ContentError if the text would not load.
    """
    on_site = store.live_revision(edit.path)
    if needs_second_person(edit.path, on_site.text if on_site else "", edit.text):
        return store.propose(edit, now)
    return store.save_live(edit, now)


def confirm(path: str, by: str, base: int, now: dt.datetime) -> Revision:
    """Make the waiting change the file; `base` is the number of the revision that `by` saw.

    Raises NotTaken for the author of the change and if none waits, and what store.save_live() raises.
    """
    change = store.newest(path)
    if change is None or change.live:
        raise store.NotTaken(NOTHING_WAITS)
    if change.by == by:
        raise store.NotTaken(OWN_CHANGE)
    why = f"Confirmed: revision {change.number} by {change.who}"
    return store.save_live(store.Edit(path, change.text, by, base, why), now)


def drop(path: str, by: str, base: int, now: dt.datetime) -> Revision:
    """Save the live text on top of the waiting change, which stays in the history.

    Raises NotTaken if no change waits, and what store.save_live() raises.
    """
    change, on_site = store.newest(path), store.live_revision(path)
    if change is None or change.live or on_site is None:
        raise store.NotTaken(NOTHING_WAITS)
    why = f"Dropped: revision {change.number} by {change.who}"
    return store.save_live(store.Edit(path, on_site.text, by, base, why), now)
