"""New passwords: long, not common, not made of names."""

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from tests.conftest import Cast
from tests.sessions import start_session

pytestmark = pytest.mark.django_db
NEW = "/admin/password_change/"


def ana() -> User:
    return User(username="ana.torres", first_name="Añá", last_name="Torres", email="ana@clinic.example")


@pytest.mark.parametrize(
    "password",
    [
        "marigold1",  # short
        "eleven lett",
        "password12345",
        "123456789012345",
        "Marigold Pain Clinic",
        "MARIGOLD2026!",
        "marigold-clinic-1",
        "anatorres1234",
        "Ana Torres 2026",
        "torrestorrestorres",
    ],
)
def test_these_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, ana())


@pytest.mark.parametrize("password", ["four plain long words", "x7#kPq!vLz2m", "the marigold sings at dawn"])
def test_these_passwords_are_accepted(password: str) -> None:
    validate_password(password, ana())
    validate_password(password)


def test_the_rule_is_told_beforehand() -> None:
    texts = " ".join(password_validators_help_texts())
    assert "12 characters" in texts
    assert "besides names of the clinic" in texts


def test_the_form_refuses_a_password_of_names(sign_in: Cast) -> None:
    desk = sign_in("front desk")
    user = User.objects.get(username="front-desk")
    user.set_password("four plain long words")
    user.save()
    start_session(desk, user)
    new = "marigold clinic 1"
    form = {"old_password": "four plain long words", "new_password1": new, "new_password2": new}
    assert "mostly names of the clinic" in desk.post(NEW, form).content.decode()


def test_the_old_password_is_no_new_one() -> None:
    user = User(username="ana")
    user.set_password("four plain long words")
    with pytest.raises(ValidationError, match="This is the old password"):
        validate_password("four plain long words", user)
