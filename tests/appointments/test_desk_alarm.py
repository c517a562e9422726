"""The alarm box on the desk's start page and queue."""

import datetime as dt
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.test import Client

from appointments.choices import Action, MailStatus, Status
from appointments.models import OutboxMessage
from appointments.workflow import note, record, transition
from tests.appointments.builders import LATER, NOW, VISIT, make_request, schedule
from tests.appointments.pages import LIST, Page, words
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)


def alarm(response: Any) -> Element | None:
    found = [section for section in Page(response).all("section") if section.get("class") == "alarm"]
    return found[0] if found else None


@pytest.mark.parametrize("path", [LIST, "/admin/"])
def test_requests_not_opened_in_time_are_named(desk: Client, path: str) -> None:
    lost = [make_request(now=NOW - 5 * DAY), make_request(now=NOW - 5 * DAY)]
    opened = make_request(now=NOW - 5 * DAY)
    record(opened, Action.OPENED, "dana", NOW)
    make_request()
    response = desk.get(path)
    box = alarm(response)
    assert box is not None
    named = ", ".join(request.reference for request in lost)
    assert words(box) == f"Look at these first 2 requests were not opened in time: {named}."
    assert Page(response).links[lost[0].reference] == f"{LIST}{lost[0].pk}/change/"


def test_one_request_is_named_in_the_singular(desk: Client) -> None:
    lost = make_request(now=NOW - 5 * DAY)
    box = alarm(desk.get(LIST))
    assert box is not None
    assert f"1 request was not opened in time: {lost.reference}." in words(box)


def test_at_most_eight_requests_are_named(desk: Client) -> None:
    for _ in range(12):
        make_request(now=NOW - 5 * DAY)
    box = alarm(desk.get(LIST))
    assert box is not None
    assert words(box).endswith(" and 4 more.")
    assert len(list(box.iter("a"))) == 8


def test_mails_that_were_given_up_are_listed_while_the_request_waits(desk: Client) -> None:
    waits, ended = make_request(email="ana@example.com"), make_request()
    OutboxMessage.objects.update(status=MailStatus.FAILED)
    transition(ended, Status.CLOSED, "dana", NOW)
    box = alarm(desk.get(LIST))
    assert box is not None
    assert [words(item) for item in box.iter("li")] == [
        f"Confirmation to the patient could not be delivered: {waits.reference}.",
        f"Notice to the desk could not be delivered: {waits.reference}.",
    ]


def test_undelivered_news_is_listed_until_the_patient_is_noted_as_informed(desk: Client) -> None:
    request = make_request(email="ana@example.com")
    note(request, "Before.", "dana", NOW)
    schedule(request, VISIT, "dana", NOW)
    assert alarm(desk.get(LIST)) is None
    OutboxMessage.objects.update(status=MailStatus.FAILED)
    box = alarm(desk.get(LIST))
    assert box is not None
    assert [words(item) for item in box.iter("li")] == [f"Visit booked could not be delivered: {request.reference}."]
    note(request, "Told by phone.", "dana", LATER)
    assert alarm(desk.get(LIST)) is None


def test_a_healthy_desk_shows_no_alarm(desk: Client) -> None:
    make_request()
    assert alarm(desk.get(LIST)) is None


@pytest.mark.parametrize(("who", "sees"), [("front desk", True), ("owner", True), ("editor", False)])
def test_the_alarm_is_shown_to_users_who_may_see_requests(sign_in: Cast, who: str, sees: bool) -> None:
    make_request(now=NOW - 5 * DAY)
    assert (alarm(sign_in(who).get("/admin/")) is not None) == sees


def test_spam_is_named_until_somebody_opens_it(desk: Client) -> None:
    caught = make_request(trapped=True, status=Status.SPAM)
    box = alarm(desk.get(LIST))
    assert box is not None
    assert "Caught as spam, and not looked at: 1" in words(box)
    desk.get(f"{LIST}{caught.pk}/change/")
    assert alarm(desk.get(LIST)) is None
