"""Second factors of a session and of a person: who proved one, resetting them, and the sessions that end with that."""

import logging
import secrets
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest

from clinic_site.accounts.audit import record
from clinic_site.accounts.models import AccountAction
from clinic_site.mail import messages

SUBJECT = "Second factor reset"
TO_THE_PERSON = """Your second factor for the clinic's staff pages was reset by an administrator.

Sign in with your password and set up a new one. If you did not ask for this, call the clinic's
administrator now: somebody else may be trying to sign in as you.
"""
TO_THE_ADMINISTRATOR = """You reset a colleague's second factor on the clinic's staff pages. "Sign-in events" there
say whose and when.

If that was not you, somebody uses your account: change your password now and log out everywhere.
"""
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]  # recovery codes alone are none
SET_UP = "set_up_a_factor"  # key of the session
logger = logging.getLogger(__name__)


def reset_factors(user: User, actor: User | None = None) -> list[User]:
    """Remove the user's second factors and end all sessions. Return who could not be told by mail.

    `actor`: the administrator; None for a command.
    """
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
        record(AccountAction.FACTORS_RESET, user.username, actor=actor.username if actor else "")
    texts = {user: TO_THE_PERSON} | ({actor: TO_THE_ADMINISTRATOR} if actor else {})
    return [person for person, text in texts.items() if not _told(person, text)]


def end_sessions(user: User, but: str | None = None) -> None:
    """End the user's sessions, except for the one with the key `but`."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=but or ""):
        session.end()


def end_older_sessions(instance: Authenticator, created: bool, **signal: Any) -> None:
    """End sessions that began without this passkey or app, but not the one that added it. A receiver of post_save."""
    if not created or instance.type not in FACTORS:
        return
    request = context.request
    if request and request.user == instance.user:
        request.session[SET_UP] = True
        end_sessions(instance.user, but=request.session.session_key)
    else:
        end_sessions(instance.user)


def has_proved_factor(request: HttpRequest) -> bool:
    """Return True if the session began with a second factor or a recovery code, or has set a factor up."""
    records = get_authentication_records(request, request.user)
    return SET_UP in request.session or any(record["method"] == "mfa" for record in records)


def _told(person: User, text: str) -> bool:
    if not person.email:
        return False
    try:
        messages.send(person.email, SUBJECT, text, key=secrets.token_hex(16))
    except OSError as error:  # of which SMTP's errors are a kind
        logger.warning("The mail about a second factor did not leave (%s).", type(error).__name__)
        return False
    return True
