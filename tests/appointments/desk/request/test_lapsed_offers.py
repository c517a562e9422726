"""Offers that were not taken in time do not hide the visit that the request has."""

import datetime as dt

import pytest
from django.test import Client

from appointments import booking
from appointments.choices import VisitStatus
from appointments.desk.visit_labels import current_visit
from tests.appointments.builders import LATER, NOW, make_request
from tests.appointments.desk.request.pages import buttons, open_page
from tests.appointments.visits.slots import free_slots

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_booked_visit_can_still_be_cancelled_at_the_desk(desk: Client) -> None:
    request, (earlier, later) = make_request(), free_slots()[:2]
    visit = booking.book(request, later, "dana", NOW)
    booking.offer_earlier(request, earlier, LATER, NOW)
    assert booking.lapse_offers(request, LATER)
    page = open_page(desk, request)
    assert current_visit(request) == visit
    assert "Cancel the visit" in buttons(page)
    assert "are not held any more" not in page.text


def test_a_waiting_request_says_that_its_offers_ran_out(desk: Client) -> None:
    request = make_request()
    booking.offer(request, free_slots()[:2], "dana", NOW)
    assert booking.lapse_offers(request, NOW + dt.timedelta(days=3))
    assert set(request.visits.values_list("status", flat=True)) == {VisitStatus.LAPSED}
    page = open_page(desk, request)
    assert "Visit The times that were offered are not held any more." in page.text
    assert "Cancel the visit" not in buttons(page)
