"""Sign-ins of tests that are not about signing in."""

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.test import Client


def start_session(client: Client, user: User) -> None:
    """Sign `user` in without a password. The session is listed, as that of a sign-in is; another one would end."""
    client.force_login(user)
    UserSession.objects.create(user=user, session_key=client.session.session_key or "", ip="127.0.0.1")
