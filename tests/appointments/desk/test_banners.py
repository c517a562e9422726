"""What is said on top of a request's page."""

import datetime as dt

import pytest

from appointments.choices import Action, Attempt, MailKind, MailStatus, Status
from appointments.desk.banners import Banner, banners
from appointments.desk.history import history
from appointments.models import ConsultationRequest
from appointments.phones import Phone
from appointments.workflow import (
    assign,
    change_times,
    correct_phone,
    erase,
    join,
    note,
    record,
    record_attempt,
    schedule,
    transition,
    undo,
)
from tests.appointments.builders import LATER, NOW, VISIT, make_request

pytestmark = pytest.mark.django_db
NEW_NUMBER = Phone("727 555 0123", "+17275550123", "")
MONDAY_10 = "Monday, November 23, 10\u00a0a.m."


def ago(minutes: int) -> dt.datetime:
    return NOW - dt.timedelta(minutes=minutes)


def said(request: ConsultationRequest, now: dt.datetime = NOW) -> list[Banner]:
    """What is said to kim."""
    request.refresh_from_db()
    return banners(request, history(request), "kim", now)


def texts(request: ConsultationRequest, now: dt.datetime = NOW) -> list[str]:
    return [banner.text for banner in said(request, now)]


def test_nothing_is_said_without_need() -> None:
    assert said(make_request()) == []


def test_words_of_a_crisis_come_first_with_the_note_itself() -> None:
    request = make_request(note="I want to die", access_note="Low light")
    change_times(request, ["morning"], NOW)
    first = said(request)[0]
    assert first.text == "This note has words of a crisis. Follow the clinic's crisis plan now."
    assert (first.details, first.urgent) == (("I want to die", "Low light"), True)


class TestCorrections:
    def test_what_the_patient_changed(self) -> None:
        request = make_request()
        correct_phone(request, NEW_NUMBER, NOW)
        [banner] = said(request)
        assert banner.details == (f"The patient changed the phone number on {MONDAY_10}",)

    def test_until_somebody_tried_to_reach_them(self) -> None:
        request = make_request()
        correct_phone(request, NEW_NUMBER, NOW)
        record_attempt(request, Attempt.NO_ANSWER, "kim", LATER)
        assert said(request, LATER) == []
        change_times(request, ["morning"], LATER + dt.timedelta(hours=1))
        [banner] = said(request, LATER)
        assert banner.details == ("The patient changed the good times on Monday, November 23, noon",)


class TestOthers:
    def test_who_looked_and_what_they_did_with_how_long_ago(self) -> None:
        request = make_request()
        record(request, Action.OPENED, "dana", ago(3))
        assign(request, "dana", "dana", ago(2))
        note(request, "Ask for Ana.", "dana", ago(0))
        [banner] = said(request)
        assert banner.text == "Somebody else is at this request."
        assert banner.details == (
            "dana added a note, less than a minute ago",
            "dana gave the request to dana, 2 minutes ago",
            "dana opened the request, 3 minutes ago",
        )

    @pytest.mark.parametrize(("minutes", "count"), [(10, 1), (11, 0)])
    def test_for_ten_minutes(self, minutes: int, count: int) -> None:
        request = make_request()
        record(request, Action.PRINTED, "dana", ago(minutes))
        assert len(said(request)) == count

    def test_not_what_one_did_oneself(self) -> None:
        request = make_request()
        record(request, Action.OPENED, "kim", ago(1))
        assign(request, "kim", "kim", ago(1))
        assert said(request) == []


def test_a_confirmation_that_was_given_up() -> None:
    request = make_request(email="ana@example.com")
    request.messages.filter(kind=MailKind.CONFIRMATION).update(status=MailStatus.FAILED)
    [text] = texts(request)
    assert text.startswith("The confirmation mail to the patient could not be delivered.")


def test_news_that_was_given_up_until_somebody_notes_that_the_patient_knows() -> None:
    request = make_request(email="ana@example.com")
    schedule(request, VISIT, "kim", NOW)
    request.messages.update(status=MailStatus.FAILED)
    told = (
        "The mail that there is news could not be delivered. Tell the patient, then note that you did. "
        "If the address is right, send the mail again under “Next steps”."
    )
    assert texts(request) == [told]
    note(request, "Told by phone.", "kim", LATER)
    assert told not in texts(request)


def test_a_request_that_nobody_opened_in_time() -> None:
    request = make_request()
    [banner] = said(request, NOW + dt.timedelta(days=7))
    assert (banner.text.startswith("This request was nearly lost"), banner.urgent) == (True, True)
    record(request, Action.OPENED, "dana", NOW)
    record_attempt(request, Attempt.REACHED, "dana", NOW)
    assert "nearly lost" not in str(said(request, NOW + dt.timedelta(days=7)))


def test_a_request_whose_notice_was_given_up() -> None:
    request = make_request()
    request.messages.filter(kind=MailKind.NOTICE).update(status=MailStatus.FAILED)
    [text] = texts(request)
    assert text.startswith("This request was nearly lost")


def test_what_was_erased() -> None:
    request = make_request()
    erase(request, "kim", NOW)
    assert texts(request) == [f"What the patient sent was erased on {MONDAY_10}"]


def test_duplicates_lead_to_each_other() -> None:
    older, newer = make_request(), make_request(now=LATER)
    join(newer, older, "kim", NOW)
    assert said(newer) == [Banner("This request was joined to another. Go on there:", links=(older,))]
    told = f"{newer.reference}: No voicemail, No texts. No note"
    assert said(older) == [Banner("Joined to this request:", (told,), (newer,))]


def test_joining_hides_neither_a_contact_rule_nor_a_note_nor_a_crisis() -> None:
    older, newer = make_request(), make_request(now=LATER, contact_way="no_calls", note="I want to die")
    join(newer, older, "kim", NOW)
    crisis, joined = said(older)
    assert (crisis.details, crisis.urgent) == (("I want to die",), True)
    assert joined.details == (f"{newer.reference}: Do not call, No voicemail, No texts. Note: I want to die",)


class TestWithdrawal:
    def withdraw(self, actor: str = "") -> ConsultationRequest:
        request = make_request()
        transition(request, Status.WITHDRAWN, actor, NOW)
        return request

    def test_by_the_patient(self) -> None:
        assert texts(self.withdraw()) == [f"The patient took the request back on {MONDAY_10}"]

    def test_by_the_desk_is_no_news(self) -> None:
        assert said(self.withdraw("kim")) == []

    def test_until_it_is_reopened(self) -> None:
        request = self.withdraw()
        transition(request, Status.NEW, "kim", NOW)
        assert said(request) == []
        undo(request, "kim", NOW)
        assert len(said(request)) == 1

    def test_an_erased_request_was_not_taken_back(self) -> None:
        request = make_request()
        erase(request, "kim", NOW)
        assert not any("took the request back" in text for text in texts(request))
