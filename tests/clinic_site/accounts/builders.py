"""Plain builders of accounts, and of people who say again that it is them."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

PASSWORD = "four plain long words"


def make_colleague(name: str = "ana", **fields: Any) -> User:
    return User.objects.create_user(name, password=PASSWORD, **{"is_staff": True, **fields})


def confirmed(name: str, **fields: Any) -> Client:
    """Return a client of a new member of staff, who has just signed in and typed the password once more."""
    make_colleague(name, **fields)
    client = Client()
    client.post("/admin/login/", {"login": name, "password": PASSWORD})
    client.post("/admin/account/confirm/", {"password": PASSWORD})
    return client


def confirmed_owner() -> Client:
    return confirmed("owner", is_superuser=True)
