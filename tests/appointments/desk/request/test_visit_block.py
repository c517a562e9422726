"""The block “Visit” of a request's page: the visit with its status, and the free times that fit."""

import csv
import dataclasses
import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments import booking
from appointments.choices import Status
from appointments.models import ConsultationRequest, Visit
from appointments.visits.free_times import dated_slot
from clinic_site import clinic_yaml
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, VISIT, make_answers, make_request
from tests.appointments.desk.request.pages import address, buttons, open_page, press
from tests.appointments.pages import LIST, Page, words
from tests.appointments.visits.slots import desk_slot, value_of
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
IN_FULL = "Tuesday, December 1, 2026, 3 p.m. EST, Port Alder office, First visits, First consultation in the office"
CALLS = "Tuesday, December 1, 2026, 3 p.m. EST, Port Alder office, First visits, First consultation by phone"


def picked(**answers: Any) -> ConsultationRequest:
    """Make a request whose patient picked the time of VISIT."""
    return booking.submit_with_time(make_answers(**answers), desk_slot(), NOW)


def summaries(client: Client, request: ConsultationRequest, query: str = "") -> list[str]:
    """Return the labels of what the page folds."""
    return [words(label) for label in Page(client.get(f"{address(request)}{query}")).all("summary")]


def listed(client: Client, request: ConsultationRequest, query: str = "") -> list[str]:
    """Return the labels of the free times that the page lists, each with the office and calendar of its group."""
    page = Page(client.get(f"{address(request)}{query}"))
    places = {heading.get("id"): words(heading).partition(": ")[2] for heading in page.all("h4")}
    groups = [group for group in page.all("ul") if group.get("aria-labelledby") in places]
    return [
        f"{words(label)}, {places[group.get('aria-labelledby')]}" for group in groups for label in group.iter("label")
    ]


def days(client: Client, request: ConsultationRequest, query: str = "") -> list[str]:
    """Return the days with free times."""
    headings = (words(day).partition(": ")[0] for day in Page(client.get(f"{address(request)}{query}")).all("h4"))
    return list(dict.fromkeys(headings))


class TestState:
    def test_a_request_without_a_visit_says_so(self, desk: Client) -> None:
        assert "Visit None yet." in open_page(desk, make_request()).text

    def test_a_scheduled_request_without_a_time_says_so(self, desk: Client) -> None:
        assert "Visit No time is stored. " in open_page(desk, make_request(status=Status.SCHEDULED)).text

    def test_a_picked_time_waits_for_the_desk(self, desk: Client) -> None:
        page = open_page(desk, picked())
        assert f"Picked by the patient: {IN_FULL}" in page.text
        assert {"Confirm", "Offer others"} <= set(buttons(page))

    def test_offers_are_listed_in_the_order_of_time(self, desk: Client) -> None:
        request = make_request()
        booking.offer(request, [desk_slot(VISIT.at + DAY), desk_slot()], "dana", NOW)
        text = open_page(desk, request).text
        assert f"Offered until Tuesday, November 24, 5 p.m.: {IN_FULL} Wednesday, December 2" in text

    def test_offers_that_ran_out_are_said_to_be_free(self, sign_in: Cast, clock: time_machine.Traveller) -> None:
        request = make_request()
        booking.offer(request, [desk_slot()], "dana", NOW)
        clock.move_to(NOW + 2 * DAY)
        desk = sign_in("front desk")
        assert "Visit The times that were offered are not held any more." in open_page(desk, request).text
        booking.lapse_offers(request, NOW + 2 * DAY)
        assert "Visit The times that were offered are not held any more." in open_page(desk, request).text

    def test_an_earlier_time_that_was_not_taken_leaves_the_booked_visit(
        self, sign_in: Cast, clock: time_machine.Traveller
    ) -> None:
        request = make_request()
        booking.book(request, desk_slot(), "dana", NOW)
        booking.offer_earlier(request, desk_slot(VISIT.at - DAY), NOW + HOUR, NOW)
        booking.lapse_offers(request, NOW + 2 * HOUR)
        clock.move_to(VISIT.at)
        page = open_page(sign_in("front desk"), request)
        assert f"Booked: {IN_FULL}" in page.text
        assert "Arrived" in buttons(page)

    def test_a_booked_visit_can_be_moved_and_cancelled(self, desk: Client) -> None:
        request = make_request()
        booking.book(request, desk_slot(kind="call"), "dana", NOW)
        page = open_page(desk, request)
        assert f"Booked: {CALLS}" in page.text
        assert {"Move", "Move to this time", "Cancel the visit"} <= set(buttons(page))
        assert not {"Offer", "Confirm", "Arrived"} & set(buttons(page))

    def test_the_times_of_a_booked_visit_are_folded_until_somebody_chooses(self, desk: Client) -> None:
        request = make_request(email="ana@example.com")
        booking.book(request, desk_slot(kind="call"), "dana", NOW)
        assert "Move to another time" in summaries(desk, request)
        assert "Move to another time" not in summaries(desk, request, "?kind=visit")
        booking.want_earlier(request, wanted=True, now=NOW)
        assert "Move to another time" not in summaries(desk, request)

    def test_a_patient_who_waits_for_an_earlier_time_is_marked(self, desk: Client) -> None:
        request = make_request(email="ana@example.com")
        booking.book(request, desk_slot(), "dana", NOW)
        booking.want_earlier(request, wanted=True, now=NOW)
        assert "Waits for an earlier time since Monday, November 23, 10 a.m." in open_page(desk, request).text

    def test_a_stranded_visit_says_why(self, desk: Client) -> None:
        request = make_request()
        booking.book(request, desk_slot(), "dana", NOW)
        Visit.objects.update(starts_at=VISIT.at + 3 * HOUR, ends_at=VISIT.at + 4 * HOUR)
        assert (
            "! The time is not within the hours of the Port Alder office, First visits: move it."
            in open_page(desk, request).text
        )

    def test_an_ended_request_offers_no_times(self, desk: Client) -> None:
        assert "Free times" not in open_page(desk, make_request(status=Status.CLOSED)).text


class TestFreeTimes:
    def test_the_first_days_are_listed_and_later_ones_linked(self, desk: Client) -> None:
        request = make_request()
        assert days(desk, request, "?kind=visit") == [
            "Monday, November 23", "Tuesday, November 24", "Wednesday, November 25", "Friday, November 27",
        ]  # fmt: skip
        link = Page(desk.get(f"{address(request)}?kind=visit")).links["Later times"]
        assert link == "?kind=visit&at=&since=2026-11-30#visit"
        assert days(desk, request, link.partition("#")[0])[0] == "Monday, November 30"

    def test_without_later_times_there_is_no_link(self, desk: Client) -> None:
        page = Page(desk.get(f"{address(make_request())}?since=2027-11-30"))
        assert "No time is free." in page.text
        assert "Later times" not in page.links
        assert page.links["First times"] == "?kind=call&at=#visit"

    def test_an_odd_address_shows_the_first_kind_and_day(self, desk: Client) -> None:
        request = make_request()
        odd = listed(desk, request, "?kind=gone&at=gone&since=soon")
        assert odd == listed(desk, request, "?kind=call")
        assert odd[0] == "10 a.m., Port Alder office, First visits"

    def test_the_first_kind_that_the_office_has_is_shown(self, desk: Client) -> None:
        assert listed(desk, make_request(office="lake-wren"))[0].endswith("Lake Wren office, Room 1")
        assert open_page(desk, make_request(office="lake-wren")).values["kind"] == ["visit", "visit"]

    def test_the_kind_of_the_visit_is_shown_so_that_a_move_does_not_change_it(self, desk: Client) -> None:
        assert open_page(desk, picked()).values["kind"] == ["visit", "visit"]

    def test_the_wished_office_counts(self, desk: Client) -> None:
        found = listed(desk, make_request(office="lake-wren"), "?kind=visit")
        assert {label.partition(", ")[2] for label in found} == {"Lake Wren office, Room 1"}

    def test_without_a_wish_only_offices_that_fit_are_listed(self, desk: Client) -> None:
        both = {label.partition(", ")[2] for label in listed(desk, make_request(), "?kind=visit&since=2026-11-24")}
        assert both == {"Port Alder office, First visits", "Lake Wren office, Room 1"}
        fitting = listed(desk, make_request(access=("step_free",)), "?kind=visit&since=2026-11-24")
        assert {label.partition(", ")[2] for label in fitting} == {"Port Alder office, First visits"}

    def test_if_no_office_fits_all_are_listed_with_what_they_lack(self, desk: Client) -> None:
        request = make_request(interpreter="Polish")
        text = open_page(desk, request).text
        assert "The Port Alder office does not offer: Polish interpreter. No other office does." in text
        assert "The Lake Wren office does not offer: Polish interpreter. No other office does." in text

    def test_another_office_can_be_chosen(self, desk: Client) -> None:
        request = make_request(access=("step_free",))
        page = Page(desk.get(f"{address(request)}?kind=visit&at=lake-wren"))
        assert "! The Lake Wren office does not offer: Step-free access. The Port Alder office does." in page.text
        assert page.values["at"] == ["lake-wren", "lake-wren"]  # the choice, and what a step takes along

    def test_good_times_are_marked(self, desk: Client) -> None:
        found = listed(desk, make_request(best_times=("morning",)), "?kind=visit&since=2026-12-02")
        assert found[:4] == [
            "8 a.m. good time, Port Alder office, First visits",
            "9:15 a.m. good time, Port Alder office, First visits",
            "10:30 a.m. good time, Port Alder office, First visits",
            "11:45 a.m., Port Alder office, First visits",
        ]

    def test_own_offers_are_free_for_the_request_alone(self, desk: Client) -> None:
        request, other = make_request(), make_request(name="Bo Li", phone="+17275550112", office="port-alder")
        afternoon = VISIT.at - 3 * HOUR / 4
        booking.offer(request, [desk_slot(afternoon)], "dana", NOW)
        query, label = "?kind=visit&since=2026-12-01&at=port-alder", "2:15 p.m., Port Alder office, First visits"
        assert label in listed(desk, request, query)
        assert label not in listed(desk, other, query)[:7]
        assert press(desk, request, "book", slots=[value_of(afternoon)])[0].startswith("success")

    def test_a_clinic_without_kinds_of_visit_takes_dates_alone(self, desk: Client) -> None:
        bare = dataclasses.replace(get_clinic(), visit_kinds=(), offices=without_calendars())
        with clinic_yaml.pinned_clinic(bare):
            request = make_request()
            assert {"Book this time"} == {"Offer", "Book now", "Book this time"} & set(
                buttons(open_page(desk, request))
            )
            data = {"visit_date": "12/1/2026", "visit_time": "3:10 p.m.", "visit_office": "port-alder"}
            assert press(desk, request, "schedule", **data)[0].startswith("success")
        assert request.visits.get().calendar == ""


def without_calendars() -> tuple[Any, ...]:
    return tuple(dataclasses.replace(office, calendars=()) for office in get_clinic().offices)


def test_the_sheet_and_the_file_name_calendar_kind_and_status(desk: Client) -> None:
    request = make_request()
    booking.book(request, desk_slot(), "dana", NOW)
    sheet = Page(desk.get(f"{LIST}{request.pk}/print/")).text
    facts = {
        "Calendar": "First visits",
        "Kind of visit": "First consultation in the office",
        "Status of the visit": "Booked",
    }
    assert " ".join(f"{heading} {text}" for heading, text in facts.items()) in sheet
    file = desk.post(LIST, {"action": "export_as_csv", "_selected_action": [request.pk]}).content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(file))
    assert {heading: row[heading] for heading in facts} == facts


def test_a_calendar_that_is_gone_is_named_by_its_slug(desk: Client) -> None:
    request = make_request()
    booking.book(request, dated_slot("port-alder", VISIT.at), "dana", NOW)
    Visit.objects.update(calendar="gone", kind="gone")
    text = open_page(desk, request).text
    assert "3 p.m. EST, Port Alder office, gone, gone" in text
    assert "The Port Alder office has no calendar “gone” any more: move it." in text
    Visit.objects.update(office="gone")
    assert "The clinic has no office “gone” any more: move it." in open_page(desk, request).text
