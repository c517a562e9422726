"""What the desk must not overlook stands on its start page and on top of its queue."""

import datetime as dt
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.test import Client

from appointments.choices import Action, Status
from appointments.models import OutboxMessage
from appointments.workflow import note, record, schedule, transition
from tests.appointments.builders import LATER, NOW, VISIT, make_request
from tests.appointments.pages import LIST, Page, words
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)


def alarm(response: Any) -> Element | None:
    found = [each for each in Page(response).all("section") if each.get("class") == "alarm"]
    return found[0] if found else None


@pytest.mark.parametrize("path", [LIST, "/admin/"])
def test_requests_that_nobody_opened_in_time_are_named(desk: Client, path: str) -> None:
    lost = [make_request(now=NOW - 5 * DAY), make_request(now=NOW - 5 * DAY)]
    opened = make_request(now=NOW - 5 * DAY)
    record(opened, Action.OPENED, "dana", NOW)
    make_request()
    response = desk.get(path)
    box = alarm(response)
    assert box is not None
    named = ", ".join(each.reference for each in lost)
    assert words(box) == f"Look at these first 2 requests were not opened in time: {named}."
    assert Page(response).links[lost[0].reference] == f"{LIST}{lost[0].pk}/change/"


def test_one_request_is_one_request(desk: Client) -> None:
    lost = make_request(now=NOW - 5 * DAY)
    box = alarm(desk.get(LIST))
    assert box is not None
    assert f"1 request was not opened in time: {lost.reference}." in words(box)


def test_of_many_the_first_ten_are_named(desk: Client) -> None:
    for _ in range(12):
        make_request(now=NOW - 5 * DAY)
    box = alarm(desk.get(LIST))
    assert box is not None
    assert words(box).endswith(" and 2 more.")
    assert len(list(box.iter("a"))) == 10


def test_mails_that_were_given_up_are_told_while_the_request_waits(desk: Client) -> None:
    waits, ended = make_request(email="ana@example.com"), make_request()
    OutboxMessage.objects.update(status=OutboxMessage.Status.FAILED)
    transition(ended, Status.CLOSED, "dana", NOW)
    box = alarm(desk.get(LIST))
    assert box is not None
    assert [words(each) for each in box.iter("li")] == [
        f"Confirmation to the patient could not be delivered: {waits.reference}.",
        f"Notice to the desk could not be delivered: {waits.reference}.",
    ]


def test_news_that_did_not_arrive_is_told_until_somebody_notes_that_the_patient_knows(desk: Client) -> None:
    request = make_request(email="ana@example.com")
    note(request, "Before.", "dana", NOW)
    schedule(request, VISIT, "dana", NOW)
    assert alarm(desk.get(LIST)) is None
    OutboxMessage.objects.update(status=OutboxMessage.Status.FAILED)
    box = alarm(desk.get(LIST))
    assert box is not None
    assert [words(each) for each in box.iter("li")] == [
        f"News to the patient could not be delivered: {request.reference}."
    ]
    note(request, "Told by phone.", "dana", LATER)
    assert alarm(desk.get(LIST)) is None


def test_a_desk_that_is_well_shows_none(desk: Client) -> None:
    make_request()
    assert alarm(desk.get(LIST)) is None


@pytest.mark.parametrize(("who", "sees"), [("front desk", True), ("owner", True), ("editor", False)])
def test_it_is_for_those_who_may_see_requests(sign_in: Cast, who: str, sees: bool) -> None:
    make_request(now=NOW - 5 * DAY)
    assert (alarm(sign_in(who).get("/admin/")) is not None) == sees


def test_what_the_trap_caught_is_named_until_somebody_looked(desk: Client) -> None:
    caught = make_request(trapped=True, status=Status.SPAM)
    box = alarm(desk.get(LIST))
    assert box is not None
    assert "Caught as spam, and not looked at: 1" in words(box)
    desk.get(f"{LIST}{caught.pk}/change/")
    assert alarm(desk.get(LIST)) is None
