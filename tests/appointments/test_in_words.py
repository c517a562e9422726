import datetime as dt
from typing import Any

import pytest

from appointments import in_words
from appointments.choices import Status
from appointments.models import ConsultationRequest
from clinic_site.clinic_file import get_clinic
from tests.appointments.builders import NOW

PROMISE = dt.datetime(2026, 11, 24, 22, 0, tzinfo=dt.UTC)
SHOWN = "Tuesday, November 24, 5\u00a0p.m."


def unsaved(**fields: Any) -> ConsultationRequest:
    return ConsultationRequest(**({"created_at": NOW, "reply_by": PROMISE, "phone": "+17275550111"} | fields))


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (dt.timedelta(0), "Less than a minute"),
        (dt.timedelta(seconds=59), "Less than a minute"),
        (dt.timedelta(minutes=1), "1 minute"),
        (dt.timedelta(minutes=59), "59 minutes"),
        (dt.timedelta(hours=1), "1 hour"),
        (dt.timedelta(hours=23, minutes=59), "23 hours"),
        (dt.timedelta(days=1), "1 day"),
        (dt.timedelta(days=3, hours=5), "3 days"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(span: dt.timedelta, words: str) -> None:
    assert in_words.age(span) == words


def test_waiting_is_counted_from_the_moment_it_was_sent() -> None:
    assert in_words.waiting_time(unsaved(), NOW + dt.timedelta(hours=2)) == "2 hours"


def test_what_has_ended_does_not_wait() -> None:
    assert in_words.waiting_time(unsaved(status=Status.CLOSED), NOW) == "Ended"


@pytest.mark.parametrize(
    ("status", "now", "words"),
    [
        (Status.NEW, NOW, SHOWN),
        (Status.NEW, PROMISE - dt.timedelta(hours=3), f"Due today: {SHOWN}"),
        (Status.CONTACTING, PROMISE, f"Due today: {SHOWN}"),
        (Status.CONTACTING, PROMISE + dt.timedelta(seconds=1), f"Overdue: {SHOWN}"),
        (Status.SCHEDULED, PROMISE + dt.timedelta(days=1), SHOWN),
    ],
)
def test_the_promise_is_told_with_what_it_means_now(status: Status, now: dt.datetime, words: str) -> None:
    assert in_words.due(unsaved(status=status), get_clinic(), now) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "No voicemail, No texts"),
        ({"voicemail": True, "texts": True}, "Voicemail OK, Texts OK"),
        ({"contact_way": "no_calls", "texts": True}, "Do not call, No voicemail, Texts OK"),
        ({"contact_way": "no_calls", "voicemail": True}, "Do not call, No voicemail, No texts"),
        ({"contact_way": "email"}, "E-mail first, No voicemail, No texts"),
        ({"contact_way": "text", "texts": True}, "Text first, No voicemail, Texts OK"),
        ({"contact_way": "phone", "voicemail": True}, "Call first, Voicemail OK, No texts"),
        ({"phone": "", "contact_way": "email"}, "E-mail first, No phone number"),
    ],
)
def test_safe_contact_is_told_in_words(fields: dict[str, Any], words: str) -> None:
    assert in_words.safe_contact(unsaved(**fields)) == words


@pytest.mark.parametrize(
    ("slug", "name"), [("lake-wren", "Lake Wren office"), ("", "No preference"), ("closed-long-ago", "closed-long-ago")]
)
def test_an_office_is_named(slug: str, name: str) -> None:
    assert in_words.office_name(get_clinic(), slug) == name


def test_times_and_needs_are_told_by_their_labels() -> None:
    request = unsaved(best_times=["morning", "afternoon"], access=["asl", "since-removed"], access_note="Low light")
    assert in_words.best_times(request) == "Morning, Afternoon"
    assert in_words.access_needs(request) == "American Sign Language interpreter, since-removed, Low light"


def test_nothing_chosen_is_told_too() -> None:
    assert in_words.best_times(unsaved()) == "No preference"
    assert in_words.access_needs(unsaved()) == "None"
