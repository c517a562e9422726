"""Changes that wait for a second person: to what brings help to somebody in danger, and to what guards the texts.

Such a change is a revision kept beside the file, as an article's draft is. Another person's confirmation makes it the
file. Edits on disk are the operator's own business and do not wait.
"""

import datetime as dt
import re
from collections.abc import Iterable
from html import unescape
from pathlib import PurePosixPath

from articles.documents import EMERGENCY
from articles.editing import store
from articles.editing.addresses import ARTICLES
from articles.editing.shared_texts import BLOCKS
from articles.models import Revision
from articles.rules.visible_text import visible_text
from clinic_site.crisis import FILE as CRISIS_FILE
from clinic_site.folding import fold

RULES = "rules"  # whoever empties these lists switches the content rules off
HELP = re.compile(r"\[!(?:EMERGENCY|URGENT)\]|(?:tel|sms):", re.IGNORECASE)
# Of three digits or more, however they are parted, such as 911, a short code or a phone number; a year is none.
NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d(?:[ ().-]{0,2}\d){2,}")
OWN_CHANGE = "You made this change yourself. Somebody else confirms it."
NOTHING_WAITS = "No change of this file waits any more."


class CannotConfirm(Exception):  # noqa: N818 (says what is so, like Stale)
    """The change cannot be confirmed like this. The text of the error is for the person who confirms."""


def needs_second_person(path: str, before: str, after: str) -> bool:
    """Return True if the change of the file at `path` must wait for a second person.

    It must where either text sends readers for help: taking help away counts as much as a number that is added.
    """
    if before == after:
        return False
    place = PurePosixPath(path)
    if path == CRISIS_FILE or place.parent.name == RULES:
        return True
    if place.parent.name != BLOCKS:
        return False
    return place.stem == EMERGENCY or any(map(_sends_for_help, (before, after)))


def _sends_for_help(text: str) -> bool:
    """Return True if a block says whom to call or text, in whatever digits, entities and marks."""
    return bool(HELP.search(fold(unescape(text))) or NUMBER.search(fold(visible_text(text).text)))


def waiting(newest: Iterable[Revision]) -> list[Revision]:
    """Return those of the newest revisions of all files that wait; a draft of an article is none of them."""
    return [revision for revision in newest if not revision.live and not revision.path.startswith(ARTICLES)]


def save(edit: store.Edit, now: dt.datetime) -> Revision:
    """Make the text the file, or keep the text beside the file until somebody confirms it.

    Raises Stale, CannotWrite, and ContentError where the text would not load.
    """
    on_site = store.on_site(edit.path)
    if needs_second_person(edit.path, on_site.text if on_site else "", edit.text):
        return store.propose(edit, now)
    return store.put_up(edit, now)


def confirm(path: str, by: str, base: int, now: dt.datetime) -> Revision:
    """Make the change that waits the file; `base` is the number of the revision that `by` looked at.

    Raises CannotConfirm for the person who made the change and where none waits; otherwise what store.put_up() raises.
    """
    change = store.newest(path)
    if change is None or change.live:
        raise CannotConfirm(NOTHING_WAITS)
    if change.by == by:
        raise CannotConfirm(OWN_CHANGE)
    why = f"Confirmed: revision {change.number} by {change.by}"
    return store.put_up(store.Edit(path, change.text, by, base, why), now)


def drop(path: str, by: str, base: int, now: dt.datetime) -> Revision:
    """Put the text that the site has on top of the change that waits. The change stays in the history.

    Raises CannotConfirm where no change waits; otherwise what store.put_up() raises.
    """
    change, on_site = store.newest(path), store.on_site(path)
    if change is None or change.live or on_site is None:
        raise CannotConfirm(NOTHING_WAITS)
    why = f"Dropped: revision {change.number} by {change.by}"
    return store.put_up(store.Edit(path, on_site.text, by, base, why), now)
