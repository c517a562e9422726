"""Somebody leaves the clinic: the access ends at once, and the work goes back to the others.

The journal of erasures names who left, so that a restored backup from before lets nobody in again. A name in it counts
the times that somebody left, as the audit does: who came back is let in, and left again is shut out again.
"""

import datetime as dt
from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction

from clinic_site.accounts.audit import record
from clinic_site.accounts.factors import end_sessions
from clinic_site.accounts.models import AccountAction, AccountEvent
from clinic_site.backup import erasure_journal
from clinic_site.hooks import hooks

RESTORE = "restore"  # in the audit of what was assigned


def end_access(user: User, actor: str, now: dt.datetime) -> int:
    """Take away rights, password, second factors and sessions. Return how many things were given back.

    The account itself stays, because audits name it. `actor`: the user name of the owner. An error of the disk prevents
    all of it.
    """
    with transaction.atomic():
        user.is_active = user.is_staff = user.is_superuser = False
        user.set_unusable_password()
        user.save()
        user.groups.clear()
        user.user_permissions.clear()
        Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
        erasure_journal.append(_next_leave(user))
        record(AccountAction.LEFT, user.username)
        return sum(hand_back(user.username, actor, now) for hand_back in hooks.hand_backs)


def end_again(now: dt.datetime) -> Iterator[str]:
    """End the access of those who left after the backup was made. Yield sentences. Called after a restore."""
    journal = erasure_journal.read()
    leavers = [user for user in User.objects.filter(is_active=True) if journal.names(_next_leave(user))]
    for user in leavers:
        end_access(user, RESTORE, now)
    yield f"People whose access was ended after the backup was made, and is ended again: {len(leavers)}."


def _next_leave(user: User) -> str:
    """Return the name in the journal of the next time that `user` leaves."""
    before = AccountEvent.objects.filter(action=AccountAction.LEFT, subject=user.username).count()
    return f"leave {before + 1} of {user.username}"
