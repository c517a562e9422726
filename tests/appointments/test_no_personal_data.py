"""Marked values in every field, every page visited, everything broken once: the marks turn up in no mail, log line,
address, cookie, cache or report of an error. What the pages of the desk and of the patient show is not looked at."""

import io
import logging
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core import mail
from django.db import DataError
from django.test import Client

from appointments import workflow
from appointments.models import ConsultationRequest
from appointments.outbox import deliver_due
from clinic_site.logs import PrivateFormatter
from tests.appointments.builders import NOW, make_form_data
from tests.appointments.pages import LIST, Page
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FORM = "/consultation/"
PLANTED: dict[str, Any] = {
    "name": "Planted Name",
    "phone": "(727) 555-0177 x4711",
    "email": "planted@mark.example",
    "interpreter_other": "Planted Language",
    "access_note": "Planted Access",
    "note": "Planted: I want to die",
    "came_from": "planted-article",
    "came_from_ok": "on",
    "voicemail": "yes",
    "texts": "on",
    "best_times": ["morning"],
    "office": "lake-wren",
}
CORRECTED = "(727) 555-0166 x4712"
NOTE = "Planted desk note"
MARKS = ("planted", "5550177", "555-0177", "4711", "5550166", "555-0166", "4712", "mark.example", "want to die")


@dataclass
class Seen:
    """What leaves the site beside the pages themselves."""

    answers: list[Any] = field(default_factory=list)
    log: io.StringIO = field(default_factory=io.StringIO)

    def keep(self, answer: Any) -> Any:
        self.answers.append(answer)
        return answer

    @property
    def headers(self) -> str:
        return "\n".join(f"{name}: {value}" for answer in self.answers for name, value in answer.items())

    @property
    def cookies(self) -> str:
        return "\n".join(answer.cookies.output() for answer in self.answers)


@pytest.fixture
def seen(client: Client, sign_in: Cast, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """A request with a mark in every field, through the hands of patient and desk, with every fault on the way."""
    seen = Seen()
    handler = logging.StreamHandler(seen.log)
    handler.setFormatter(PrivateFormatter())
    monkeypatch.setattr(logging.getLogger("django.db.backends"), "propagate", False)  # SQL, in debug mode alone
    for name in ("", "django"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [handler])
        monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    asked_twice_and_sent(client, seen)
    changed_by_the_patient(client, seen)
    worked_at_the_desk(sign_in("owner"), seen)
    broken(client, seen, monkeypatch)
    deliver_due(clock=lambda: NOW)
    return seen


def asked_twice_and_sent(client: Client, seen: Seen) -> None:
    data = make_form_data(**PLANTED, adult=None)
    returned = seen.keep(client.post(FORM, data))
    again = {name: values for name, values in Page(returned).values.items() if name != "adult"}
    sent = seen.keep(client.post(FORM, again | {"adult": "on"}))
    assert sent.status_code == 303
    seen.keep(client.get(sent["Location"]))
    seen.keep(client.post(FORM, data, headers={"Origin": "https://evil.example"}))


def changed_by_the_patient(client: Client, seen: Seen) -> None:
    status = f"/consultation/status/{ConsultationRequest.objects.get().token}/"
    seen.keep(client.get(status))
    seen.keep(client.post(status, {"known": "Planted wrong answer"}))
    confirmed = seen.keep(client.post(status, {"known": "0177"}))
    hidden = {name: Page(confirmed).values[name][0] for name in ("proof", "version")}
    seen.keep(client.post(status, {"step": "changes", "phone": "planted", **hidden}))
    changed = seen.keep(client.post(status, {"step": "changes", "phone": CORRECTED, **hidden}))
    assert changed.status_code == 303


def worked_at_the_desk(desk: Client, seen: Seen) -> None:
    request = ConsultationRequest.objects.get()
    page = f"{LIST}{request.pk}/"
    for path in (LIST, f"{LIST}?q=Planted", f"{page}change/", f"{page}print/", f"{LIST}figures/", "/admin/"):
        assert seen.keep(desk.get(path)).status_code == 200
    seen.keep(desk.post(f"{page}step/note/", {"text": NOTE}))
    seen.keep(desk.post(f"{page}step/attempt/", {"version": request.version, "outcome": "voicemail"}))
    seen.keep(desk.post(f"{page}step/attempt/", {"version": 0, "outcome": "voicemail"}))
    seen.keep(desk.post(LIST, {"action": "export_as_csv", "_selected_action": [request.pk]}))
    seen.keep(desk.post(f"{page}erase/", {"reference": "Planted"}))


def broken(client: Client, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database puts the row that it refuses into the words of its error."""

    def refuse(request: ConsultationRequest) -> None:
        raise DataError(f"Failing row contains ({request.name}, {request.phone}, {request.note}).")

    monkeypatch.setattr(workflow, "add", refuse)
    monkeypatch.setattr(client, "raise_request_exception", False)
    failed = seen.keep(client.post(FORM, make_form_data(**PLANTED)))
    assert failed.status_code == 500
    assert not any(mark in failed.content.decode().lower() for mark in MARKS)


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text.lower()]


def test_the_marks_were_planted_in_every_field_that_takes_text(seen: Seen) -> None:
    stored = ConsultationRequest.objects.get()
    kept = (stored.name, stored.email, stored.interpreter, stored.access_note, stored.note, stored.article)
    assert all(marks_in(value) for value in (*kept, stored.phone, stored.phone_typed, stored.phone_extension))
    assert stored.notes.get().text == NOTE
    assert workflow.last_step(stored) is not None


def test_no_mail_holds_one_but_the_address_it_goes_to(seen: Seen) -> None:
    assert len(mail.outbox) == len(["notice", "confirmation"])
    for each in mail.outbox:
        message = each.message()
        del message["To"]
        assert marks_in(message.as_string()) == []


def test_no_log_line_holds_one(seen: Seen) -> None:
    log = seen.log.getvalue()
    assert "DataError" in log
    assert "Traceback" in log
    assert marks_in(log) == []


def test_no_address_header_or_cookie_holds_one(seen: Seen) -> None:
    assert marks_in(seen.headers) == []
    assert marks_in(seen.cookies) == []


def test_no_page_with_one_may_be_kept(seen: Seen) -> None:
    assert {answer["Cache-Control"] for answer in seen.answers if marks_in(answer.content.decode())} == {"no-store"}


def test_the_audit_trail_and_the_log_of_the_admin_hold_none(seen: Seen) -> None:
    trail = ConsultationRequest.objects.get().audit_events.all()
    assert trail.count() > len(["sent", "corrected", "read", "printed", "exported"])
    assert marks_in("\n".join(f"{event} {event.was} {event.detail}" for event in trail)) == []
