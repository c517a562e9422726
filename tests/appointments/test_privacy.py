"""What holds for every answer that a patient may get, and for what is written down about it."""

import logging
import re
from typing import Any

import pytest
from django.test import Client

from appointments.choices import Status
from appointments.identity import WRONG_TRIES, new_proof
from appointments.outbox import deliver_due
from appointments.querysets import LINK_LIFE
from clinic_site.clinic_file import get_clinic
from tests.appointments.builders import NOW, make_form_data, make_request
from tests.appointments.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FORM = "/consultation/"


ANSWERS = [
    "form", "errors", "sent", "received", "not found",
    "status", "unconfirmed", "confirmed", "mistaken", "changed", "expired", "locked", "ended", "no such status",
]  # fmt: skip


@pytest.fixture(params=ANSWERS)
def response(request: pytest.FixtureRequest, client: Client) -> Any:
    """Each answer that a patient may get."""
    stored, ended = make_request(), make_request(status=Status.CLOSED)
    received, status = (f"/consultation/{page}/{stored.token}/" for page in ("received", "status"))
    changes = {"step": "changes", "proof": new_proof(stored)}
    answers: dict[str, Any] = {
        "form": lambda: client.get(FORM),
        "errors": lambda: client.post(FORM, make_form_data(name="")),
        "sent": lambda: client.post(FORM, make_form_data()),
        "received": lambda: client.get(received),
        "not found": lambda: client.get("/consultation/received/unknown/"),
        "status": lambda: client.get(status),
        "unconfirmed": lambda: client.post(status, {"known": "9999"}),
        "confirmed": lambda: client.post(status, {"known": "0111"}),
        "mistaken": lambda: client.post(status, changes | {"phone": "555"}),
        "changed": lambda: client.post(status, changes | {"version": 0, "best_times": "midday"}),
        "expired": lambda: client.post(status, {"step": "changes", "proof": "forged"}),
        "locked": lambda: [client.post(status, {"known": "9999"}) for _ in range(WRONG_TRIES + 1)][-1],
        "ended": lambda: client.post(f"/consultation/status/{ended.token}/", {"known": "0111"}),
        "no such status": lambda: client.get("/consultation/status/unknown/"),
    }
    return answers[request.param]()


def test_no_cookie_is_set_or_read(response: Any) -> None:
    assert "Set-Cookie" not in response
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_nothing_is_kept_in_a_cache_or_told_to_other_sites(response: Any) -> None:
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "strict-origin"


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
        _confirm_and_change(client, "Planted")
        refused = client.post(FORM, make_form_data(**planted), headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "planted" not in _logged_in_words(caplog).lower()


def _confirm_and_change(client: Client, typed: str) -> None:
    """All that a patient may type on their own page."""
    stored = make_request()
    page = f"/consultation/status/{stored.token}/"
    client.post(page, {"known": f"{typed}@x.example"})
    client.post(page, {"step": "changes", "proof": typed, "phone": typed})
    client.post(page, {"step": "changes", "proof": new_proof(stored), "phone": typed})


def _logged_in_words(caplog: pytest.LogCaptureFixture) -> str:
    """All but SQL statements, which Django logs in debug mode alone."""
    return "\n".join(each.getMessage() for each in caplog.records if each.name != "django.db.backends")


def test_nothing_that_opens_a_request_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    stored = make_request()
    with caplog.at_level(logging.DEBUG):
        client.post(f"/consultation/status/{stored.token}/", {"known": "0111"})
    assert stored.token not in _logged_in_words(caplog)


@pytest.mark.usefixtures("real_content")
def test_the_privacy_notice_says_how_long_what_and_who(client: Client) -> None:
    text = Page(client.get("/privacy/")).text
    clinic = get_clinic()
    assert f"did not lead to a visit, we erase it after {clinic.erase_led_nowhere_after.days} days" in text
    assert f"If it did, we erase it after {clinic.erase_others_after.days} days" in text
    assert f"How long it works: {LINK_LIFE.days} days." in text
    assert "this site writes down who it was and when" in text
    assert "It does not show your name" in text
