"""Somebody leaves the clinic: the access ends at once, and the work goes back to the others."""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction

from clinic_site.accounts.audit import record
from clinic_site.accounts.factors import end_sessions
from clinic_site.accounts.models import AccountAction
from clinic_site.hooks import hooks


def end_access(user: User, actor: str, now: dt.datetime) -> int:
    """Take away rights, password, second factors and sessions. Return how many things were given back.

    The account itself stays, because audits name it. `actor`: the user name of the owner.
    """
    with transaction.atomic():
        user.is_active = user.is_staff = user.is_superuser = False
        user.set_unusable_password()
        user.save()
        user.groups.clear()
        user.user_permissions.clear()
        Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
        record(AccountAction.LEFT, user.username)
        return sum(hand_back(user.username, actor, now) for hand_back in hooks.hand_backs)
