"""The content of a request's page."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments import scripts
from appointments.choices import Attempt, DeclineReason, Status
from appointments.models import ConsultationRequest
from appointments.policies.office_fit import gaps_in_words
from appointments.workflow import assign, erase, join, note, record_attempt, transition, undo
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import LATER, NOW, make_request
from tests.appointments.desk.request.pages import buttons, open_page
from tests.appointments.pages import cells
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MONDAY_10 = "Monday, November 23, 10 a.m."


class TestTop:
    def test_it_shows_status_office_waiting_time_and_assignee(self, desk: Client) -> None:
        request = make_request(now=NOW - dt.timedelta(days=5), office="lake-wren")
        assign(request, "dana", "dana", NOW)
        text = open_page(desk, request).text
        for phrase in ("Status New", "Lake Wren office", "Waiting 5 days", "Due Overdue: Thursday", "hands of dana"):
            assert phrase in text

    def test_an_ended_request_has_no_due_time(self, desk: Client) -> None:
        request = make_request()
        transition(request, Status.DECLINED, "dana", NOW, DeclineReason.NO_ROOM)
        text = open_page(desk, request).text
        assert (
            f"Status Declined: no room at present Office No preference Received {MONDAY_10} Ended {MONDAY_10}" in text
        )

    def test_banners_come_first(self, desk: Client) -> None:
        older, newer = make_request(), make_request(now=LATER, note="I want to die")
        join(newer, older, "dana", NOW)
        page = open_page(desk, newer)
        assert page.text.index("Urgent: This note has words of a crisis.") < page.text.index("Before you make contact")
        assert page.links[older.reference] == f"/admin/appointments/consultationrequest/{older.pk}/change/"


class TestContact:
    def test_safe_contact_comes_before_the_phone_number(self, desk: Client) -> None:
        text = open_page(desk, make_request(contact_way="email", email="ana@example.com")).text
        assert "E-mail first ✓ Calls: Allowed ✗ Voicemail: Do not leave a message ✗ Texts: Do not text" in text
        assert text.index("Do not leave a message") < text.index("(727) 555-0111")

    def test_a_callable_number_is_a_link(self, desk: Client) -> None:
        page = open_page(desk, make_request(phone_extension="12"))
        assert page.links["(727) 555-0111 ext. 12"] == "tel:+17275550111;ext=12"
        assert open_page(desk, make_request()).links["(727) 555-0111"] == "tel:+17275550111"

    def test_a_number_that_may_not_be_called_is_no_link(self, desk: Client) -> None:
        page = open_page(desk, make_request(contact_way="no_calls", email="ana@example.com"))
        assert "Phone number (727) 555-0111 Do not call E-mail" in page.text
        assert not any(link.startswith("tel:") for link in page.links.values())

    def test_a_wrong_number_is_marked_and_no_link(self, desk: Client) -> None:
        request = make_request(email="ana@example.com")
        record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW)
        page = open_page(desk, request)
        assert "Phone number (727) 555-0111 Wrong number: do not call it again" in page.text
        assert not any(link.startswith("tel:") for link in page.links.values())

    def test_outside_calling_hours_the_number_is_no_link(self, sign_in: Cast, clock: time_machine.Traveller) -> None:
        request = make_request()
        clock.move_to(NOW + dt.timedelta(hours=11, minutes=30))
        page = open_page(sign_in("front desk"), request)
        assert "It is 9:30 p.m. at the clinic. Do not call now: calls are allowed from 8 a.m. to 9 p.m." in page.text
        assert "Phone number (727) 555-0111 Do not call now" in page.text
        assert not any(link.startswith("tel:") for link in page.links.values())

    @pytest.mark.parametrize(("typed", "shown"), [("727.555.0111", True), ("(727) 555-0111", False)])
    def test_the_number_as_typed_is_shown_if_it_differs(self, desk: Client, typed: str, shown: bool) -> None:
        assert (f"As typed {typed}" in open_page(desk, make_request(phone_typed=typed)).text) == shown

    def test_a_mailto_link_holds_only_the_escaped_address(self, desk: Client) -> None:
        page = open_page(desk, make_request(email="a?bcc=x@b.example"))
        assert page.links["a?bcc=x@b.example"] == "mailto:a%3Fbcc%3Dx@b.example"

    def test_services_the_office_lacks_are_shown(self, desk: Client) -> None:
        text = open_page(desk, make_request(office="lake-wren", access=("step_free",))).text
        [gap] = gaps_in_words(get_clinic(), "lake-wren", "", ["step_free"])
        assert f"! {gap}" in text

    def test_missing_answers_are_shown_as_such(self, desk: Client) -> None:
        text = open_page(desk, make_request(phone="", phone_typed="", email="a@b.example")).text
        assert "Calls: No phone number" in text
        assert "Phone number None" in text
        assert "Asks for Not said" in text


class TestAttempts:
    def test_only_permitted_ways_of_contact_are_offered(self, desk: Client) -> None:
        offered = buttons(open_page(desk, make_request()))
        assert offered[:3] == ["No answer", "Wrong number", "Reached"]
        other: dict[str, Any] = {"name": "Bo Li", "phone": "+17275550199"}
        assert "Left a voicemail" in buttons(open_page(desk, make_request(voicemail=True, **other)))

    def test_past_attempts_and_the_next_try_are_shown(self, desk: Client) -> None:
        request = make_request(voicemail=True)
        assert "Not tried yet." in open_page(desk, request).text
        record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        record_attempt(request, Attempt.VOICEMAIL, "kim", LATER)
        undo(request, "kim", LATER)
        text = open_page(desk, request).text
        assert f"No answer dana, {MONDAY_10} Left a voicemail (undone) kim, Monday, November 23, 11 a.m." in text
        assert "Next try Monday, November 23, noon to 5 p.m." in text

    def test_an_ended_request_offers_no_attempt(self, desk: Client) -> None:
        page = open_page(desk, make_request(status=Status.CLOSED))
        assert "Reached" not in buttons(page)
        assert "Next step due" not in page.text


class TestSteps:
    @pytest.mark.parametrize(
        ("status", "offered"),
        [
            (
                Status.NEW,
                ["Start contacting", "Book now", "Book this time", "Withdrawn by the patient", "Close", "Mark as spam"],
            ),
            (Status.CONTACTING, ["Back to new", "Offer"]),
            (Status.CLOSED, ["Reopen as new", "Reopen as contacting"]),
        ],
    )
    def test_the_possible_steps_are_offered(self, desk: Client, status: Status, offered: list[str]) -> None:
        found = buttons(open_page(desk, make_request(status=status)))
        assert set(offered) <= set(found)
        assert ("Decline" in found) == (status != Status.CLOSED)

    def test_assignment_is_offered(self, desk: Client) -> None:
        request = make_request()
        assert {"Assign to me", "Give to colleague"} <= set(buttons(open_page(desk, request)))
        assert "Give to nobody" not in buttons(open_page(desk, request))
        assign(request, "front-desk", "dana", NOW)
        assert "Give to nobody" in buttons(open_page(desk, request))
        assert "Assign to me" not in buttons(open_page(desk, request))

    def test_the_step_to_undo_is_named(self, desk: Client) -> None:
        request = make_request()
        assert "Undo this step" not in buttons(open_page(desk, request))
        assign(request, "dana", "kim", NOW)
        page = open_page(desk, request)
        assert f"Last step kim gave the request to dana {MONDAY_10}" in page.text
        assert "Undo this step" in buttons(page)

    def test_an_erased_request_offers_no_step(self, desk: Client) -> None:
        request = make_request()
        erase(request, "dana", NOW)
        assert buttons(open_page(desk, request)) == []


def test_notes_are_shown_with_author_and_time(desk: Client) -> None:
    request = make_request()
    note(request, "Ask for <b>Ana</b>.", "dana", NOW)
    assert f"Ask for <b>Ana</b>. dana, {MONDAY_10}" in open_page(desk, request).text


class TestDuplicates:
    def test_duplicates_are_compared_side_by_side(self, desk: Client) -> None:
        contact: dict[str, Any] = {"contact_way": "no_calls", "note": "After 3"}
        request, other = make_request(email="ana@example.com"), make_request(now=LATER, name="A. Torres", **contact)
        page = open_page(desk, request)
        table = next(page.all("table"))
        rows = {row[0]: row[1:] for row in map(cells, table.iter("tr"))}
        assert rows["This request"] == [other.reference]
        assert rows["Looks alike"] == ["Same phone number"]
        assert rows["Name"] == ["Ana Torres", "A. Torres"]
        assert rows["E-mail"] == ["ana@example.com", "None"]
        assert rows["Office"] == ["No preference", "No preference"]
        assert rows["Contact safely"] == ["No voicemail, No texts", "Do not call, No voicemail, No texts"]
        assert rows["Note"] == ["None", "After 3"]
        join = f"Join {other.reference} to {request.reference}"
        assert rows["Join"] == [f"{join} Save and next ({join})"]

    def test_joining_an_ended_request_is_not_offered(self, desk: Client) -> None:
        make_request(now=LATER, status=Status.CLOSED)
        page = open_page(desk, make_request())
        assert "Not possible: one of the two has ended" in page.text
        assert not any(button.startswith("Join ") for button in buttons(page))

    def test_a_request_without_duplicates_shows_no_comparison(self, desk: Client) -> None:
        assert "Possible duplicates" not in open_page(desk, make_request()).text


def test_every_answer_of_the_patient_is_shown(desk: Client) -> None:
    answers: dict[str, Any] = {
        "email": "ana@example.com", "phone_extension": "12", "best_times": ("morning",), "interpreter": "Spanish",
        "access": ("asl",), "access_note": "Low light", "reason": "visit", "for_whom": "someone_else",
        "note": "After 3", "article": "ketamine-basics",
    }  # fmt: skip
    text = open_page(desk, make_request(**answers)).text
    shown = [
        "Ana Torres", "(727) 555-0111 ext. 12", "ana@example.com", "Morning", "Spanish", "Low light", "After 3",
        "American Sign Language interpreter", "A question about a visit", "Someone else", "ketamine-basics",
        f"“I am 18 or older, and this is not an emergency.” (version 1, {MONDAY_10})",
        f"“Call me about my request” (version 2, {MONDAY_10}, for (727) 555-0111)",
    ]  # fmt: skip
    assert [value for value in shown if value not in text] == []


@pytest.mark.parametrize(("voicemail", "shown"), [(True, True), (False, False)])
def test_the_words_for_a_voicemail_are_shown_only_if_one_may_be_left(
    desk: Client, voicemail: bool, shown: bool
) -> None:
    words = scripts.voicemail(get_clinic(), "lake-wren")
    assert "(727) 555-0178" in words
    assert (words in open_page(desk, make_request(voicemail=voicemail, office="lake-wren")).text) is shown


@pytest.mark.parametrize("field", ["name", "phone_typed", "interpreter", "access_note", "note", "article"])
def test_patient_input_is_escaped(desk: Client, field: str) -> None:
    attack: dict[str, Any] = {field: "<script>alert('x')</script>"}
    request: ConsultationRequest = make_request(**attack)
    assert "<script>alert('x')</script>" in open_page(desk, request).text


def test_the_history_is_worded_for_people(desk: Client) -> None:
    request = make_request()
    transition(request, Status.CONTACTING, "dana", NOW)
    open_page(desk, request)
    happened, read = list(open_page(desk, request).all("table"))[-2:]
    assert [cells(row) for row in happened.iter("tr")] == [
        ["When", "What"],
        [MONDAY_10, "The patient sent the request; status New"],
        [MONDAY_10, "dana changed the status from New to Contacting"],
    ]
    assert [cells(row) for row in read.iter("tr")] == [
        ["Who", "What", "How often", "Last"],
        ["front-desk", "Opened", "1", MONDAY_10],
    ]
