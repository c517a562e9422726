"""The day sheet and the week: which visits, in what order, for whom, and who is recorded."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments import booking
from appointments.choices import Action, VisitStatus
from appointments.models import ConsultationRequest, Visit
from appointments.visits.free_times import dated_slot
from tests.appointments.builders import NOW, VISIT, make_request
from tests.appointments.pages import LIST, Page
from tests.appointments.visits.slots import desk_slot
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY, WEEK = f"{LIST}day/", f"{LIST}week/"
TUESDAY = {"date": "2026-12-01"}
HOUR = dt.timedelta(hours=1)


def booked(at: dt.datetime = VISIT.at, calendar: str = "alder-first", **answers: Any) -> ConsultationRequest:
    request = make_request(**answers)
    booking.book(request, desk_slot(at, calendar=calendar), "dana", NOW)
    return request


def text_of(client: Client, path: str, **query: str) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return Page(response).text


class TestDaySheet:
    def test_a_visit_is_printed_with_all_that_the_desk_needs(self, desk: Client) -> None:
        request = booked(interpreter="Spanish", access=("asl",), voicemail=True, others_may="know")
        text = text_of(desk, DAY, **TUESDAY)
        assert "Tuesday, December 1, 2026 All offices and calendars Port Alder office, First visits" in text
        assert (
            "3 p.m. to 4 p.m.: Ana Torres Status Booked Kind First consultation in the office "
            "Contact safely Voicemail OK, No texts If others answer You may say that the clinic is calling "
            "Phone (727) 555-0111 Needs Interpreter: Spanish. American Sign Language interpreter "
            f"Reference {request.reference}" in text
        )
        assert "Printed on Monday, November 23, 10 a.m. by front-desk." in text

    def test_a_visit_without_calendar_needs_and_phone_says_so(self, desk: Client) -> None:
        request = make_request(phone="", phone_typed="", email="ana@example.com")
        booking.book(request, dated_slot("lake-wren", VISIT.at - 2 * HOUR), "dana", NOW)
        text = text_of(desk, DAY, **TUESDAY)
        assert "Lake Wren office, No calendar 1 p.m.: Ana Torres Status Booked Kind Kind not said" in text
        assert "If others answer Nobody is called Phone None Needs None" in text

    def test_visits_are_in_the_order_of_calendar_and_time(self, desk: Client) -> None:
        booked(name="Third")
        booked(VISIT.at - 2 * HOUR, name="Second", phone="+17275550112")
        booked(VISIT.at - 6 * HOUR, "wren-room", name="First", phone="+17275550113")
        text = text_of(desk, DAY, **TUESDAY)
        assert text.index(": First") < text.rindex("Port Alder office, First visits") < text.index(": Second")
        assert text.index(": Second") < text.index(": Third")

    def test_other_days_cancelled_visits_and_offers_are_left_out(self, desk: Client) -> None:
        booked(VISIT.at + 24 * HOUR)
        booking.cancel(booked(), "dana", NOW)
        booking.offer(make_request(), [dated_slot("lake-wren", VISIT.at - 2 * HOUR)], "dana", NOW)
        assert "No visits." in text_of(desk, DAY, **TUESDAY)

    @pytest.mark.parametrize("status", ["pending", "arrived", "fulfilled", "noshow"])
    def test_every_other_status_is_printed(self, desk: Client, status: str) -> None:
        booked()
        Visit.objects.update(status=status)
        assert f"Status {VisitStatus(status).label}" in text_of(desk, DAY, **TUESDAY)

    @pytest.mark.parametrize(
        ("where", "names"),
        [
            ("", ["Ana", "Bo"]),
            ("port-alder", ["Ana"]),
            ("port-alder/alder-first", ["Ana"]),
            ("lake-wren/wren-room", ["Bo"]),
            ("gone", ["Ana", "Bo"]),
        ],
    )
    def test_an_office_or_a_calendar_can_be_chosen(self, desk: Client, where: str, names: list[str]) -> None:
        booked(name="Ana")
        booked(VISIT.at - 6 * HOUR, "wren-room", name="Bo", phone="+17275550112")
        text = text_of(desk, DAY, where=where, **TUESDAY)
        assert [name for name in ("Ana", "Bo") if f": {name} " in text] == names

    @pytest.mark.parametrize("date", ["", "soon", "0001-01-01", "9999-12-31"])
    def test_without_a_possible_date_it_is_today(self, desk: Client, date: str) -> None:
        assert "Monday, November 23, 2026" in text_of(desk, DAY, date=date)

    def test_the_days_beside_are_linked(self, desk: Client) -> None:
        links = Page(desk.get(DAY, TUESDAY | {"where": "lake-wren"})).links
        assert links["Before"] == "?date=2026-11-30&where=lake-wren"
        assert links["After"] == "?date=2026-12-02&where=lake-wren"
        assert links["Week"] == f"{WEEK}?date=2026-12-01&where=lake-wren"

    def test_each_request_on_the_sheet_counts_as_printed(self, desk: Client) -> None:
        request, other = booked(), make_request()
        desk.get(DAY, TUESDAY)
        event = request.audit_events.get(action=Action.PRINTED)
        assert (event.actor, event.at) == ("front-desk", NOW)
        assert not other.audit_events.reads().exists()

    def test_a_stranded_visit_says_why(self, desk: Client) -> None:
        request = booked()
        Visit.objects.update(starts_at=VISIT.at + 3 * HOUR, ends_at=VISIT.at + 4 * HOUR)
        why = "The time is not within the hours of the Port Alder office, First visits"
        text = text_of(desk, DAY, **TUESDAY)
        assert f"Cannot take place {why}" in text
        assert f"1 visit at a closed time Move {request.reference}, Tuesday, December 1, 6 p.m.: {why}" in text


class TestWeek:
    def test_the_week_of_the_date_is_listed_from_monday_on(self, desk: Client) -> None:
        request = booked()
        booked(VISIT.at + 7 * 24 * HOUR, name="Bo", phone="+17275550112")
        page = Page(desk.get(WEEK, {"date": "2026-12-04"}))
        assert "Week of Monday, November 30, 2026" in page.text
        assert (
            f"Tuesday, December 1 3 p.m. to 4 p.m. {request.reference} Ana Torres First consultation in the office "
            "Booked No voicemail, No texts" in page.text
        )
        assert "Bo" not in page.text.split()
        assert page.links[request.reference] == f"{LIST}{request.pk}/change/#visit"
        assert not request.audit_events.reads().exists()  # like the queue

    def test_a_week_without_visits_says_so(self, desk: Client) -> None:
        assert "No visits." in text_of(desk, WEEK)


@pytest.mark.parametrize("path", [DAY, WEEK])
class TestBoth:
    def test_the_number_of_queries_is_constant(self, desk: Client, path: str, django_assert_num_queries: Any) -> None:
        for hour in (1, 5):
            booked(VISIT.at - hour * HOUR)
        desk.get(path, TUESDAY)
        with CaptureQueriesContext(connection) as few:
            desk.get(path, TUESDAY)
        for hour in (-1, 3):
            booked(VISIT.at - hour * HOUR)
        with django_assert_num_queries(len(few)):
            desk.get(path, TUESDAY)

    @pytest.mark.parametrize(
        ("who", "status"), [("front desk", 200), ("owner", 200), ("editor", 403), ("patient", 302), ("stranger", 302)]
    )
    def test_the_permission_to_view_requests_is_needed(self, sign_in: Cast, path: str, who: str, status: int) -> None:
        assert sign_in(who).get(path).status_code == status

    def test_prefetches_show_nothing(self, desk: Client, path: str) -> None:
        assert desk.get(path, headers={"Sec-Purpose": "prefetch"}).status_code == 403

    def test_only_get_shows_them(self, desk: Client, path: str) -> None:
        assert desk.post(path).status_code == 405


@pytest.mark.parametrize("path", [LIST, "/admin/", WEEK])
def test_stranded_visits_are_named_at_the_desk(desk: Client, sign_in: Cast, path: str) -> None:
    request = booked()
    assert "closed time" not in text_of(desk, path)
    Visit.objects.update(starts_at=VISIT.at - 5 * 24 * HOUR, ends_at=VISIT.at - 5 * 24 * HOUR + HOUR)
    page = Page(desk.get(path))
    assert "November 26, 3 p.m.: The Port Alder office is closed on that day (Thanksgiving Day)" in page.text
    assert page.links[f"Move {request.reference}"] == f"{LIST}{request.pk}/change/#visit"
    assert "closed time" not in Page(sign_in("editor").get("/admin/")).text
