"""The banners at the top of a request's page."""

import datetime as dt

import pytest

from appointments.choices import Action, Attempt, MailKind, MailStatus, Status
from appointments.desk.request.banners import Banner, banners
from appointments.desk.request.history import history
from appointments.models import ConsultationRequest
from appointments.patient_page.corrections import change_times, correct_phone
from appointments.phones import Phone
from appointments.workflow import assign, erase, join, note, record, record_attempt, submit, transition, undo
from tests.appointments.builders import LATER, NOW, VISIT, make_answers, make_request, schedule

pytestmark = pytest.mark.django_db
NEW_NUMBER = Phone("727 555 0123", "+17275550123", "")
MONDAY_10 = "Monday, November 23, 10\u00a0a.m."


def ago(minutes: int) -> dt.datetime:
    return NOW - dt.timedelta(minutes=minutes)


def banners_for_kim(request: ConsultationRequest, now: dt.datetime = NOW) -> list[Banner]:
    """Return the banners that kim sees."""
    request.refresh_from_db()
    return banners(request, history(request), "kim", now)


def texts(request: ConsultationRequest, now: dt.datetime = NOW) -> list[str]:
    return [banner.text for banner in banners_for_kim(request, now)]


def test_an_ordinary_request_has_no_banner() -> None:
    assert banners_for_kim(make_request()) == []


def test_crisis_words_come_first_with_the_whole_note() -> None:
    request = make_request(note="I want to die", access_note="Low light")
    change_times(request, ["morning"], NOW)
    first = banners_for_kim(request)[0]
    assert first.text == "This note has words of a crisis. Follow the clinic's crisis plan now."
    assert (first.details, first.urgent) == (("I want to die", "Low light"), True)


def test_a_form_sent_within_seconds_is_marked() -> None:
    request = submit(make_answers(), NOW, fast=True)
    assert texts(request) == ["Sent within 3 seconds. A browser that fills in forms is that fast, and so is a robot."]


class TestCorrections:
    def test_a_banner_names_what_the_patient_changed(self) -> None:
        request = make_request()
        correct_phone(request, NEW_NUMBER, NOW)
        [banner] = banners_for_kim(request)
        assert banner.details == (f"The patient changed the phone number on {MONDAY_10}",)

    def test_it_is_gone_after_the_next_attempt(self) -> None:
        request = make_request()
        correct_phone(request, NEW_NUMBER, NOW)
        record_attempt(request, Attempt.NO_ANSWER, "kim", LATER)
        assert banners_for_kim(request, LATER) == []
        change_times(request, ["morning"], LATER + dt.timedelta(hours=1))
        [banner] = banners_for_kim(request, LATER)
        assert banner.details == ("The patient changed the good times on Monday, November 23, noon",)


class TestColleagues:
    def test_a_banner_says_which_colleague_did_what_and_how_long_ago(self) -> None:
        request = make_request()
        record(request, Action.OPENED, "dana", ago(3))
        assign(request, "dana", "dana", ago(2))
        note(request, "Ask for Ana.", "dana", ago(0))
        [banner] = banners_for_kim(request)
        assert banner.text == "Somebody else is at this request."
        assert banner.details == (
            "dana added a note, less than a minute ago",
            "dana gave the request to dana, 2 minutes ago",
            "dana opened the request, 3 minutes ago",
        )

    @pytest.mark.parametrize(("minutes", "count"), [(10, 1), (11, 0)])
    def test_it_shows_actions_of_the_last_ten_minutes(self, minutes: int, count: int) -> None:
        request = make_request()
        record(request, Action.PRINTED, "dana", ago(minutes))
        assert len(banners_for_kim(request)) == count

    def test_own_actions_are_not_shown(self) -> None:
        request = make_request()
        record(request, Action.OPENED, "kim", ago(1))
        assign(request, "kim", "kim", ago(1))
        assert banners_for_kim(request) == []


def test_an_undeliverable_confirmation_is_shown() -> None:
    request = make_request(email="ana@example.com")
    request.messages.filter(kind=MailKind.CONFIRMATION).update(status=MailStatus.FAILED)
    [text] = texts(request)
    assert text.startswith("The confirmation mail to the patient could not be delivered.")


def test_undeliverable_news_is_shown_until_a_note_says_the_patient_knows() -> None:
    request = make_request(email="ana@example.com")
    schedule(request, VISIT, "kim", NOW)
    request.messages.update(status=MailStatus.FAILED)
    text = (
        "The mail that there is news could not be delivered. Tell the patient, then note that you did. "
        "If the address is right, send the mail again under “Next steps”."
    )
    assert texts(request) == [text]
    note(request, "Told by phone.", "kim", LATER)
    assert text not in texts(request)


def test_a_request_nobody_opened_in_time_is_shown_as_nearly_lost() -> None:
    request = make_request()
    [banner] = banners_for_kim(request, NOW + dt.timedelta(days=7))
    assert (banner.text.startswith("This request was nearly lost"), banner.urgent) == (True, True)
    record(request, Action.OPENED, "dana", NOW)
    record_attempt(request, Attempt.REACHED, "dana", NOW)
    assert "nearly lost" not in str(banners_for_kim(request, NOW + dt.timedelta(days=7)))


def test_a_request_whose_notice_was_given_up() -> None:
    request = make_request()
    request.messages.filter(kind=MailKind.NOTICE).update(status=MailStatus.FAILED)
    [text] = texts(request)
    assert text.startswith("This request was nearly lost")


def test_an_erased_request_says_when_it_was_erased() -> None:
    request = make_request()
    erase(request, "kim", NOW)
    assert texts(request) == [f"What the patient sent was erased on {MONDAY_10}"]


def test_joined_requests_link_to_each_other() -> None:
    older, newer = make_request(), make_request(now=LATER)
    join(newer, older, "kim", NOW)
    assert banners_for_kim(newer) == [Banner("This request was joined to another. Go on there:", links=(older,))]
    text = f"{newer.reference}: No voicemail, No texts. No note"
    assert banners_for_kim(older) == [Banner("Joined to this request:", (text,), (newer,))]


def test_joining_hides_no_contact_rule_note_or_crisis() -> None:
    older, newer = make_request(), make_request(now=LATER, contact_way="no_calls", note="I want to die")
    join(newer, older, "kim", NOW)
    crisis, joined = banners_for_kim(older)
    assert (crisis.details, crisis.urgent) == (("I want to die",), True)
    assert joined.details == (f"{newer.reference}: Do not call, No voicemail, No texts. Note: I want to die",)


class TestWithdrawal:
    def withdraw(self, actor: str = "") -> ConsultationRequest:
        request = make_request()
        transition(request, Status.WITHDRAWN, actor, NOW)
        return request

    def test_a_withdrawal_by_the_patient_is_shown(self) -> None:
        assert texts(self.withdraw()) == [f"The patient took the request back on {MONDAY_10}"]

    def test_a_withdrawal_by_the_desk_is_not_shown(self) -> None:
        assert banners_for_kim(self.withdraw("kim")) == []

    def test_a_reopened_request_shows_no_withdrawal(self) -> None:
        request = self.withdraw()
        transition(request, Status.NEW, "kim", NOW)
        assert banners_for_kim(request) == []
        undo(request, "kim", NOW)
        assert len(banners_for_kim(request)) == 1

    def test_an_erased_request_shows_no_withdrawal(self) -> None:
        request = make_request()
        erase(request, "kim", NOW)
        assert not any("took the request back" in text for text in texts(request))
