"""Rules for new passwords, beside Django's own: not mostly names that everybody knows here, and not the old one."""

import re
from collections.abc import Iterator

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError

from clinic_site.clinic_yaml import get_clinic
from clinic_site.text.folding import fold

SHORTEST_NAME = 3  # letters: shorter ones are in every word
OTHERWISE = 8  # characters that a password must have besides such names
SAME = "This is the old password. Take another one."
REFUSAL = "This password is mostly names of the clinic or of the person. Take other words."


class NamesValidator:
    """Refuse a password that has little besides the clinic's names and the person's."""

    def validate(self, password: str, user: AbstractUser | None = None) -> None:
        rest = fold(password)
        for name in sorted(set(_names(user)), key=len, reverse=True):
            rest = rest.replace(name, "")
        if len(rest) < OTHERWISE:
            raise ValidationError(REFUSAL, code="password_of_names")

    def get_help_text(self) -> str:
        return "Your password must have at least 8 characters besides names of the clinic and of yourself."


class NewValidator:
    """Refuse the password that the person has already."""

    def validate(self, password: str, user: AbstractUser | None = None) -> None:
        if user and check_password(password, user.password):
            raise ValidationError(SAME, code="password_not_new")

    def get_help_text(self) -> str:
        return "Your password must be another one than before."


def _names(user: AbstractUser | None) -> Iterator[str]:
    """Yield the words of the names, as fold() leaves them."""
    clinic = get_clinic()
    texts = [clinic.name, *(office.name for office in clinic.offices)]
    if user:
        texts += [user.username, user.first_name, user.last_name, user.email]
    yield from (word for word in re.findall(r"\w+", fold(" ".join(texts))) if len(word) >= SHORTEST_NAME)
