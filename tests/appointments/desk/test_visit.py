"""A visit at the desk: the form, what is wrong with what was typed, and where the visit is shown."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from appointments.choices import MailKind, Status
from appointments.models import ConsultationRequest
from appointments.workflow import assign, erase, schedule, transition
from tests.appointments.builders import LATER, NOW, VISIT, VISIT_WORDS, make_request
from tests.appointments.desk.request_pages import buttons, errors, press, seen, step_address
from tests.appointments.pages import LIST, Page, cells

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ANSWERS = {"visit_date": "12/1/2026", "visit_time": "3 p.m.", "visit_office": "port-alder"}
FIELDS = tuple(ANSWERS)
NO_DATE = "Enter the date of the visit as month, day and year, like 12/1/2026"
NO_TIME = "Enter the time of the visit with a.m. or p.m., like 3:30 p.m."
NO_OFFICE = "Choose the office of the visit"


def stored(request: ConsultationRequest) -> ConsultationRequest:
    return ConsultationRequest.objects.get(pk=request.pk)


def refused(desk: Client, request: ConsultationRequest, **data: str) -> tuple[list[str], dict[str, str]]:
    """The sentences, and what the page then holds in the fields of the visit."""
    response = desk.post(step_address(request, "schedule"), {"version": request.version, **ANSWERS, **data})
    values = Page(response).values
    return [text.replace("\u00a0", " ") for text in errors(response)], {
        name: values.get(name, [""])[0] for name in FIELDS
    }


class TestForm:
    def test_a_visit_is_stored_and_the_mail_is_told_of(self, desk: Client) -> None:
        request = make_request(email="ana@example.com")
        [told] = press(desk, request, "schedule", **ANSWERS)
        assert told.replace("\u00a0", " ") == (
            f"success: {request.reference} has a visit: {VISIT_WORDS}. A mail to the patient says that there is news."
        )
        assert (stored(request).status, stored(request).visit_at, stored(request).visit_office) == ("scheduled", *VISIT)
        assert request.messages.filter(kind=MailKind.NEWS).count() == 1

    @pytest.mark.parametrize(("step", "data"), [("schedule", ANSWERS), ("decline", {"because": "no_room"})])
    def test_without_an_address_the_desk_is_asked_to_tell_it(
        self, desk: Client, step: str, data: dict[str, str]
    ) -> None:
        [told] = press(desk, make_request(), step, **data)
        assert told.endswith(". There is no e-mail address: tell the patient yourself.")

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
    def test_what_is_wrong_is_one_sentence_each_and_nothing_that_was_typed_is_lost(
        self, desk: Client, typed: dict[str, str], sentences: list[str]
    ) -> None:
        request = make_request()
        told, values = refused(desk, request, text="Ask for Ana.", **typed)
        assert told == sentences
        assert values == ANSWERS | typed | ({"visit_office": ""} if typed.get("visit_office") == "gone" else {})
        assert (stored(request).version, request.notes.count()) == (0, 0)

    def test_a_note_beside_a_wrong_answer_stays_in_its_box(self, desk: Client) -> None:
        data = {"version": 0, **ANSWERS, "visit_time": "3", "text": "Ask for Ana.", "because": "no_room"}
        page = Page(desk.post(step_address(make_request(), "schedule"), data))
        assert "Your note is not added yet: it is still in its box." in page.text
        assert (page.values["text"], page.values["because"]) == (["Ask for Ana."], ["no_room"])

    def test_a_visit_that_was_typed_stays_when_another_step_is_refused(self, desk: Client) -> None:
        data = {"version": 0, **ANSWERS, "visit_time": "3:3", "because": ""}
        values = Page(desk.post(step_address(make_request(), "decline"), data)).values
        assert {name: values[name] for name in FIELDS} == {
            "visit_date": ["12/1/2026"], "visit_time": ["3:3"], "visit_office": ["port-alder"],
        }  # fmt: skip

    def test_who_is_slower_is_told_what_they_entered(self, desk: Client) -> None:
        request = make_request()
        assign(stored(request), "dana", "dana", NOW)
        noted, told = press(desk, request, "schedule", text="Ask for Ana.", **ANSWERS)
        assert noted == "success: The note was added."
        assert told.replace("\u00a0", " ").endswith(f"gave the request to dana. You entered: {VISIT_WORDS}.")
        assert stored(request).visit_at is None

    def test_the_office_that_was_asked_for_is_proposed_and_no_time(self, desk: Client) -> None:
        values = seen(desk, make_request(office="lake-wren")).values
        assert [values[name] for name in FIELDS] == [[""], [""], ["lake-wren"]]

    def test_the_visit_is_there_to_be_corrected(self, desk: Client) -> None:
        request = make_request()
        schedule(request, VISIT, "dana", NOW)
        page = seen(desk, request)
        assert [page.values[name] for name in FIELDS] == [["12/1/2026"], ["3\u00a0p.m."], ["port-alder"]]
        assert "Change the visit" in buttons(page)
        [told] = press(desk, request, "schedule", **ANSWERS | {"visit_time": "4 p.m."})
        assert told.replace("\u00a0", " ").startswith(
            f"success: {request.reference} has a visit: Tuesday, December 1, 2026, 4 p.m. EST, Port Alder office."
        )
        again = stored(request)
        [told] = press(desk, again, "schedule", **ANSWERS | {"visit_time": "16:00"})
        assert told.startswith(f"warning: {request.reference} has this visit already. Nothing was changed.")

    @pytest.mark.parametrize("status", [Status.DECLINED, Status.CLOSED, Status.WITHDRAWN, Status.SPAM])
    def test_what_ended_in_another_way_offers_none(self, desk: Client, status: Status) -> None:
        page = seen(desk, make_request(status=status))
        assert not {"Mark as scheduled", "Change the visit"} & set(buttons(page))

    def test_an_old_page_that_asks_for_the_status_alone_is_refused(self, desk: Client) -> None:
        request = make_request()
        response = desk.post(step_address(request, "move"), {"version": 0, "to": "scheduled"})
        assert errors(response) == ["Choose one of the steps on this page"]
        assert stored(request).status == Status.NEW


class TestWhereItIsShown:
    @pytest.fixture
    def request_with_visit(self) -> ConsultationRequest:
        request = make_request()
        schedule(request, VISIT, "dana", NOW)
        return request

    def file_row(self, desk: Client, request: ConsultationRequest) -> dict[str, str]:
        ticked = {"action": "export_as_csv", "_selected_action": [request.pk]}
        [row] = csv.DictReader(io.StringIO(desk.post(LIST, ticked).content.decode("utf-8-sig"), newline=""))
        return row

    def chip(self, desk: Client) -> str:
        [row] = [cells(row) for row in Page(desk.get(LIST, {"queue": "ended"})).all("tr")][1:]
        return row[1]

    def test_on_the_page_in_the_queue_on_paper_in_the_file_and_in_the_trail(
        self, desk: Client, request_with_visit: ConsultationRequest
    ) -> None:
        request = request_with_visit
        page = seen(desk, request)
        assert f"Status Scheduled Visit {VISIT_WORDS} Office" in page.text
        assert f"dana changed the status from New to Scheduled (visit: {VISIT_WORDS})" in page.text
        assert self.chip(desk) == f"Scheduled: {VISIT_WORDS}"
        assert f"Visit: {VISIT_WORDS}" in Page(desk.get(f"{LIST}{request.pk}/print/")).text.replace("Visit ", "Visit: ")
        row = self.file_row(desk, request)
        assert (row["Visit"], row["Office of the visit"]) == ("2026-12-01T15:00:00-05:00", "Port Alder office")

    def test_without_a_stored_time_they_say_so(self, desk: Client) -> None:
        request = make_request(status=Status.SCHEDULED)
        assert "Visit No time is stored" in seen(desk, request).text
        assert self.chip(desk) == "Scheduled: No time is stored"
        row = self.file_row(desk, request)
        assert (row["Visit"], row["Office of the visit"]) == ("No time is stored", "")

    def test_a_request_that_was_reopened_has_none(self, desk: Client, request_with_visit: ConsultationRequest) -> None:
        transition(request_with_visit, Status.CONTACTING, "dana", LATER)
        assert f"Visit {VISIT_WORDS}" not in seen(desk, request_with_visit).text
        row: dict[str, Any] = self.file_row(desk, request_with_visit)
        assert (row["Visit"], row["Office of the visit"]) == ("", "")

    def test_of_what_was_erased_nothing_is_said(self, desk: Client, request_with_visit: ConsultationRequest) -> None:
        erase(request_with_visit, "dana", NOW)
        assert self.chip(desk) == "Scheduled Erased"
