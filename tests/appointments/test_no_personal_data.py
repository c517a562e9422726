"""Marked values in every field, every page visited, everything broken once: the marks turn up in no mail, log line,
address, cookie, cache, report of an error, published file, name in a backup or line for the operator. What the pages
of the desk and of the patient show is not looked at.
"""

import datetime as dt
import gzip
import io
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DataError
from django.test import Client

from appointments import workflow
from appointments.models import ConsultationRequest
from appointments.outbox import deliver_due
from articles.publication.exporter import Publisher
from articles.publication.site_map import take_snapshot
from clinic_site.backup.backup import back_up
from clinic_site.delivery.site_folder import SiteFiles
from clinic_site.logs import PrivateFormatter
from clinic_site.var_folder import VAR_FOLDER
from tests.appointments.builders import NOW, make_form_data
from tests.appointments.pages import LIST, Page
from tests.clinic_site.backup.places import SitePlace, all_files, place
from tests.conftest import Cast

__all__ = ["place"]  # used as a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("clock")]
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
NAMES = ("planted", "5550177", "5550166", "mark.example")  # none is in a digest by chance, or in content
MARKS = ("planted", "5550177", "555-0177", "4711", "5550166", "555-0166", "4712", "mark.example", "want to die")


@dataclass
class Traces:
    """Answers, headers, cookies and logs of the site."""

    answers: list[Any] = field(default_factory=list)
    log: io.StringIO = field(default_factory=io.StringIO)

    def record(self, answer: Any) -> Any:
        self.answers.append(answer)
        return answer

    @property
    def headers(self) -> str:
        return "\n".join(f"{name}: {value}" for answer in self.answers for name, value in answer.items())

    @property
    def cookies(self) -> str:
        return "\n".join(answer.cookies.output() for answer in self.answers)


@pytest.fixture
def traces(client: Client, sign_in: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Traces:
    """A request with a mark in every field, handled by patient and desk, with every fault."""
    traces = Traces()
    handler = logging.StreamHandler(traces.log)
    handler.setFormatter(PrivateFormatter())
    monkeypatch.setattr(logging.getLogger("django.db.backends"), "propagate", False)  # SQL, logged in debug mode only
    for name in ("", "django"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [handler])
        caplog.set_level(logging.DEBUG, name)
    submit_after_an_error(client, traces)
    change_as_the_patient(client, traces)
    use_the_desk(sign_in("owner"), traces)
    fail_to_store(client, traces, monkeypatch)
    deliver_due(clock=lambda: NOW)
    return traces


def submit_after_an_error(client: Client, traces: Traces) -> None:
    data = make_form_data(**PLANTED, adult=None)
    returned = traces.record(client.post(FORM, data))
    again = {name: values for name, values in Page(returned).values.items() if name != "adult"}
    sent = traces.record(client.post(FORM, again | {"adult": "on"}))
    assert sent.status_code == 303
    traces.record(client.get(sent["Location"]))
    traces.record(client.post(FORM, data, headers={"Origin": "https://evil.example"}))


def change_as_the_patient(client: Client, traces: Traces) -> None:
    status = f"/consultation/status/{ConsultationRequest.objects.get().token}/"
    traces.record(client.get(status))
    traces.record(client.post(status, {"known": "Planted wrong answer"}))
    confirmed = traces.record(client.post(status, {"known": "0177"}))
    hidden = {name: Page(confirmed).values[name][0] for name in ("proof", "version")}
    traces.record(client.post(status, {"step": "changes", "phone": "planted", **hidden}))
    changed = traces.record(client.post(status, {"step": "changes", "phone": CORRECTED, **hidden}))
    assert changed.status_code == 303


def use_the_desk(desk: Client, traces: Traces) -> None:
    request = ConsultationRequest.objects.get()
    page = f"{LIST}{request.pk}/"
    for path in (LIST, f"{LIST}?q=Planted", f"{page}change/", f"{page}print/", f"{LIST}figures/", "/admin/"):
        assert traces.record(desk.get(path)).status_code == 200
    traces.record(desk.post(f"{page}step/note/", {"text": NOTE}))
    traces.record(desk.post(f"{page}step/attempt/", {"version": request.version, "outcome": "voicemail"}))
    traces.record(desk.post(f"{page}step/attempt/", {"version": 0, "outcome": "voicemail"}))
    traces.record(desk.post(LIST, {"action": "export_as_csv", "_selected_action": [request.pk]}))
    traces.record(desk.post(f"{page}erase/", {"reference": "Planted"}))


def fail_to_store(client: Client, traces: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail to store a request with an error that contains the row, as databases do."""

    def refuse(request: ConsultationRequest) -> None:
        raise DataError(f"Failing row contains ({request.name}, {request.phone}, {request.note}).")

    monkeypatch.setattr(ConsultationRequest, "save", refuse)
    monkeypatch.setattr(client, "raise_request_exception", False)
    failed = traces.record(client.post(FORM, make_form_data(**PLANTED)))
    assert failed.status_code == 500
    assert not any(mark in failed.content.decode().lower() for mark in MARKS)


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text.lower()]


def marked_files(folder: Path) -> set[str]:
    """Return the paths of the files with a mark, below the folder; what is packed by gzip is unpacked."""
    files = all_files(folder)
    texts = {path: gzip.decompress(data) if path.endswith(".gz") else data for path, data in files.items()}
    return {path for path, data in texts.items() if any(name.encode() in data.lower() for name in NAMES)}


def test_every_text_field_contains_a_mark(traces: Traces) -> None:
    stored = ConsultationRequest.objects.get()
    values = (stored.name, stored.email, stored.interpreter, stored.access_note, stored.note, stored.article)
    assert all(marks_in(value) for value in (*values, stored.phone, stored.phone_typed, stored.phone_extension))
    assert stored.notes.get().text == NOTE
    assert workflow.last_step(stored) is not None


def test_no_mail_contains_a_mark_except_its_recipient(traces: Traces) -> None:
    assert len(mail.outbox) == len(["notice", "confirmation"])
    for mail_sent in mail.outbox:
        message = mail_sent.message()
        del message["To"]
        assert marks_in(message.as_string()) == []


def test_no_log_line_contains_a_mark(traces: Traces) -> None:
    log = traces.log.getvalue()
    assert "DataError" in log
    assert "Traceback" in log
    assert marks_in(log) == []


def test_no_url_header_or_cookie_contains_a_mark(traces: Traces) -> None:
    assert marks_in(traces.headers) == []
    assert marks_in(traces.cookies) == []


def test_pages_with_a_mark_are_not_cached(traces: Traces) -> None:
    assert {answer["Cache-Control"] for answer in traces.answers if marks_in(answer.content.decode())} == {"no-store"}


def test_audit_trail_and_admin_log_contain_no_mark(traces: Traces) -> None:
    trail = ConsultationRequest.objects.get().audit_events.all()
    assert trail.count() > len(["sent", "corrected", "read", "printed", "exported"])
    assert marks_in("\n".join(f"{event} {event.was} {event.detail}" for event in trail)) == []


def test_published_files_and_those_in_var_contain_no_mark(traces: Traces, place: SitePlace) -> None:
    place.settings.STATIC_ROOT = place.folder / "static"
    place.settings.STATIC_ROOT.mkdir()
    (place.folder / "published").mkdir()
    published = SiteFiles(place.folder / "published")
    done = Publisher(published, lambda done, of: None).publish(take_snapshot(None, NOW))
    assert (done.written > 10, done.faults) == (True, ())
    assert [marked_files(folder) for folder in (place.folder / "published", VAR_FOLDER, place.var)] == [set()] * 3


def test_a_backup_contains_marks_only_in_the_tables_that_need_them(traces: Traces, place: SitePlace) -> None:
    backup = back_up(place.backups, NOW, keep=1)
    tables = ("consultationrequest", "desknote", "outboxmessage")
    assert marked_files(backup) == {f"tables/appointments.{table}.jsonl.gz" for table in tables}
    assert marks_in("\n".join([backup.name, *all_files(backup)])) == []


@pytest.mark.parametrize("command", ["desk_health", "doctor"])
def test_no_line_for_the_operator_contains_a_mark(traces: Traces, command: str) -> None:
    out = io.StringIO()
    with time_machine.travel(NOW + dt.timedelta(days=100), tick=False), pytest.raises(CommandError) as caught:
        call_command(command, stdout=out)
    said = f"{out.getvalue()} {caught.value}"
    assert "overdue" in said.lower()
    assert marks_in(said) == []
