"""The calendar file that patients download: an entry that asks for no reply."""

import datetime as dt
from typing import Any

import pytest
from icalendar import Calendar

from appointments.booking import book
from appointments.visits.calendar_file import calendar_file
from tests.appointments.builders import NOW, make_request
from tests.appointments.visits.slots import free_slots

pytestmark = pytest.mark.django_db


def files(kind: str = "visit", now: dt.datetime = NOW) -> tuple[Any, Any]:
    """Return the calendar of the mail and the one to download."""
    request = make_request(email="ana@example.com", now=now)
    visit = book(request, free_slots(kind, now)[-1], "dana", now)
    return tuple(  # type: ignore[return-value]
        Calendar.from_ical(calendar_file(visit, request, now, for_download=download)) for download in (False, True)
    )


def test_a_download_is_published_without_attendees() -> None:
    mailed, downloaded = files()
    assert (mailed["METHOD"], downloaded["METHOD"]) == ("REQUEST", "PUBLISH")
    assert "ATTENDEE" in mailed.events[0]
    assert "ATTENDEE" not in downloaded.events[0]
    assert "ORGANIZER" in downloaded.events[0]


def test_a_download_is_the_same_entry_as_the_mail() -> None:
    entries = [calendar.events[0] for calendar in files()]
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "LOCATION"):
        assert entries[0][name].to_ical() == entries[1][name].to_ical()


def test_the_entry_names_the_office_and_nothing_else() -> None:
    text = files()[1].to_ical().decode()
    assert "SUMMARY:Appointment\r\n" in text
    assert "Demonstration Way" in text
    assert not [word for word in ("ana", "Torres", "consultation", "Pain", "Marigold") if word in text]


def test_a_call_has_no_place() -> None:
    assert "LOCATION" not in files("call")[1].events[0]


def test_the_entry_has_the_time_of_the_wall_clock_after_the_clocks_change() -> None:
    _, downloaded = files("call", dt.datetime(2026, 10, 26, 14, 0, tzinfo=dt.UTC))
    start = downloaded.events[0].start
    assert (start.utcoffset(), start.tzinfo.key) == (dt.timedelta(hours=-5), "America/New_York")
    assert [zone["TZID"] for zone in downloaded.timezones] == ["America/New_York"]


def test_a_visit_at_an_office_that_is_gone_names_no_place() -> None:
    request = make_request(email="ana@example.com")
    visit = book(request, free_slots()[0], "dana", NOW)
    visit.office = "gone"
    event = Calendar.from_ical(calendar_file(visit, request, NOW, for_download=True)).events[0]
    assert not {"LOCATION", "CONTACT"} & set(event)
