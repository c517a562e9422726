"""Privacy of all answers to patients, and of the logs."""

import logging
import re
from typing import Any

import pytest
from django.test import Client

from appointments.choices import Status
from appointments.models.requests import LINK_LIFE
from appointments.outbox import deliver_due
from appointments.patient_page.identity import WRONG_TRIES, new_proof
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_form_data, make_request
from tests.appointments.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FORM = "/consultation/"


ANSWERS = [
    "form", "errors", "sent", "received", "not found",
    "status", "unconfirmed", "confirmed", "mistaken", "changed", "expired",
    "prepared", "late", "copy asked", "copy", "locked", "ended", "no such status",
]  # fmt: skip


@pytest.fixture(params=ANSWERS)
def response(request: pytest.FixtureRequest, client: Client) -> Any:
    """Every kind of answer to a patient."""
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
        "prepared": lambda: client.post(received, {"version": "0", "interpreter": "Spanish"}),
        "late": lambda: client.post(f"/consultation/received/{ended.token}/", {"interpreter": "Spanish"}),
        "copy asked": lambda: client.get(f"{status}answers/"),
        "copy": lambda: client.post(f"{status}answers/", {"known": "0111"}),
        "locked": lambda: [client.post(status, {"known": "9999"}) for _ in range(WRONG_TRIES + 1)][-1],
        "ended": lambda: client.post(f"/consultation/status/{ended.token}/", {"known": "0111"}),
        "no such status": lambda: client.get("/consultation/status/unknown/"),
    }
    return answers[request.param]()


def test_no_cookie_is_set_or_read(response: Any) -> None:
    assert "Set-Cookie" not in response
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_nothing_is_cached_or_sent_to_other_sites(response: Any) -> None:
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "strict-origin"


def test_no_page_has_scripts_styles_or_other_hosts(response: Any) -> None:
    html = response.content.decode()
    assert not re.search(r"<script|<style|style=|<iframe|src=.https?:", html)


def test_typed_text_is_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
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
    """Post all inputs of the patient page."""
    stored = make_request()
    page = f"/consultation/status/{stored.token}/"
    client.post(page, {"known": f"{typed}@x.example"})
    client.post(page, {"step": "changes", "proof": typed, "phone": typed})
    client.post(page, {"step": "changes", "proof": new_proof(stored), "phone": typed})
    client.post(page, {"step": "needs", "proof": new_proof(stored), "version": "0", "access_note": typed})
    client.post(f"/consultation/received/{make_request().token}/", {"version": "0", "access_note": typed})
    client.post(f"{page}answers/", {"known": f"{typed}@x.example"})


def _logged_in_words(caplog: pytest.LogCaptureFixture) -> str:
    """Return all log messages except SQL statements, which Django logs in debug mode only."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")


def test_tokens_of_requests_are_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    stored = make_request()
    with caplog.at_level(logging.DEBUG):
        client.post(f"/consultation/status/{stored.token}/", {"known": "0111"})
    assert stored.token not in _logged_in_words(caplog)


@pytest.mark.usefixtures("real_content")
def test_the_privacy_notice_states_periods_data_and_recipients(client: Client) -> None:
    text = Page(client.get("/privacy/")).text
    clinic = get_clinic()
    assert f"did not lead to a visit, we erase it after {clinic.erase_led_nowhere_after.days} days" in text
    assert f"If it did, we erase it after {clinic.erase_others_after.days} days" in text
    assert f"How long it works: {LINK_LIFE.days} days." in text
    assert "this site writes down who it was and when" in text
    assert "It does not show your name" in text
