"""Plain builders of accounts."""

from typing import Any

from django.contrib.auth.models import User

PASSWORD = "four plain long words"


def make_colleague(name: str = "ana", **fields: Any) -> User:
    return User.objects.create_user(name, password=PASSWORD, **{"is_staff": True, **fields})
