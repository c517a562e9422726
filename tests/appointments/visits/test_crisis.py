"""Words of a crisis and visits: nobody books themselves out of sight of the desk."""

import datetime as dt

import pytest
from django.test import Client

from appointments.alarms import raise_alarms
from appointments.booking import book, move, submit_with_time
from appointments.choices import MailKind, Status, VisitStatus
from appointments.models import ConsultationRequest
from appointments.patient_page.corrections import change_needs
from tests.appointments.builders import NOW, make_answers, make_request
from tests.appointments.pages import Page
from tests.appointments.visits.slots import free_slots

pytestmark = pytest.mark.django_db
CRISIS = "I want to die"
HOUR = dt.timedelta(hours=1)


def picked_in_crisis() -> ConsultationRequest:
    """Return a request with words of a crisis and a picked time of the kind that is otherwise booked at once."""
    return submit_with_time(make_answers(note=CRISIS), free_slots("call")[0], NOW)


def alarms(request: ConsultationRequest) -> int:
    return request.messages.filter(kind=MailKind.ALARM).count()


def test_the_request_stays_in_the_queue_and_raises_the_alarm() -> None:
    request = picked_in_crisis()
    assert (request.status, request.visits.get().status) == (Status.NEW, VisitStatus.PENDING)
    assert raise_alarms(NOW + HOUR) == 1


def test_moving_the_time_does_not_book_it() -> None:
    *_, before_last, last = free_slots("call")
    request = submit_with_time(make_answers(note=CRISIS), before_last, NOW)
    move(request, last, NOW)
    assert (request.status, request.visits.get().status) == (Status.NEW, VisitStatus.PENDING)


def test_words_after_the_booking_raise_the_alarm_at_once_and_once() -> None:
    request = make_request()
    book(request, free_slots()[0], "dana", NOW)
    change_needs(request, "", [], CRISIS, NOW)
    change_needs(request, "", [], f"{CRISIS} now", NOW)
    assert (request.crisis, alarms(request)) == (True, 1)


def test_in_a_waiting_request_the_alarm_leaves_time_to_call() -> None:
    request = make_request()
    change_needs(request, "", [], CRISIS, NOW)
    assert alarms(request) == 0


@pytest.mark.usefixtures("clock")
def test_the_page_says_that_the_clinic_confirms_the_time(client: Client) -> None:
    page = Page(client.get(f"/consultation/received/{picked_in_crisis().token}/"))
    assert "It is not booked yet" in page.text
