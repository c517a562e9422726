"""What holds for every answer that a patient may get, and for what is written down about it."""

import logging
import re
from typing import Any

import pytest
from django.test import Client

from appointments.outbox import deliver_due
from tests.appointments.builders import NOW, make_form_data, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FORM = "/consultation/"


@pytest.fixture(params=["form", "errors", "sent", "received", "not found"])
def response(request: pytest.FixtureRequest, client: Client) -> Any:
    """Each answer that a patient may get."""
    received = f"/consultation/received/{make_request().token}/"
    answers: dict[str, Any] = {
        "form": lambda: client.get(FORM),
        "errors": lambda: client.post(FORM, make_form_data(name="")),
        "sent": lambda: client.post(FORM, make_form_data()),
        "received": lambda: client.get(received),
        "not found": lambda: client.get("/consultation/received/unknown/"),
    }
    return answers[request.param]()


def test_no_cookie_is_set_or_read(response: Any) -> None:
    assert "Set-Cookie" not in response
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_nothing_is_kept_in_a_cache_or_told_to_other_sites(response: Any) -> None:
    if response.status_code != 404:
        assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "same-origin"


def test_no_script_style_or_other_host_is_on_the_page(response: Any) -> None:
    html = response.content.decode()
    assert not re.search(r"<script|<style|style=|<iframe|src=.https?:", html)


def test_nothing_that_was_typed_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    texts = ("name", "access_note", "note", "interpreter_other")
    planted = dict.fromkeys(texts, "Planted") | {"email": "planted@x.example"}
    with caplog.at_level(logging.DEBUG):
        client.post(FORM, make_form_data(**planted))
        client.post(FORM, make_form_data(**planted, adult=None))
        deliver_due(clock=lambda: NOW)
        refused = client.post(FORM, make_form_data(**planted), headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "planted" not in _logged_in_words(caplog).lower()


def _logged_in_words(caplog: pytest.LogCaptureFixture) -> str:
    """All but SQL statements, which Django logs in debug mode alone."""
    return "\n".join(each.getMessage() for each in caplog.records if each.name != "django.db.backends")
