"""Notices on top of the patient's page: the result of the last action."""

import datetime as dt
from typing import NamedTuple

from appointments.choices import Action, Status
from appointments.models import ConsultationRequest

JUST_NOW = dt.timedelta(minutes=10)  # how long the page says that something is saved


class Notice(NamedTuple):
    """The result of the last action, on top of the page."""

    heading: str
    text: str


TAKEN_BACK = Notice("Your request is taken back", "You need not do anything else.")
NOTHING_NEW = Notice("Nothing was changed", "What you entered is what we have already.")
ASK_AGAIN = Notice(
    "Confirm again that it is you", "Too much time has passed. Nothing is changed yet. What you entered is kept."
)
UNCHANGED = Notice(
    "Nothing was changed", "Something happened to your request meanwhile. Below you see where it stands now."
)
ASK_FIRST = Notice("First confirm that it is you", "Nothing is changed yet. What you entered is kept.")
CHANGED_NUMBER = "We use the new number from now on."
NOT_SAVED = Notice("Not saved yet", "Check, and press Save.")
BUSY = Notice("Not saved yet", "Our computer is busy. What you entered is kept. Try again in a minute, or call us.")
NOT_TAKEN_BACK = Notice("Your request is not taken back yet", "Check, and press “Take my request back”.")
MEANWHILE = Notice(
    "Not saved yet",
    "Your request changed since you opened this page, perhaps in another window. Check what is here, and press Save.",
)
BOOKED = Notice("Your visit is booked", "Below you see when and where.")
MOVED = Notice("Your visit is moved", "Below you see when and where it is now.")
NEW_TIME_HELD = Notice("Your new time is held for you", "It is not yet confirmed: we answer first.")
CANCELLED = Notice("Your visit is cancelled", "The time is free for others now.")
NONE_FITS = Notice("We know that no offered time fits", "Nothing is booked.")
KEPT = Notice("You keep your booked time", "The other time is free for others now.")
EARLIER_ON = Notice("We e-mail you if an earlier time is free", "Your booked time stays yours meanwhile.")
EARLIER_OFF = Notice("We do not look for an earlier time any more", "Your booked time stays yours.")
GONE = Notice("That time is no longer free", "Nothing was changed. Below you see what is so now.")
TOO_LATE_TO_MOVE = Notice("Nothing was changed", "It is too late to move your visit here. Call us.")
TIME_TAKEN = Notice("That time was just taken", "Nothing was changed. Here are the free times that are nearest to it.")
VISIT_MEANWHILE = Notice(
    "Nothing was changed yet", "Your request changed since you opened this page. Check what is here, and press again."
)
BUSY_UNCHANGED = Notice("Nothing was changed", "Our computer is busy. Try again in a minute, or call us.")
# By the word in the address after an action of the patient: the events that confirm it.
VISIT_NOTICES: dict[str, tuple[str, ...]] = {
    "booked": (Action.TRANSITION, Action.MOVED),
    "moved": (Action.MOVED, Action.PICKED, Action.TRANSITION),
    "cancelled": (Action.VISIT_CANCELLED,),
    "none": (Action.NO_TIME_FITS,),
    "earlier": (Action.EARLIER_WANTED,),
}


def visit_notice(step: str, stored: ConsultationRequest, now: dt.datetime) -> Notice | None:
    """Return the notice for a step of VISIT_NOTICES, if the patient took it JUST_NOW and nothing happened since."""
    last = stored.audit_events.changes().last()
    if last is None or last.actor or last.action not in VISIT_NOTICES[step] or last.at < now - JUST_NOW:
        return None
    is_booked = stored.status == Status.SCHEDULED
    if last.action == Action.EARLIER_WANTED:
        return EARLIER_ON if stored.earlier_wanted_at else EARLIER_OFF
    if last.action == Action.NO_TIME_FITS:
        return KEPT if is_booked else NONE_FITS
    if last.action == Action.VISIT_CANCELLED:
        return CANCELLED
    if is_booked:
        return MOVED if step == "moved" else BOOKED
    return NEW_TIME_HELD if last.action == Action.PICKED else None
