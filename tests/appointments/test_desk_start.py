"""What waits, on the desk's start page: counts, each a link to the view that lists as many."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from appointments.choices import Action, MailKind, MailStatus, Status
from appointments.models import OutboxMessage
from appointments.workflow import record
from tests.appointments.builders import NOW, VISIT, make_request, schedule
from tests.appointments.desk.queue.test_page import references
from tests.appointments.pages import LIST, Page, words
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)
START = "/admin/"


def waiting(response: Any) -> dict[str, str]:
    """Return the words of each line, with its link."""
    navs = [nav for nav in Page(response).all("nav") if "desk-start" in nav.get("class", "")]
    return {words(link): link.get("href", "") for nav in navs for link in nav.iter("a")}


def test_each_count_leads_to_the_view_that_lists_as_many(desk: Client) -> None:
    lost, late = make_request(now=NOW - 5 * DAY), make_request(now=NOW - 5 * DAY)
    record(late, Action.OPENED, "dana", NOW)
    today, new = make_request(now=NOW - 2 * DAY, office="lake-wren"), make_request(status=Status.CONTACTING)
    new.messages.filter(kind=MailKind.NOTICE).update(status=MailStatus.FAILED)
    lines = waiting(desk.get(START))
    assert lines == {
        "Overdue 2": f"{LIST}?queue=overdue",
        "Due today 1": f"{LIST}?queue=today",
        "New 3": f"{LIST}?queue=new",
        "Alarms 3": f"{LIST}?queue=alarms",
        "Undelivered mail 1": f"{LIST}?queue=mail",
        "Visits to move 0": f"{LIST}#stranded-heading",
    }
    listed = {link.partition("=")[2]: references(desk.get(link)) for link in lines.values() if "=" in link}
    assert listed["alarms"] == [lost.reference, late.reference, new.reference]
    assert listed["mail"] == [new.reference]
    assert listed["today"] == [today.reference]
    assert [len(listed[name]) for name in ("overdue", "new")] == [2, 3]


def test_nothing_to_do_is_said_with_zeros(desk: Client) -> None:
    assert list(waiting(desk.get(START))) == [
        "Overdue 0",
        "Due today 0",
        "New 0",
        "Alarms 0",
        "Undelivered mail 0",
        "Visits to move 0",
    ]
    assert "No alarm is open." in Page(desk.get(LIST, {"queue": "alarms"})).text
    assert "No mail waits for a step." in Page(desk.get(LIST, {"queue": "mail"})).text


def test_undelivered_news_of_an_ended_request_counts(desk: Client) -> None:
    request = make_request(email="ana@example.com")
    schedule(request, VISIT, "dana", NOW)
    OutboxMessage.objects.filter(kind=MailKind.BOOKED).update(status=MailStatus.FAILED)
    assert "Undelivered mail 1" in waiting(desk.get(START))
    assert references(desk.get(LIST, {"queue": "mail"})) == [request.reference]


def test_a_view_without_a_tab_of_its_own_has_one_while_it_is_shown(desk: Client) -> None:
    def tabs(queue: str) -> list[str]:
        return [words(link) for link in Page(desk.get(LIST, {"queue": queue})).all("a") if link.get("aria-current")]

    assert (tabs("alarms"), tabs("mail"), tabs("ended")) == (["Alarms"], ["Undelivered mail"], ["Ended"])


@pytest.mark.parametrize(("who", "shown"), [("front desk", True), ("owner", True), ("editor", False)])
def test_only_those_who_may_see_requests_see_what_waits(sign_in: Cast, who: str, shown: bool) -> None:
    assert bool(waiting(sign_in(who).get(START))) == shown
