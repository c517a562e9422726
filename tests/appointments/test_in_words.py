import dataclasses
import datetime as dt
from typing import Any

import pytest

from appointments import in_words
from appointments.choices import Status
from appointments.consents import Consent
from appointments.models import ConsultationRequest
from appointments.workflow import join
from clinic_site.clinic_file import get_clinic
from tests.appointments.builders import NOW, make_request

pytestmark = pytest.mark.django_db
PROMISE = dt.datetime(2026, 11, 24, 22, 0, tzinfo=dt.UTC)
SHOWN = "Tuesday, November 24, 5\u00a0p.m."


def unsaved(**fields: Any) -> ConsultationRequest:
    return ConsultationRequest(**({"created_at": NOW, "due_at": PROMISE, "phone": "+17275550111"} | fields))


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


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, ["Allowed", "Do not leave a message", "Do not text", "No address"]),
        ({"voicemail": True, "texts": True, "email": "a@b.example"}, ["Allowed"] * 4),
        (
            {"contact_way": "no_calls", "texts": True},
            ["Do not call", "Do not leave a message", "Allowed", "No address"],
        ),
        ({"phone": "", "email": "a@b.example", "texts": True}, ["No phone number"] * 3 + ["Allowed"]),
    ],
)
def test_each_way_is_allowed_or_not(fields: dict[str, Any], told: list[str]) -> None:
    rules = in_words.rules(unsaved(**fields))
    assert [rule.way for rule in rules] == ["Calls", "Voicemail", "Texts", "E-mail"]
    assert [rule.text for rule in rules] == told
    assert [rule.allowed for rule in rules] == [text == "Allowed" for text in told]


@pytest.mark.parametrize(("way", "words"), [("phone", "Call first"), ("", "No preference")])
def test_the_preferred_way(way: str, words: str) -> None:
    assert in_words.preferred_way(unsaved(contact_way=way)) == words


@pytest.mark.parametrize(
    ("whom", "words"), [("myself", "Themselves"), ("someone_else", "Someone else"), ("", "Not said")]
)
def test_who_is_on_the_line(whom: str, words: str) -> None:
    assert in_words.asks_for(unsaved(for_whom=whom)).startswith(words)


@pytest.mark.parametrize(
    ("hour", "lawful"), [((7, 59), False), ((8, 0), True), ((20, 59), True), ((21, 0), False)], ids=str
)
def test_calls_are_lawful_from_8_to_9(hour: tuple[int, int], lawful: bool) -> None:
    clinic = get_clinic()
    now = dt.datetime(2026, 11, 23, *hour, tzinfo=clinic.time_zone)
    assert in_words.lawful_to_call(clinic, now) == lawful
    assert ("Do not call now" in in_words.calling_hours(clinic, now)) != lawful


def test_the_time_at_the_clinic_is_told() -> None:
    told = "It is 10\u00a0a.m. at the clinic: calls are allowed from 8\u00a0a.m. to 9\u00a0p.m."
    assert in_words.calling_hours(get_clinic(), NOW) == told


def test_whether_the_offices_are_open() -> None:
    clinic = get_clinic()
    wednesday = NOW + dt.timedelta(days=2)
    assert in_words.openings(clinic, "lake-wren", NOW) == ["Lake Wren office: open until noon"]
    assert in_words.openings(clinic, "", wednesday) == [
        "Port Alder office: open until 5\u00a0p.m.",
        "Lake Wren office: closed until Monday, November 30, 9\u00a0a.m.",
    ]


def test_an_office_that_does_not_open_any_more_is_closed() -> None:
    clinic = get_clinic()
    office = dataclasses.replace(clinic.offices[0], hours=((),) * 7)
    assert in_words.opening(clinic, office, NOW) == "Port Alder office: closed"


def test_by_when_somebody_must_act() -> None:
    assert in_words.next_act(unsaved()) == f"Next step due {SHOWN}"


def test_when_to_call_again_and_it_is_overdue_only_once_that_time_is_over() -> None:
    request = unsaved(status=Status.CONTACTING, try_from=NOW, due_at=NOW + dt.timedelta(hours=2))
    stretch = "Monday, November 23, 10\u00a0a.m. to noon"
    assert in_words.next_act(request) == f"Next try {stretch}"
    clinic = get_clinic()
    assert in_words.due(request, clinic, NOW + dt.timedelta(hours=1)) == f"Due today: {stretch}"
    assert in_words.due(request, clinic, NOW + dt.timedelta(hours=3)) == f"Overdue: {stretch}"


def test_a_consent_is_told_word_for_word() -> None:
    given = Consent(name="adult", version="1", text="I am 18 or older", number="", at=NOW.isoformat())
    words = "“I am 18 or older” (version 1, Monday, November 23, 10\u00a0a.m."
    assert in_words.consent(given) == f"{words})"
    given["number"] = "+17275550111"
    assert in_words.consent(given) == f"{words}, for (727) 555-0111)"


def test_nothing_chosen_is_told_too() -> None:
    assert in_words.best_times(unsaved()) == "No preference"
    assert in_words.access_needs(unsaved()) == "None"


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ({}, "Say nothing about the clinic. Ask only for me"),
        ({"others_may": "take_message"}, "You may leave a message with them"),
        ({"others_may": "know", "contact_way": "no_calls"}, ""),
    ],
)
def test_what_others_who_answer_may_be_told(contact: dict[str, Any], said: str) -> None:
    assert in_words.others_may(unsaved(**contact)) == said


def test_a_wrong_number_is_told_wherever_contact_is() -> None:
    request = unsaved(last_attempt="wrong_number", voicemail=True, texts=True)
    told = "Wrong number: do not call it again"
    assert in_words.safe_contact(request) == f"{told}, No voicemail, No texts"
    assert in_words.rules(request)[0].text == in_words.no_calls(request) == told


def test_what_a_joined_request_says_is_told_too() -> None:
    older = make_request(others_may="know")
    join(make_request(now=NOW + dt.timedelta(hours=1)), older, "kim", NOW)
    assert in_words.others_may(older) == "Say nothing about the clinic. Ask only for me"
    join(make_request(now=NOW + dt.timedelta(hours=2), contact_way="no_calls"), older, "kim", NOW)
    assert in_words.preferred_way(older) == "Do not call"
