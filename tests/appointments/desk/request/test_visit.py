"""Visits at the desk: the form, its errors, and where a visit is shown."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from appointments.choices import MailKind, Status
from appointments.models import ConsultationRequest
from appointments.workflow import assign, erase, transition
from tests.appointments.builders import LATER, NOW, VISIT, VISIT_WORDS, make_request, schedule, stored
from tests.appointments.desk.request.pages import buttons, errors, open_page, press, step_address
from tests.appointments.pages import LIST, Page, cells

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ANSWERS = {"visit_date": "12/1/2026", "visit_time": "3 p.m.", "visit_office": "port-alder"}
FIELDS = tuple(ANSWERS)
NO_DATE = "Enter the date of the visit as month, day and year, like 12/1/2026"
NO_TIME = "Enter the time of the visit with a.m. or p.m., like 3:30 p.m."
NO_OFFICE = "Choose the office of the visit"


def refuse(desk: Client, request: ConsultationRequest, **data: str) -> tuple[list[str], dict[str, str]]:
    """Return the errors of a refused visit, and the values of its fields on the page shown then."""
    response = desk.post(step_address(request, "schedule"), {"version": request.version, **ANSWERS, **data})
    values = Page(response).values
    return [text.replace("\u00a0", " ") for text in errors(response)], {
        name: values.get(name, [""])[0] for name in FIELDS
    }


class TestForm:
    def test_a_visit_is_stored_and_the_message_mentions_the_mail(self, desk: Client) -> None:
        request = make_request(email="ana@example.com")
        [message] = press(desk, request, "schedule", **ANSWERS)
        assert message.replace("\u00a0", " ") == (
            f"success: {request.reference} has a visit: {VISIT_WORDS}. A mail to the patient names the time."
        )
        assert (stored(request).status, stored(request).visit_at, stored(request).visit_office) == ("scheduled", *VISIT)
        assert request.messages.filter(kind=MailKind.BOOKED).count() == 1

    @pytest.mark.parametrize(
        ("step", "data", "to_say"),
        [
            ("schedule", ANSWERS | {"kind": "visit"}, f" Say: “Your appointment is on {VISIT_WORDS}.”"),
            ("schedule", ANSWERS, " Say: “We call you on Tuesday, December 1, 2026, 3 p.m. EST.”"),
            ("decline", {"because": "no_room"}, ""),
        ],
    )
    def test_without_an_email_address_the_message_gives_what_to_tell(
        self, desk: Client, step: str, data: dict[str, str], to_say: str
    ) -> None:
        [message] = press(desk, make_request(), step, **data)
        assert message.replace("\u00a0", " ").endswith(
            f". There is no e-mail address: tell the patient yourself.{to_say}"
        )

    @pytest.mark.parametrize(
        ("typed", "sentences"),
        [
            (dict.fromkeys(FIELDS, ""), [NO_DATE, NO_TIME, NO_OFFICE]),
            ({"visit_date": "next Tuesday"}, [NO_DATE]),
            ({"visit_date": "2/30/2027"}, [NO_DATE]),
            ({"visit_time": "3:30"}, [NO_TIME]),
            ({"visit_office": "gone"}, [NO_OFFICE]),
            ({"visit_date": "x", "visit_time": "y"}, [NO_DATE, NO_TIME]),
            ({"visit_date": "1" * 300}, ["Date of the visit must be 200 characters or fewer"]),
            ({"visit_date": "11/2/2026"}, ["November 2, 2026, 3 p.m. has passed: enter a time that is still to come"]),
            ({"visit_date": "12/1/2062"}, ["December 1, 2062 is more than a year away: check the year"]),
        ],
    )
    def test_each_error_is_one_sentence_and_the_input_remains(
        self, desk: Client, typed: dict[str, str], sentences: list[str]
    ) -> None:
        request = make_request()
        messages, values = refuse(desk, request, text="Ask for Ana.", **typed)
        assert messages == sentences
        assert values == ANSWERS | typed | ({"visit_office": ""} if typed.get("visit_office") == "gone" else {})
        assert (stored(request).version, request.notes.count()) == (0, 0)

    def test_a_note_beside_an_invalid_answer_stays_in_its_box(self, desk: Client) -> None:
        data = {"version": 0, **ANSWERS, "visit_time": "3", "text": "Ask for Ana.", "because": "no_room"}
        page = Page(desk.post(step_address(make_request(), "schedule"), data))
        assert "Your note is not added yet: it is still in its box." in page.text
        assert (page.values["text"], page.values["because"]) == (["Ask for Ana."], ["no_room"])

    def test_the_visit_fields_keep_their_values_when_another_step_is_refused(self, desk: Client) -> None:
        data = {"version": 0, **ANSWERS, "visit_time": "3:3", "because": ""}
        values = Page(desk.post(step_address(make_request(), "decline"), data)).values
        assert {name: values[name] for name in FIELDS} == {
            "visit_date": ["12/1/2026"], "visit_time": ["3:3"], "visit_office": ["port-alder"],
        }  # fmt: skip

    def test_the_second_writer_is_shown_their_input(self, desk: Client) -> None:
        request = make_request()
        assign(stored(request), "dana", "dana", NOW)
        noted, message = press(desk, request, "schedule", text="Ask for Ana.", **ANSWERS)
        assert noted == f"success: The note was added to {request.reference}."
        assert message.replace("\u00a0", " ").endswith(f"gave the request to dana. You entered: {VISIT_WORDS}.")
        assert stored(request).visit_at is None

    def test_the_requested_office_is_preselected(self, desk: Client) -> None:
        values = open_page(desk, make_request(office="lake-wren")).values
        assert [values[name] for name in FIELDS] == [[""], [""], ["lake-wren"]]

    def test_a_scheduled_visit_can_be_changed(self, desk: Client) -> None:
        request = make_request()
        schedule(request, VISIT, "dana", NOW)
        page = open_page(desk, request)
        assert [page.values[name] for name in FIELDS] == [["12/1/2026"], ["3\u00a0p.m."], ["port-alder"]]
        assert "Move to this time" in buttons(page)
        [message] = press(desk, request, "schedule", **ANSWERS | {"visit_time": "4 p.m."})
        assert message.replace("\u00a0", " ").startswith(
            f"success: {request.reference} has a visit: Tuesday, December 1, 2026, 4 p.m. EST, Port Alder office."
        )
        again = stored(request)
        [message] = press(desk, again, "schedule", **ANSWERS | {"visit_time": "16:00"})
        assert message.startswith(f"warning: {request.reference} has this visit already. Nothing was changed.")

    @pytest.mark.parametrize("status", [Status.DECLINED, Status.CLOSED, Status.WITHDRAWN, Status.SPAM])
    def test_a_request_that_ended_otherwise_offers_no_visit(self, desk: Client, status: Status) -> None:
        page = open_page(desk, make_request(status=status))
        assert not {"Offer", "Book now", "Book this time", "Move", "Move to this time"} & set(buttons(page))

    def test_scheduling_by_status_alone_is_refused(self, desk: Client) -> None:
        request = make_request()
        response = desk.post(step_address(request, "move"), {"version": 0, "to": "scheduled"})
        assert errors(response) == ["Choose one of the steps on this page"]
        assert stored(request).status == Status.NEW


class TestDisplay:
    @pytest.fixture
    def request_with_visit(self) -> ConsultationRequest:
        request = make_request()
        schedule(request, VISIT, "dana", NOW)
        return request

    def file_row(self, desk: Client, request: ConsultationRequest) -> dict[str, str]:
        ticked = {"action": "export_as_csv", "_selected_action": [request.pk]}
        [row] = csv.DictReader(io.StringIO(desk.post(LIST, ticked).content.decode("utf-8-sig"), newline=""))
        return row

    def status_in_queue(self, desk: Client) -> str:
        [row] = [cells(row) for row in Page(desk.get(LIST, {"queue": "ended"})).all("tr")][1:]
        return row[1]

    def test_page_queue_sheet_export_and_trail_show_the_visit(
        self, desk: Client, request_with_visit: ConsultationRequest
    ) -> None:
        request = request_with_visit
        page = open_page(desk, request)
        assert f"Status Scheduled Visit {VISIT_WORDS} Office" in page.text
        assert f"dana changed the status from New to Scheduled (visit: {VISIT_WORDS})" in page.text
        assert self.status_in_queue(desk) == f"Scheduled: {VISIT_WORDS}"
        assert f"Visit: {VISIT_WORDS}" in Page(desk.get(f"{LIST}{request.pk}/print/")).text.replace("Visit ", "Visit: ")
        row = self.file_row(desk, request)
        assert (row["Visit"], row["Office of the visit"]) == ("2026-12-01T15:00:00-05:00", "Port Alder office")

    def test_a_missing_time_is_shown_as_such(self, desk: Client) -> None:
        request = make_request(status=Status.SCHEDULED)
        assert "Visit No time is stored" in open_page(desk, request).text
        assert self.status_in_queue(desk) == "Scheduled: No time is stored"
        row = self.file_row(desk, request)
        assert (row["Visit"], row["Office of the visit"]) == ("No time is stored", "")

    def test_a_reopened_request_has_no_visit(self, desk: Client, request_with_visit: ConsultationRequest) -> None:
        transition(request_with_visit, Status.CONTACTING, "dana", LATER)
        assert f"Visit {VISIT_WORDS}" not in open_page(desk, request_with_visit).text
        row: dict[str, Any] = self.file_row(desk, request_with_visit)
        assert (row["Visit"], row["Office of the visit"]) == ("", "")

    def test_an_erased_request_shows_no_visit(self, desk: Client, request_with_visit: ConsultationRequest) -> None:
        erase(request_with_visit, "dana", NOW)
        assert self.status_in_queue(desk) == "Scheduled Erased"
