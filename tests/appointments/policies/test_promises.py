"""How many of the last promises were kept."""

import datetime as dt

import pytest
from django.db import OperationalError
from django.test import Client

from appointments.booking import offer
from appointments.choices import Attempt, Status
from appointments.models import ConsultationRequest
from appointments.policies import promises
from appointments.policies.promises import AnsweredInTime, answered_in_time
from appointments.visits.free_times import dated_slot
from appointments.workflow import answer, record_attempt, transition
from tests.appointments.builders import NOW, VISIT, make_request

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ENDED = NOW + 3 * DAY


def kept(now: dt.datetime = NOW) -> ConsultationRequest:
    request = make_request(now=now)
    record_attempt(request, Attempt.REACHED, "dana", now)
    return request


def test_kept_and_broken_promises_are_counted_once_they_ended() -> None:
    kept()
    make_request()
    kept(now=ENDED)  # its time has not come
    assert answered_in_time(ENDED) == (1, 2)


def test_offers_and_answers_are_answers() -> None:
    offer(make_request(), [dated_slot(VISIT.office, VISIT.at)], "dana", NOW)
    answer(make_request(), "Please call us.", "dana", NOW)
    assert answered_in_time(ENDED) == (2, 2)


def test_a_late_answer_counts_as_broken() -> None:
    record_attempt(make_request(), Attempt.REACHED, "dana", NOW + 2 * DAY)
    assert answered_in_time(ENDED) == (0, 1)


def test_spam_and_requests_that_the_patient_took_back_do_not_count() -> None:
    transition(make_request(), Status.WITHDRAWN, "", NOW)
    transition(kept(), Status.SPAM, "dana", NOW)
    assert answered_in_time(ENDED) == (0, 0)


def test_only_the_last_ones_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "LAST", 2)
    for _ in range(3):
        make_request(now=NOW - DAY)
    kept()
    assert answered_in_time(ENDED) == (1, 2)


def test_the_count_is_renewed_after_five_minutes() -> None:
    assert answered_in_time(ENDED) == (0, 0)
    kept()
    assert answered_in_time(ENDED + dt.timedelta(minutes=4)) == (0, 0)
    assert answered_in_time(ENDED + dt.timedelta(minutes=5)) == (1, 1)


@pytest.mark.parametrize(("count", "is_shown"), [(19, False), (20, True)])
def test_patients_see_the_count_from_twenty_promises_on(
    client: Client, monkeypatch: pytest.MonkeyPatch, count: int, is_shown: bool
) -> None:
    monkeypatch.setattr("appointments.views.answered_in_time", lambda _: AnsweredInTime(3, count))
    text = client.get("/consultation/").content.decode()
    assert ("We were in time for 3 of 20." in text) == is_shown


def test_nothing_is_counted_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("appointments.policies.promises.first_contact", away)
    assert answered_in_time(ENDED) == (0, 0)
