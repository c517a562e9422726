"""What the adapter answers where no page of the tests leads."""

from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from clinic_site.accounts.adapter import NOT_SIGNED_IN
from tests.clinic_site.accounts.builders import make_colleague

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_active": False}])
def test_a_passkey_does_not_sign_in_who_left(fields: dict[str, Any]) -> None:
    request = RequestFactory().post("/admin/login/passkey/")
    vars(request)["_messages"] = CookieStorage(request)
    response = get_adapter().pre_login(request, make_colleague(**fields))
    assert response.headers["Location"] == "/admin/login/"
    assert [str(message) for message in get_messages(request)] == [NOT_SIGNED_IN]


def test_nobody_signs_up() -> None:
    assert not get_adapter().is_open_for_signup(RequestFactory().get("/"))
