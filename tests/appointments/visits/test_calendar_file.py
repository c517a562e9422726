"""Calendar files, read back by two parsers and out of a real mail."""

import datetime as dt
import email
import email.policy
import re
from email.message import EmailMessage
from typing import Any

import pytest
import vobject
from django.core import mail
from icalendar import Calendar
from pytest_django import Settings

from appointments.booking import book, cancel
from appointments.choices import Status
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.outbox import deliver_due
from appointments.visit_time import VisitTime
from appointments.visits.calendar_file import calendar_file
from appointments.visits.free_times import Slot, dated_slot
from appointments.workflow import submit, transition
from clinic_site.clinic_yaml import get_clinic
from clinic_site.mail.messages import send
from tests.appointments.builders import NOW, VISIT, make_answers, make_request
from tests.appointments.test_emails import HEALTH_WORDS, PLANTED
from tests.appointments.visits.slots import free_slots

pytestmark = pytest.mark.django_db
MAIL = "ana@patient.example"
SUMMER = dt.datetime(2027, 7, 1, 13, 0, tzinfo=dt.UTC)  # 9 a.m. at the clinic
HOUR = dt.timedelta(hours=1)


def files(request: ConsultationRequest) -> list[str]:
    """Return the calendar files of the mails about the request, in order."""
    messages = request.messages.exclude(calendar_file="").order_by("occasion")
    return [message.calendar_file for message in messages]


def booked(slot: Slot | None = None) -> tuple[ConsultationRequest, str]:
    request = make_request(**PLANTED)
    book(request, slot or free_slots()[0], "dana", NOW)
    return request, files(request)[0]


def event_of(file: str) -> Any:
    [event] = Calendar.from_ical(file).walk("VEVENT")
    return event


def identity(file: str) -> tuple[str, int, str, str]:
    """Return METHOD, SEQUENCE, STATUS and UID as icalendar reads them; check that vobject reads the same."""
    event, other = event_of(file), vobject.readOne(file)
    found = (str(Calendar.from_ical(file)["METHOD"]), event["SEQUENCE"], str(event["STATUS"]), str(event["UID"]))
    vevent = other.vevent
    assert found == (other.method.value, int(vevent.sequence.value), vevent.status.value, vevent.uid.value)
    return found


def test_an_invitation_a_change_and_a_cancellation_are_one_event() -> None:
    slots = free_slots()
    request, _ = booked(slots[0])
    book(request, slots[3], "dana", NOW)
    cancel(request, "dana", NOW)
    [*found] = [identity(file) for file in files(request)]
    uid = str(request.visits.get().uid)
    assert found == [
        ("REQUEST", 0, "CONFIRMED", uid),
        ("REQUEST", 1, "CONFIRMED", uid),
        ("CANCEL", 2, "CANCELLED", uid),
    ]
    assert [event_of(file).start for file in files(request)] == [slots[number].starts_at for number in (0, 3, 3)]


def test_a_visit_given_up_by_a_change_of_status_is_cancelled_in_the_calendar() -> None:
    request, _ = booked()
    transition(request, Status.CONTACTING, "dana", NOW)
    assert [identity(file)[:3] for file in files(request)] == [("REQUEST", 0, "CONFIRMED"), ("CANCEL", 1, "CANCELLED")]


@pytest.mark.parametrize(
    ("starts_at", "offset"), [(VISIT.at, dt.timedelta(hours=-5)), (SUMMER, dt.timedelta(hours=-4))]
)
def test_both_parsers_read_the_time_in_winter_and_summer(starts_at: dt.datetime, offset: dt.timedelta) -> None:
    slot = Slot("port-alder", "alder-first", "visit", starts_at, starts_at + HOUR)
    _, file = booked(slot)
    event, other = event_of(file), vobject.readOne(file).vevent
    for start, end in ((event.start, event.end), (other.dtstart.value, other.dtend.value)):
        assert (start, end, start.utcoffset()) == (slot.starts_at, slot.ends_at, offset)
    assert str(event["DTSTART"].params["TZID"]) == "America/New_York"


def test_the_time_zone_is_described_for_programs_that_do_not_know_it() -> None:
    """Rename the zone, so that the parsers have to read its rules."""
    for starts_at in (VISIT.at, SUMMER):
        _, file = booked(Slot("port-alder", "alder-first", "visit", starts_at, starts_at + HOUR))
        [zone] = Calendar.from_ical(file).walk("VTIMEZONE")
        assert str(zone["TZID"]) == "America/New_York"
        renamed = file.replace("America/New_York", "Elsewhere")
        assert event_of(renamed).start == vobject.readOne(renamed).vevent.dtstart.value == starts_at


def test_a_visit_without_an_end_has_a_start_alone() -> None:
    _, file = booked(dated_slot(VISIT.office, VISIT.at))
    event, other = event_of(file), vobject.readOne(file).vevent
    assert event["DTSTART"].dt == other.dtstart.value == VISIT.at
    assert "DTEND" not in event
    assert "DURATION" not in event


def test_the_file_names_nobody_and_nothing_about_health(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Marigold Pain Clinic <no-reply@site.example>"
    settings.SITE_URL = "https://marigold-pain.example"
    request, file = booked()
    event = event_of(file)
    assert (str(event["SUMMARY"]), str(event["ATTENDEE"])) == ("Appointment", f"mailto:{request.email}")
    assert str(event["ORGANIZER"]) == "mailto:no-reply@site.example"
    shown = re.sub("\r\n ", "", file).replace(f"mailto:{request.email}", "").lower()
    names = ["zephyrine", "planted", "marigold", request.reference.lower(), "first", "visit", *HEALTH_WORDS]
    assert [name for name in names if name in shown] == []


def test_a_visit_in_the_office_has_its_address_and_a_call_has_none() -> None:
    office = get_clinic().offices[0]
    in_office, by_phone = (event_of(booked(free_slots(kind)[0])[1]) for kind in ("visit", "call"))
    assert str(in_office["LOCATION"]) == ", ".join(office.address)
    assert "LOCATION" not in by_phone
    assert str(in_office["CONTACT"]) == str(by_phone["CONTACT"]) == office.phone_shown


def test_an_office_that_is_gone_is_left_out() -> None:
    request, _ = booked()
    visit = request.visits.get()
    visit.office = "gone"
    event = event_of(calendar_file(visit, request, NOW))
    assert [name for name in ("LOCATION", "CONTACT") if name in event] == []


def test_without_an_address_nobody_is_invited() -> None:
    request = make_request()
    visit = book(request, free_slots()[0], "dana", NOW)
    assert "ATTENDEE" not in event_of(calendar_file(visit, request, NOW))


def test_lines_are_folded_and_end_as_the_standard_says() -> None:
    request = submit(make_answers(email=f"{'ana.' * 15}torres@{'patient.' * 10}example"), NOW)
    visit = book(request, free_slots()[0], "dana", NOW)
    file = calendar_file(visit, request, NOW)
    lines = file.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line for line in lines)
    assert any(line.startswith(b" ") for line in lines)
    assert lines[-1] == b""
    assert str(event_of(file)["ATTENDEE"]) == vobject.readOne(file).vevent.attendee.value == f"mailto:{request.email}"
    assert len(file) < 2_000


def parts(message: Any) -> list[EmailMessage]:
    """Return the parts of the mail as a mail program reads them."""
    raw = message.message().as_bytes(linesep="\r\n")
    assert raw.isascii()
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.get_content_type() == "multipart/alternative"
    return [part for part in parsed.walk() if isinstance(part, EmailMessage) and not part.is_multipart()]


def test_the_mail_carries_the_file_as_an_alternative_with_its_method() -> None:
    slots = free_slots()
    request, _ = booked(slots[0])
    book(request, slots[3], "dana", NOW)
    cancel(request, "dana", NOW)
    deliver_due(clock=lambda: NOW)
    with_file = [message for message in mail.outbox if getattr(message, "alternatives", None)]
    methods = []
    for message in with_file:
        text, calendar = parts(message)
        assert (text.get_content_type(), calendar.get_content_type()) == ("text/plain", "text/calendar")
        [event] = Calendar.from_ical(calendar.get_content()).walk("VEVENT")
        body = str(Calendar.from_ical(calendar.get_content())["METHOD"])
        assert (calendar["Content-Type"].params["method"], calendar.get_content_charset()) == (body, "utf-8")
        methods.append((body, event["SEQUENCE"]))
    assert sorted(methods) == [("CANCEL", 2), ("REQUEST", 0), ("REQUEST", 1)]


def test_a_mail_without_a_file_is_plain_text() -> None:
    send(MAIL, "Subject", "Body", "key")
    assert mail.outbox[0].message().get_content_type() == "text/plain"


def test_other_mails_carry_no_file() -> None:
    request = make_request(**PLANTED)
    kinds = OutboxMessage.objects.filter(request=request).exclude(calendar_file="")
    assert not kinds.exists()


def test_a_visit_is_named_by_its_time_and_office() -> None:
    _, file = booked(dated_slot(VISIT.office, VISIT.at))
    assert VisitTime(event_of(file)["DTSTART"].dt, VISIT.office) == VISIT
