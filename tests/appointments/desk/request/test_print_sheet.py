"""The content of a request's print sheet; tests/browser/test_print_sheet.py prints it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments.choices import Action, Attempt, DeclineReason, Status
from appointments.models import ConsultationRequest
from appointments.workflow import assign, erase, join, note, record_attempt, transition, undo
from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import LIST, Page
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def sheet(request: ConsultationRequest) -> str:
    return f"{LIST}{request.pk}/print/"


def printed(client: Client, request: ConsultationRequest) -> str:
    response = client.get(sheet(request))
    assert response.status_code == 200
    return Page(response).text


def test_every_answer_is_printed(desk: Client) -> None:
    request = make_request(
        email="ana@example.com",
        phone_extension="12",
        best_times=("morning",),
        interpreter="Spanish",
        access=("asl",),
        access_note="Low light",
        reason="visit",
        for_whom="someone_else",
        note="After 3",
        article="ketamine-basics",
        office="lake-wren",
    )
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    assign(request, "dana", "dana", NOW)
    note(request, "Speaks slowly", "dana", NOW)
    text = printed(desk, request)
    shown = [
        request.reference, "Ana Torres", "(727) 555-0111 ext. 12", "ana@example.com", "Morning", "Spanish", "Low light",
        "American Sign Language interpreter", "A question about a visit", "Someone else", "After 3", "ketamine-basics",
        "Lake Wren office", "Status Contacting", "Who has it dana", "Waiting Less than a minute",
        "Received Monday, November 23, 10 a.m.", "Promised by Tuesday, November 24, 5 p.m.",
        "Monday, November 23, 10 a.m.: dana tried to reach the patient: no answer",
        "Monday, November 23, 10 a.m., dana: Speaks slowly",
        "“I am 18 or older, and this is not an emergency.” (adult_no_emergency, version 1, Monday, November 23, 10",
        "(calls, version 2, Monday, November 23, 10 a.m., for (727) 555-0111)",
        "Printed on Monday, November 23, 10 a.m. by front-desk.", "Written by hand",
    ]  # fmt: skip
    assert [value for value in shown if value not in text] == []


def test_safe_contact_comes_first(desk: Client) -> None:
    text = printed(desk, make_request(contact_way="email", email="ana@example.com"))
    positions = [text.index(value) for value in ("E-mail first, No voicemail", "Ana Torres", "(727) 555-0111")]
    assert positions == sorted(positions)


def test_missing_answers_are_printed_as_such(desk: Client) -> None:
    text = printed(desk, make_request(email="ana@example.com", phone="", phone_typed=""))
    shown = ["No phone number", "Phone Not given", "Interpreter Not given", "Not tried yet.", "Notes None.", "Nobody"]
    assert [value for value in shown if value not in text] == []


def test_undone_attempts_are_left_out(desk: Client) -> None:
    request = make_request()
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    undo(request, "dana", NOW)
    assert "Not tried yet." in printed(desk, request)


def test_the_sheet_says_how_a_request_ended(desk: Client) -> None:
    declined, first, second = make_request(), make_request(), make_request()
    transition(declined, Status.DECLINED, "dana", NOW, DeclineReason.NO_ROOM)
    join(second, first, "dana", NOW)
    text = printed(desk, declined)
    assert "Declined because No room at present" in text
    assert "Ended Monday, November 23, 10 a.m." in text
    assert f"Joined to {first.reference}" in printed(desk, second)


def test_an_erased_request_says_when_it_was_erased(desk: Client) -> None:
    request = make_request()
    erase(request, "dana", NOW)
    text = printed(desk, request)
    assert "Erased Monday, November 23, 10 a.m." in text
    assert "Nothing is kept." in text
    assert "Ana" not in text


@pytest.mark.parametrize("field", ["name", "phone_typed", "interpreter", "access_note", "note", "article"])
def test_patient_input_is_escaped(desk: Client, field: str) -> None:
    attack: dict[str, Any] = {field: "<script>alert('x')</script>"}
    assert "<script" not in desk.get(sheet(make_request(**attack))).content.decode()


def test_the_audit_trail_names_who_printed(desk: Client) -> None:
    request = make_request()
    desk.get(sheet(request))
    event = request.audit_events.get(action=Action.PRINTED)
    assert (event.actor, event.at) == ("front-desk", NOW)


@pytest.mark.parametrize("method", ["head", "post"])
def test_only_get_prints(desk: Client, method: str) -> None:
    request = make_request()
    assert getattr(desk, method)(sheet(request)).status_code == 405
    assert not request.audit_events.filter(action=Action.PRINTED).exists()


def test_ticked_requests_are_printed_one_sheet_each(desk: Client) -> None:
    requests = [make_request() for _ in range(3)]
    data = {"action": "print_sheets", "_selected_action": [request.pk for request in requests]}
    page = Page(desk.post(LIST, data))
    assert page.title == "3 requests | Clinic desk"
    assert len(list(page.all("article"))) == 3
    assert all(request.audit_events.filter(action=Action.PRINTED).exists() for request in requests)


def test_the_number_of_queries_is_constant(desk: Client, django_assert_num_queries: Any) -> None:
    request = make_request()
    desk.get(sheet(request))
    with CaptureQueriesContext(connection) as few:
        desk.get(sheet(request))
    for _ in range(10):
        note(request, "Again", "dana", NOW)
        record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    with django_assert_num_queries(len(few)):
        desk.get(sheet(request))


def test_an_unknown_request_is_not_found(desk: Client) -> None:
    assert desk.get(f"{LIST}4711/print/").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("front desk", 200), ("owner", 200), ("editor", 403), ("patient", 302), ("stranger", 302)]
)
def test_printing_requires_the_permission_to_view(sign_in: Cast, who: str, status: int) -> None:
    assert sign_in(who).get(sheet(make_request())).status_code == status


@pytest.mark.parametrize("header", [{"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Site": "cross-site"}])
def test_prefetches_and_cross_site_requests_print_nothing(desk: Client, header: dict[str, str]) -> None:
    request = make_request()
    assert desk.get(sheet(request), headers=header).status_code == 403
    assert not request.audit_events.reads().exists()
