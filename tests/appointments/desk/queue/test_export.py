"""The CSV export: complete, safe in a spreadsheet, and recorded in the audit trail."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments.choices import Action, Attempt, DeclineReason, Status
from appointments.models import ConsultationRequest
from appointments.workflow import assign, join, record_attempt, transition
from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import LIST
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def export(client: Client, *requests: ConsultationRequest) -> list[dict[str, str]]:
    """Return the rows of the exported file, keyed by heading."""
    data = {"action": "export_as_csv", "_selected_action": [request.pk for request in requests]}
    response = client.post(LIST, data)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_a_row_holds_every_field_except_the_consents(desk: Client) -> None:
    request = make_request(
        email="ana@example.com",
        phone_extension="12",
        best_times=("morning",),
        interpreter="Spanish",
        access=("asl",),
        reason="visit",
        for_whom="someone_else",
        note="After 3",
        article="ketamine-basics",
        contact_way="phone",
        voicemail=True,
        others_may="know",
        office="lake-wren",
    )
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    assign(request, "dana", "dana", NOW)
    assert export(desk, request) == [
        {
            "Reference": request.reference,
            "Status": "Contacting",
            "Marks": "",
            "Received": "2026-11-23T10:00:00-05:00",
            "Reply by": "2026-11-24T17:00:00-05:00",
            "Due": request.due_at.isoformat(),
            "Who has it": "dana",
            "Last attempt": "No answer",
            "Last attempt at": "2026-11-23T10:00:00-05:00",
            "Ended": "",
            "Visit": "",
            "Office of the visit": "",
            "Calendar": "",
            "Kind of visit": "",
            "Status of the visit": "",
            "Declined because": "",
            "Joined to": "",
            "How to contact safely": "Call first, Voicemail OK, No texts",
            "If others answer": "You may say that the clinic is calling",
            "Good times": "Morning",
            "Asks for": "Someone else. Name and number are those of the person who wrote",
            "Interpreter": "Spanish",
            "Access needs": "American Sign Language interpreter",
            "Name": "Ana Torres",
            "Phone": "(727) 555-0111 ext. 12",
            "Phone as typed": "(727) 555-0111",
            "E-mail": "ana@example.com",
            "Office": "Lake Wren office",
            "About": "A question about a visit",
            "Note": "After 3",
            "Came from": "ketamine-basics",
        }
    ]


def test_safe_contact_comes_before_the_phone_number(desk: Client) -> None:
    headings = list(export(desk, make_request())[0])
    assert headings.index("How to contact safely") < headings.index("Phone")


def test_a_row_says_how_the_request_ended(desk: Client) -> None:
    declined, first, second = make_request(), make_request(), make_request()
    transition(declined, Status.DECLINED, "dana", NOW, DeclineReason.NO_ROOM)
    join(second, first, "dana", NOW)
    rows = {row["Reference"]: row for row in export(desk, declined, second)}
    assert rows[declined.reference]["Declined because"] == "No room at present"
    assert rows[declined.reference]["Ended"] == "2026-11-23T10:00:00-05:00"
    assert rows[second.reference]["Joined to"] == first.reference
    assert rows[second.reference]["Marks"] == "Joined"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\rx", "  =1", "\u00a0=1", "\n-1", "＝1", " \t text"]
)
def test_text_that_a_spreadsheet_would_run_is_quoted(desk: Client, text: str) -> None:
    assert export(desk, make_request(note=text))[0]["Note"] == f"'{text}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Ana; =1+1", "Ana; '=1+1"), (";=1+1", ";'=1+1"), (" ; -1", " ; '-1"), ("a;=;=1", "a;'=;'=1"), (";;@x", ";;'@x")],
)
def test_text_after_a_semicolon_is_quoted_for_programs_that_split_there(desk: Client, text: str, shown: str) -> None:
    assert export(desk, make_request(note=text))[0]["Note"] == shown


@pytest.mark.parametrize("text", ["Ana = Ann", "a-b", "José “Pepe”, Muñoz", "say “yes”; no=1", "one\ntwo", ""])
def test_other_text_is_exported_unchanged(desk: Client, text: str) -> None:
    assert export(desk, make_request(note=text))[0]["Note"] == text


def test_an_international_number_is_not_read_as_a_formula(desk: Client) -> None:
    assert export(desk, make_request(phone="+442079460958"))[0]["Phone"] == "'+44 20 7946 0958"


def test_the_file_is_named_by_date_never_cached_and_opens_in_a_spreadsheet(desk: Client) -> None:
    response = desk.post(LIST, {"action": "export_as_csv", "_selected_action": [make_request().pk]})
    assert response["Content-Disposition"] == 'attachment; filename="consultation-requests-2026-11-23.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert response.content.startswith('\ufeff"Reference"'.encode())


def test_the_audit_trail_names_who_exported(desk: Client) -> None:
    exported, other = make_request(), make_request()
    export(desk, exported)
    event = exported.audit_events.get(action=Action.EXPORTED)
    assert (event.actor, event.at) == ("front-desk", NOW)
    assert not other.audit_events.filter(action=Action.EXPORTED).exists()


def test_the_number_of_queries_is_constant(desk: Client, django_assert_num_queries: Any) -> None:
    first = make_request()
    joined = [make_request() for _ in range(10)]
    for duplicate in joined:
        join(duplicate, first, "dana", NOW)
    export(desk, first)
    with CaptureQueriesContext(connection) as few:
        export(desk, joined[0])
    with django_assert_num_queries(len(few)):
        export(desk, *joined)


@pytest.mark.parametrize(("who", "status"), [("editor", 403), ("patient", 302), ("stranger", 302)])
def test_only_the_front_desk_exports(sign_in: Cast, who: str, status: int) -> None:
    request = make_request()
    data = {"action": "export_as_csv", "_selected_action": [request.pk]}
    assert sign_in(who).post(LIST, data).status_code == status
    assert not request.audit_events.filter(action=Action.EXPORTED).exists()
