"""The block “Visit” of a request's page: each step: offer, book, cancel, and what came of the visit."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments import booking
from appointments.choices import MailKind, Status, VisitStatus
from appointments.models import ConsultationRequest
from appointments.visits.free_times import Slot
from tests.appointments.builders import NOW, VISIT, make_answers, make_request, schedule, stored
from tests.appointments.desk.request.pages import address, buttons, errors, open_page, press, step_address
from tests.appointments.pages import Page, words
from tests.appointments.visits.slots import desk_slot, value_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
IN_FULL = "Tuesday, December 1, 2026, 3 p.m. EST, Port Alder office, First visits, First consultation in the office"
TAKEN = "A ticked time is no longer free: look at the times again"


def status_of(request: ConsultationRequest) -> list[str]:
    return [visit.status for visit in request.visits.order_by("starts_at", "pk")]


def picked(**answers: Any) -> ConsultationRequest:
    """Make a request whose patient picked the time of VISIT."""
    return booking.submit_with_time(make_answers(**answers), desk_slot(), NOW)


def refuse(desk: Client, request: ConsultationRequest, step: str, **data: Any) -> list[str]:
    return errors(desk.post(step_address(request, step), {"version": request.version} | data))


def plain(messages: list[str]) -> list[str]:
    return [message.replace("\u00a0", " ") for message in messages]


def days(client: Client, request: ConsultationRequest, query: str = "") -> list[str]:
    """Return the days with free times."""
    headings = (words(day).partition(": ")[0] for day in Page(client.get(f"{address(request)}{query}")).all("h4"))
    return list(dict.fromkeys(headings))


class TestOffer:
    def test_up_to_three_times_are_offered_and_a_mail_says_so(self, desk: Client) -> None:
        request = make_request(email="ana@example.com")
        times = [value_of(VISIT.at), value_of(VISIT.at + DAY)]
        [message] = plain(press(desk, request, "offer", slots=times))
        assert message.startswith(
            f"success: Until Tuesday, November 24, 5 p.m. 2 times are offered to {request.reference}. A mail to the"
        )
        assert status_of(request) == ["proposed", "proposed"]
        assert request.messages.filter(kind=MailKind.OFFERED).count() == 1

    def test_without_an_address_the_message_gives_the_times_to_tell(self, desk: Client) -> None:
        [message] = plain(press(desk, make_request(), "offer", slots=[value_of(VISIT.at)]))
        assert message.endswith(
            "tell the patient yourself. Say: “Until Tuesday, November 24, 5 p.m. you can choose from these times: "
            "Tuesday, December 1, 2026, 3 p.m. EST, Port Alder office. Please call us.”"
        )

    @pytest.mark.parametrize("ticked", [0, 4])
    def test_none_and_four_are_refused(self, desk: Client, ticked: int) -> None:
        request = make_request()
        times = [value_of(VISIT.at + number * DAY) for number in range(ticked)]
        assert refuse(desk, request, "offer", slots=times) == ["Tick one to 3 of the free times to offer"]
        assert status_of(request) == []

    def test_a_time_that_was_taken_meanwhile_is_refused_and_the_others_stay_ticked(self, desk: Client) -> None:
        request = make_request()
        booking.book(make_request(), desk_slot(), "kim", NOW)
        ticked = [value_of(VISIT.at), value_of(dt.datetime(2026, 11, 24, 13, 0, tzinfo=dt.UTC))]
        data = {"version": 0, "slots": ticked, "kind": "visit"}
        response = desk.post(step_address(request, "offer"), data)
        assert errors(response) == [TAKEN]
        assert Page(response).values["slots"] == ticked[1:]

    def test_other_times_replace_a_picked_one(self, desk: Client) -> None:
        request = picked()
        press(desk, request, "offer", slots=[value_of(VISIT.at + DAY)])
        assert status_of(request) == ["cancelled", "proposed"]


class TestBook:
    def test_a_ticked_time_is_booked(self, desk: Client) -> None:
        request = make_request()
        [message] = plain(press(desk, request, "book", slots=[value_of(VISIT.at)]))
        assert message.startswith(f"success: {request.reference} has a visit: Tuesday, December 1, 2026, 3 p.m. EST")
        visit = request.visits.get()
        assert (visit.status, visit.calendar, visit.kind) == ("booked", "alder-first", "visit")

    @pytest.mark.parametrize("ticked", [0, 2])
    def test_exactly_one_time_is_booked(self, desk: Client, ticked: int) -> None:
        times = [value_of(VISIT.at + number * DAY) for number in range(ticked)]
        assert refuse(desk, make_request(), "book", slots=times) == ["Tick the one free time to book"]

    def test_a_picked_time_is_confirmed(self, desk: Client) -> None:
        request = picked(email="ana@example.com")
        press(desk, request, "confirm")
        assert status_of(request) == ["booked"]
        assert stored(request).status == Status.SCHEDULED
        assert request.messages.filter(kind=MailKind.BOOKED).count() == 1

    def test_without_a_picked_time_nothing_is_confirmed(self, desk: Client) -> None:
        request = make_request()
        assert press(desk, request, "confirm") == [
            f"warning: {request.reference} has no picked time that waits for an answer."
        ]

    def test_a_visit_moves_by_a_quarter_of_an_hour(self, desk: Client) -> None:
        request = make_request()
        booking.book(request, desk_slot(), "dana", NOW)
        press(desk, request, "book", slots=[value_of(VISIT.at + HOUR / 4)])
        assert stored(request).visit_at == VISIT.at + HOUR / 4
        assert status_of(request) == ["booked"]

    def test_another_kind_at_the_same_time_is_a_move(self, desk: Client) -> None:
        request = make_request(email="ana@example.com")
        booking.book(request, desk_slot(), "dana", NOW)
        press(desk, request, "book", slots=[value_of(VISIT.at, "call")])
        assert request.visits.get().kind == "call"
        assert request.messages.filter(kind=MailKind.CHANGED).count() == 1


class TestTypedTime:
    ANSWERS = {"visit_date": "12/1/2026", "visit_time": "3 p.m.", "visit_office": "port-alder", "kind": "visit"}

    def test_a_time_between_the_listed_ones_is_booked_in_the_calendar(self, desk: Client) -> None:
        request = make_request()
        press(desk, request, "schedule", **self.ANSWERS | {"visit_time": "2:45 p.m."})
        visit = request.visits.get()
        assert (visit.calendar, visit.kind, visit.starts_at) == ("alder-first", "visit", VISIT.at - HOUR / 4)

    def test_the_desk_books_beyond_the_horizon_of_patients(self, desk: Client) -> None:
        request = make_request()
        press(desk, request, "schedule", **self.ANSWERS | {"visit_date": "6/1/2027"})
        assert request.visits.get().starts_at == dt.datetime(2027, 6, 1, 19, 0, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"visit_time": "3:10 p.m."}, "In a calendar visits begin every 15 minutes: enter a time like 3:15 p.m."),
            (
                {"visit_time": "4:30 p.m."},
                "That time is not free in a calendar of this office, or its hours are too short: enter another time",
            ),
            (
                {"visit_office": "lake-wren", "kind": "call", "visit_time": "11 a.m."},
                "This office has no calendar for that kind of visit: choose another office or kind",
            ),
        ],
    )
    def test_a_time_that_no_calendar_has_is_refused(self, desk: Client, typed: dict[str, str], sentence: str) -> None:
        assert refuse(desk, make_request(), "schedule", **self.ANSWERS | typed) == [sentence]

    def test_a_taken_time_is_refused(self, desk: Client) -> None:
        booking.book(make_request(), desk_slot(), "kim", NOW)
        [sentence] = refuse(desk, make_request(), "schedule", **self.ANSWERS)
        assert sentence.startswith("That time is not free")

    def test_the_step_is_refused_with_the_time_if_it_is_taken_meanwhile(
        self, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        booking.book(make_request(), desk_slot(), "kim", NOW)
        found = Slot("port-alder", "alder-first", "visit", VISIT.at, VISIT.at + HOUR)
        monkeypatch.setattr("appointments.desk.request.step_forms.find_slot", lambda *args, **kwargs: found)
        [message] = plain(press(desk, make_request(), "book", slots=[value_of(VISIT.at)]))
        assert message == (
            "warning: That time is no longer free. Choose another one. "
            "You entered: Tuesday, December 1, 2026, 3 p.m. EST, Port Alder office."
        )


class TestCancel:
    def test_a_visit_is_cancelled_with_its_reason(self, desk: Client) -> None:
        request = make_request()
        booking.book(request, desk_slot(), "dana", NOW)
        [message] = plain(press(desk, request, "cancel", cancelled_because="clinic"))
        at = "on Tuesday, December 1, 2026, 3 p.m. EST"
        assert message == (
            f"success: The visit of {request.reference} {at} is cancelled: the clinic cannot keep the time. "
            "The request waits again. There is no e-mail address: tell the patient yourself. "
            f"Say: “Your appointment {at} is cancelled. By Tuesday, November 24, 5 p.m. you hear from us.”"
        )
        assert (stored(request).status, status_of(request)) == (Status.CONTACTING, ["cancelled"])

    def test_a_reason_is_needed(self, desk: Client) -> None:
        request = make_request()
        booking.book(request, desk_slot(), "dana", NOW)
        assert refuse(desk, request, "cancel") == ["Choose why the visit is cancelled"]

    def test_without_a_visit_nothing_is_cancelled(self, desk: Client) -> None:
        request = make_request()
        assert press(desk, request, "cancel", cancelled_because="clinic") == [
            f"warning: {request.reference} has no visit that could be cancelled."
        ]


class TestOutcome:
    @pytest.fixture
    def treated(self, clock: time_machine.Traveller) -> ConsultationRequest:
        """A request whose visit is today."""
        request = make_request()
        booking.book(request, desk_slot(NOW + HOUR), "dana", NOW)
        return request

    @pytest.mark.parametrize("result", ["arrived", "fulfilled", "noshow"])
    def test_what_came_of_a_visit_is_recorded_on_its_day(
        self, desk: Client, treated: ConsultationRequest, result: str
    ) -> None:
        assert {"Arrived", "Done", "Did not come"} <= set(buttons(open_page(desk, treated)))
        label = VisitStatus(result).label.lower()
        assert press(desk, treated, "outcome", visit_status=result) == [
            f"success: The visit of {treated.reference}: {label}."
        ]
        assert status_of(treated) == [result]

    def test_an_outcome_can_be_corrected(self, desk: Client, treated: ConsultationRequest) -> None:
        press(desk, treated, "outcome", visit_status="noshow")
        again = stored(treated)
        assert "Did not come" not in buttons(open_page(desk, again))
        press(desk, again, "outcome", visit_status="fulfilled")
        assert status_of(treated) == ["fulfilled"]

    def test_after_a_visit_that_was_missed_another_is_booked(self, desk: Client, treated: ConsultationRequest) -> None:
        press(desk, treated, "outcome", visit_status="noshow")
        press(desk, stored(treated), "book", slots=[value_of(VISIT.at)])
        assert status_of(treated) == ["noshow", "booked"]
        assert f"Booked: {IN_FULL}" in open_page(desk, treated).text

    def test_an_outcome_needs_a_visit_and_its_day(self, desk: Client) -> None:
        request = make_request()
        assert press(desk, request, "outcome", visit_status="noshow") == [f"warning: {request.reference} has no visit."]
        schedule(request, VISIT, "dana", NOW)
        assert press(desk, request, "outcome", visit_status="noshow") == [
            f"warning: The visit of {request.reference} is not today: say what came of it on its day."
        ]

    def test_another_status_is_refused(self, desk: Client, treated: ConsultationRequest) -> None:
        assert refuse(desk, treated, "outcome", visit_status="booked") == ["Choose one of the steps on this page"]
