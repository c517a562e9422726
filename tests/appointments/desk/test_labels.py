import dataclasses
import datetime as dt
from typing import Any

import pytest

from appointments.choices import Status
from appointments.desk import labels
from appointments.models import ConsultationRequest
from appointments.policies.consents import Consent
from appointments.workflow import join
from clinic_site.clinic_yaml import get_clinic
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
def test_an_age_is_in_its_largest_unit(span: dt.timedelta, words: str) -> None:
    assert labels.age(span) == words


def test_waiting_time_counts_from_the_moment_of_sending() -> None:
    assert labels.waiting_time(unsaved(), NOW + dt.timedelta(hours=2)) == "2 hours"


def test_an_ended_request_does_not_wait() -> None:
    assert labels.waiting_time(unsaved(status=Status.CLOSED), NOW) == "Ended"


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
def test_a_due_time_says_whether_it_is_today_or_overdue(status: Status, now: dt.datetime, words: str) -> None:
    assert labels.due(unsaved(status=status), get_clinic(), now) == words


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
def test_safe_contact_is_in_words(fields: dict[str, Any], words: str) -> None:
    assert labels.safe_contact(unsaved(**fields)) == words


@pytest.mark.parametrize(
    ("slug", "name"), [("lake-wren", "Lake Wren office"), ("", "No preference"), ("closed-long-ago", "closed-long-ago")]
)
def test_an_office_is_named(slug: str, name: str) -> None:
    assert labels.office_name(get_clinic(), slug) == name


def test_good_times_and_access_needs_are_shown_by_their_labels() -> None:
    request = unsaved(best_times=["morning", "afternoon"], access=["asl", "since-removed"], access_note="Low light")
    assert labels.best_times(request) == "Morning, Afternoon"
    assert labels.access_needs(request) == "American Sign Language interpreter, since-removed, Low light"


@pytest.mark.parametrize(
    ("fields", "texts"),
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
def test_each_way_of_contact_is_allowed_or_not(fields: dict[str, Any], texts: list[str]) -> None:
    rules = labels.rules(unsaved(**fields))
    assert [rule.way for rule in rules] == ["Calls", "Voicemail", "Texts", "E-mail"]
    assert [rule.text for rule in rules] == texts
    assert [rule.allowed for rule in rules] == [text == "Allowed" for text in texts]


@pytest.mark.parametrize(("way", "words"), [("phone", "Call first"), ("", "No preference")])
def test_the_preferred_way_of_contact(way: str, words: str) -> None:
    assert labels.preferred_way(unsaved(contact_way=way)) == words


@pytest.mark.parametrize(
    ("whom", "words"), [("myself", "Themselves"), ("someone_else", "Someone else"), ("", "Not said")]
)
def test_whom_the_request_is_for(whom: str, words: str) -> None:
    assert labels.asks_for(unsaved(for_whom=whom)).startswith(words)


@pytest.mark.parametrize(
    ("hour", "lawful"), [((7, 59), False), ((8, 0), True), ((20, 59), True), ((21, 0), False)], ids=str
)
def test_calls_are_lawful_from_8_to_9(hour: tuple[int, int], lawful: bool) -> None:
    clinic = get_clinic()
    now = dt.datetime(2026, 11, 23, *hour, tzinfo=clinic.time_zone)
    assert labels.lawful_to_call(clinic, now) == lawful
    assert ("Do not call now" in labels.calling_hours(clinic, now)) != lawful


def test_calling_hours_name_the_local_time() -> None:
    text = "It is 10\u00a0a.m. at the clinic: calls are allowed from 8\u00a0a.m. to 9\u00a0p.m."
    assert labels.calling_hours(get_clinic(), NOW) == text


def test_openings_say_whether_each_office_is_open() -> None:
    clinic = get_clinic()
    wednesday = NOW + dt.timedelta(days=2)
    assert labels.openings(clinic, "lake-wren", NOW) == ["Lake Wren office: open until noon"]
    assert labels.openings(clinic, "", wednesday) == [
        "Port Alder office: open until 5\u00a0p.m.",
        "Lake Wren office: closed until Monday, November 30, 9\u00a0a.m.",
    ]


def test_an_office_without_hours_is_closed() -> None:
    clinic = get_clinic()
    office = dataclasses.replace(clinic.offices[0], hours=((),) * 7)
    assert labels.opening(clinic, office, NOW) == "Port Alder office: closed"


def test_a_new_request_shows_when_its_next_step_is_due() -> None:
    assert labels.next_act(unsaved()) == f"Next step due {SHOWN}"


def test_a_planned_try_is_overdue_only_after_its_period() -> None:
    request = unsaved(status=Status.CONTACTING, try_from=NOW, due_at=NOW + dt.timedelta(hours=2))
    period = "Monday, November 23, 10\u00a0a.m. to noon"
    assert labels.next_act(request) == f"Next try {period}"
    clinic = get_clinic()
    assert labels.due(request, clinic, NOW + dt.timedelta(hours=1)) == f"Due today: {period}"
    assert labels.due(request, clinic, NOW + dt.timedelta(hours=3)) == f"Overdue: {period}"


def test_a_consent_is_quoted_verbatim() -> None:
    given = Consent(name="adult", version="1", text="I am 18 or older", number="", at=NOW.isoformat())
    words = "“I am 18 or older” (version 1, Monday, November 23, 10\u00a0a.m."
    assert labels.consent(given) == f"{words})"
    given["number"] = "+17275550111"
    assert labels.consent(given) == f"{words}, for (727) 555-0111)"


def test_empty_answers_have_a_label() -> None:
    assert labels.best_times(unsaved()) == "No preference"
    assert labels.access_needs(unsaved()) == "None"


@pytest.mark.parametrize(
    ("contact", "text"),
    [
        ({}, "Say nothing about the clinic. Ask only for me"),
        ({"others_may": "take_message"}, "You may leave a message with them"),
        ({"others_may": "know", "contact_way": "no_calls"}, ""),
    ],
)
def test_others_may_label_says_what_to_tell_others(contact: dict[str, Any], text: str) -> None:
    assert labels.others_may(unsaved(**contact)) == text


def test_a_wrong_number_is_marked_wherever_contact_is_shown() -> None:
    request = unsaved(last_attempt="wrong_number", voicemail=True, texts=True)
    text = "Wrong number: do not call it again"
    assert labels.safe_contact(request) == f"{text}, No voicemail, No texts"
    assert labels.rules(request)[0].text == labels.no_calls(request) == text


def test_answers_of_joined_requests_are_included() -> None:
    older = make_request(others_may="know")
    join(make_request(now=NOW + dt.timedelta(hours=1)), older, "kim", NOW)
    assert labels.others_may(older) == "Say nothing about the clinic. Ask only for me"
    join(make_request(now=NOW + dt.timedelta(hours=2), contact_way="no_calls"), older, "kim", NOW)
    assert labels.preferred_way(older) == "Do not call"
