"""What allauth asks this project: who may sign in, how guesses are counted, and the words of a refusal."""

import base64
import secrets
from copy import copy
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

# One text for a wrong name, a wrong password and too many tries: the text must not tell which it was.
NOT_SIGNED_IN = (
    "You are not signed in. Check the user name and the password. After five wrong tries no password is accepted for "
    "15 minutes; a passkey is."
)
WRONG_CODE = "That code was not accepted. Type the newest one. After five wrong codes, wait 15 minutes."
WAYS = {  # to confirm that it is the same person
    "reauthenticate": "your password",
    "mfa_reauthenticate": "a code of your app",
    "mfa_reauthenticate:webauthn": "a passkey",
}


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": NOT_SIGNED_IN,
        "too_many_login_attempts": NOT_SIGNED_IN,
        "incorrect_password": "That is not your password. After five wrong tries, wait 15 minutes.",
        "rate_limited": WRONG_CODE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count guesses at a name together, whichever host name and port of this site each was sent to."""
        one_host = copy(request)
        one_host.META = request.META | {"HTTP_HOST": urlsplit(settings.SITE_URL).netloc}
        super().pre_authenticate(one_host, **credentials)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the member of staff with this name and password; None for anybody else."""
        user: User | None = super().authenticate(request, **credentials)
        return user if user and user.is_staff else None

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Refuse, also with a passkey, whoever left the clinic."""
        if user.is_active and user.is_staff:
            return None
        return self.respond_user_inactive(request, user)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": WAYS[method["id"]]} for method in methods]

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        messages.error(request, NOT_SIGNED_IN)
        return redirect(settings.LOGIN_URL)


class StaffMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": user.get_username()}

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 (allauth's name)
        return "This device"

    def encrypt(self, text: str) -> str:
        """Encrypt the secret of an app or of recovery codes: a copy of the database alone opens no account."""
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; a random one if no SECRET_KEY of the settings reads it, so that every code is wrong."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _keys() -> MultiFernet:
    """Return the keys of SECRET_KEY, which encrypts, and of SECRET_KEY_FALLBACKS."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("accounts.factors", "", secret=key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
