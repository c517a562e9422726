"""The patient's own page: what the link shows, and to whom. What may be changed there: test_status_changes.py."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments import workflow
from appointments.choices import Attempt, DeclineReason, Status
from appointments.identity import new_proof
from appointments.models import ConsultationRequest
from appointments.phones import Phone
from appointments.visit_time import Visit
from clinic_site.wording import NO_BREAK, day_and_clock
from tests.appointments.builders import NOW, VISIT, make_request, move
from tests.appointments.pages import Page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOUR = dt.timedelta(hours=1)
SENT = "Monday, November 23, 10 a.m. You sent your request."
PROMISE = "You will hear from us by Tuesday, November 24, 5 p.m."
NEW_NUMBER = Phone("727 555 0122", "+17275550122", "")


def address(request: ConsultationRequest) -> str:
    return f"/consultation/status/{request.token}/"


def post(client: Client, request: ConsultationRequest, **data: Any) -> Any:
    return client.post(address(request), data)


def change(client: Client, request: ConsultationRequest, step: str, **data: Any) -> Any:
    """A change by somebody who has just confirmed who they are, and sees the request as the test does."""
    return post(client, request, step=step, proof=new_proof(request), version=request.version, **data)


def buttons(page: Page) -> list[str]:
    return [words(each) for each in page.all("button")]


def shown(client: Client, request: ConsultationRequest) -> Page:
    return Page(client.get(address(request)))


def state(client: Client, request: ConsultationRequest) -> str:
    """What the page says about where the request stands."""
    page = shown(client, request)
    return next(words(each) for each in page.all("div") if each.get("class") == "panel")


def happened(client: Client, request: ConsultationRequest) -> list[str]:
    items = shown(client, request).all("ol")
    return [words(each) for each in next(items)]


def shown_as(moment: dt.datetime) -> str:
    return day_and_clock(moment).replace(NO_BREAK, " ")


class TestLink:
    @pytest.mark.parametrize("token", ["unknown", "x" * 43, "a.b", "%00"])
    def test_an_unknown_token_is_not_found(self, client: Client, token: str) -> None:
        make_request()
        assert client.get(f"/consultation/status/{token}/").status_code == 404

    def test_it_works_for_thirty_days_and_not_for_an_erased_request(self, client: Client) -> None:
        fresh, old, erased = make_request(), make_request(now=NOW - dt.timedelta(days=30)), make_request()
        before = address(erased)
        workflow.erase(erased, "dana", NOW)
        assert client.get(address(fresh)).status_code == 200
        assert [client.get(each).status_code for each in (address(old), before, address(erased))] == [404] * 3
        assert post(client, old, known="0111").status_code == 404

    def test_search_engines_are_told_to_stay_out(self, client: Client) -> None:
        request = make_request()
        for response in (client.get(address(request)), post(client, request, known="0111")):
            assert response["X-Robots-Tag"] == "noindex"
            assert '<meta name="robots" content="noindex">' in response.content.decode()

    def test_head_is_answered_and_other_methods_are_refused(self, client: Client) -> None:
        request = make_request()
        assert client.head(address(request)).status_code == 200
        assert [getattr(client, method)(address(request)).status_code for method in ("put", "delete")] == [405, 405]

    def test_a_post_that_another_site_made_is_refused(self, client: Client) -> None:
        request = make_request()
        data = {"step": "withdrawn", "proof": new_proof(request), "sure": "on"}
        assert client.post(address(request), data, headers={"Origin": "https://evil.example"}).status_code == 403
        assert ConsultationRequest.objects.get().status == Status.NEW

    def test_a_post_of_our_own_page_needs_no_cookie(self) -> None:
        client = Client(enforce_csrf_checks=True)
        assert post(client, make_request(), known="0111").status_code == 200


class TestStatus:
    def test_a_new_request_says_by_when_they_hear(self, client: Client) -> None:
        assert state(client, make_request()).startswith(f"We have your request {PROMISE}, in a way you allowed.")

    def test_it_says_the_reference_the_phones_and_what_to_do_in_an_emergency(self, client: Client) -> None:
        request = make_request()
        page = shown(client, request)
        assert f"Your reference is {request.reference}" in page.text
        assert "Port Alder office (727) 555-0142 Open now" in page.text
        assert set(page.links.values()) >= {"tel:911", "tel:988", "tel:+17275550142", "tel:+17275550178"}

    def test_work_that_has_begun_says_so(self, client: Client) -> None:
        request = make_request()
        workflow.transition(request, Status.CONTACTING, "dana", NOW)
        assert state(client, request).startswith(f"We are working on your request {PROMISE}")

    @pytest.mark.parametrize("status", [Status.NEW, Status.CONTACTING, Status.SPAM])
    def test_a_broken_promise_is_admitted(self, client: Client, clock: time_machine.Traveller, status: Status) -> None:
        request = make_request(status=status)
        clock.move_to(request.reply_by, tick=False)
        assert "We are late" not in state(client, request)
        clock.shift(dt.timedelta(seconds=1))
        late = state(client, request)
        assert "We promised to contact you by Tuesday, November 24, 5 p.m., and we are late." in late
        assert "call us" in late

    @pytest.mark.parametrize("attempt", [Attempt.NO_ANSWER, Attempt.VOICEMAIL, Attempt.WROTE, Attempt.WRONG_NUMBER])
    def test_so_is_a_try_that_did_not_come(
        self, client: Client, clock: time_machine.Traveller, attempt: Attempt
    ) -> None:
        request = make_request(voicemail=True, texts=True)
        workflow.record_attempt(request, attempt, "dana", NOW)
        clock.move_to(request.due_at, tick=False)
        assert "late" not in state(client, request).replace("latest", "")
        clock.shift(dt.timedelta(seconds=1))
        late = state(client, request)
        assert late.startswith("We are late ")
        assert "Monday, November 23, 10 a.m." in late
        by = shown_as(request.due_at)
        assert f"We wanted to try again by {by}, and we are late. You need not wait for us: call us" in late

    def test_so_is_an_answer_that_did_not_come_after_a_talk(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.REACHED, "dana", NOW)
        clock.move_to(request.due_at + dt.timedelta(seconds=1), tick=False)
        assert "we are late: we wanted to act by Tuesday, November 24, 5 p.m. at the latest." in state(client, request)

    @pytest.mark.parametrize("attempt", [Attempt.NO_ANSWER, Attempt.VOICEMAIL, Attempt.WROTE])
    def test_a_try_says_when_it_was_and_when_the_next_is_planned(self, client: Client, attempt: Attempt) -> None:
        request = make_request(voicemail=True, texts=True)
        workflow.record_attempt(request, attempt, "dana", NOW)
        tried = state(client, request)
        by = shown_as(request.due_at)
        assert tried.startswith("We tried to reach you On Monday, November 23, 10 a.m. we tried to reach you.")
        assert tried.endswith(f"We will try again by {by} at the latest. You can also call us.")

    def test_a_wrong_number_asks_for_the_right_one(self, client: Client) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW)
        told = state(client, request)
        assert "we last tried to reach you. The phone number we have does not lead to you. Correct it below, or" in told

    def test_a_corrected_number_is_owed_an_answer(self, client: Client, clock: time_machine.Traveller) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW)
        workflow.correct_phone(request, NEW_NUMBER, NOW)
        assert state(client, request).startswith(f"You corrected your number {PROMISE}")
        clock.move_to(request.due_at + dt.timedelta(seconds=1), tick=False)
        assert state(client, request).startswith("We are late")
        workflow.record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW + 48 * HOUR)
        assert state(client, request).startswith("We could not reach you")

    def test_once_spoken_with_they_are_told_to_call(self, client: Client) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.REACHED, "dana", NOW)
        told = "On Monday, November 23, 10 a.m. we reached you. If you still wait for something, call us."
        assert told in state(client, request)

    @pytest.mark.parametrize(
        ("status", "heading"),
        [
            (Status.SCHEDULED, "Your visit"),
            (Status.DECLINED, "We cannot take your request"),
            (Status.WITHDRAWN, "Your request was taken back"),
            (Status.CLOSED, "Your request is closed"),
        ],
    )
    def test_an_ended_request_says_so_and_to_call_for_a_change(
        self, client: Client, status: Status, heading: str
    ) -> None:
        request = make_request()
        move(request, status, "dana", NOW)
        page = shown(client, request)
        assert state(client, request).startswith(heading)
        assert "To change something, call an office." in page.text
        assert buttons(page) == []

    def test_a_visit_is_told_with_its_time_and_office_and_nothing_else(self, client: Client) -> None:
        request = make_request(office="lake-wren")
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        workflow.schedule(request, VISIT, "dana", NOW)
        assert state(client, request) == (
            "Your visit Tuesday, December 1, 2026, 3 p.m. EST "
            "Port Alder office 1 Demonstration Way, Suite 100 Port Alder, Florida 00000 "
            "This page works until Wednesday, December 23, 10 a.m.: write the time down. To change it, call an office."
        )

    def test_a_corrected_time_takes_the_place_of_the_first_and_undoing_takes_it_away(self, client: Client) -> None:
        request = make_request()
        workflow.schedule(request, VISIT, "dana", NOW)
        workflow.schedule(request, Visit(VISIT.at + 48 * HOUR, "lake-wren"), "dana", NOW)
        told = state(client, request)
        assert "Thursday, December 3, 2026, 3 p.m. EST Lake Wren office" in told
        assert "Port Alder office" not in told
        for _ in range(2):
            workflow.undo(request, "dana", NOW)
        assert state(client, request).startswith("We have your request")

    def test_a_time_that_has_passed_is_told_as_such(self, client: Client, clock: time_machine.Traveller) -> None:
        request = make_request()
        workflow.schedule(request, VISIT, "dana", NOW)
        clock.move_to(VISIT.at - dt.timedelta(seconds=1), tick=False)
        assert state(client, request).startswith("Your visit Tuesday")
        clock.move_to(VISIT.at, tick=False)
        told = state(client, request)
        assert told.startswith("The time of your visit has passed It was Tuesday, December 1, 2026, 3 p.m. EST.")
        assert "change it" not in told

    def test_without_a_stored_time_none_is_invented(self, client: Client) -> None:
        told = state(client, make_request(status=Status.SCHEDULED))
        assert told.startswith("Ask us for the time of your visit")
        assert not any(char.isdigit() for char in told)

    def test_an_office_that_is_gone_is_asked_about(self, client: Client) -> None:
        request = make_request()
        workflow.schedule(request, VISIT, "dana", NOW)
        ConsultationRequest.objects.update(visit_office="gone")
        assert "Call an office and ask where your visit is." in state(client, request)

    def test_no_state_says_that_they_agreed_to_something_or_that_somebody_spoke(self, client: Client) -> None:
        """What the desk writes down is that somebody was reached, not how; and nobody writes down an agreement."""
        requests = [make_request(status=status) for status in Status]
        for number, attempt in enumerate(Attempt):
            own: dict[str, Any] = {"name": f"Ana {number}", "phone": f"+1727555013{number}"}
            requests.append(make_request(voicemail=True, texts=True, **own))
            workflow.record_attempt(requests[-1], attempt, "dana", NOW)
        said = [shown(client, request).text for request in requests]
        assert not [text for text in said if "agreed" in text or "spoke" in text or "arranged" in text]

    def test_a_letter_after_a_wrong_number_is_not_told_as_a_call(self, client: Client) -> None:
        request = make_request(email="ana@example.com")
        workflow.record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW)
        workflow.record_attempt(request, Attempt.WROTE, "dana", NOW + HOUR)
        told = state(client, request)
        assert "On Monday, November 23, 11 a.m. we last tried to reach you. The phone number we have does not" in told

    @pytest.mark.parametrize("reason", DeclineReason)
    def test_nobody_is_told_why(self, client: Client, reason: DeclineReason) -> None:
        request = make_request()
        workflow.transition(request, Status.DECLINED, "dana", NOW, reason)
        text = shown(client, request).text
        assert reason.label not in text
        assert "You can ask us why" in text

    def test_spam_looks_like_a_new_request(self, client: Client) -> None:
        robots, marked, new = make_request(status=Status.SPAM), make_request(), make_request()
        workflow.record_attempt(marked, Attempt.REACHED, "dana", NOW)
        workflow.transition(marked, Status.SPAM, "dana", NOW)
        for spam in (robots, marked):
            assert state(client, spam).startswith("We have your request You will hear from us by")
            assert buttons(shown(client, spam)) == buttons(shown(client, new))

    def test_a_duplicate_says_so_and_nothing_of_the_other(self, client: Client) -> None:
        request, other = make_request(), make_request(office="lake-wren")
        workflow.join(request, other, "dana", NOW)
        page = shown(client, request)
        assert state(client, request).startswith("We put two requests together")
        assert other.reference not in page.text
        assert "To change something, call an office." in page.text

    def test_every_status_has_its_words(self, client: Client) -> None:
        assert all(state(client, make_request(status=each)) for each in Status)

    @pytest.mark.parametrize("hours", [0, 24 * 20])
    def test_no_sentence_has_two_stops(self, client: Client, clock: time_machine.Traveller, hours: int) -> None:
        requests = [make_request(status=each, voicemail=True, texts=True) for each in Status]
        for number, attempt in enumerate(Attempt):
            own: dict[str, Any] = {"name": f"Ana {number}", "phone": f"+1727555013{number}"}
            requests.append(make_request(voicemail=True, texts=True, **own))
            workflow.record_attempt(requests[-1], attempt, "dana", NOW)
        clock.shift(hours * HOUR)
        assert not any(".." in shown(client, each).text for each in requests)


class TestHappenings:
    def test_each_way_of_trying_is_told_without_a_word_too_many(self, client: Client) -> None:
        request = make_request(voicemail=True, texts=True)
        for hours, attempt in enumerate(Attempt, start=1):
            workflow.record_attempt(request, attempt, "dana", NOW + hours * HOUR)
        assert happened(client, request) == [
            SENT,
            "Monday, November 23, 11 a.m. We called you, and nobody answered.",
            "Monday, November 23, noon We left you a message.",
            "Monday, November 23, 1 p.m. We called, and did not reach you.",
            "Monday, November 23, 2 p.m. We reached you.",
            "Monday, November 23, 3 p.m. We wrote to you.",
        ]

    def test_what_the_patient_changed_is_told(self, client: Client) -> None:
        request = make_request()
        workflow.correct_phone(request, NEW_NUMBER, NOW)
        workflow.change_times(request, ["midday"], NOW)
        workflow.transition(request, Status.WITHDRAWN, "", NOW)
        at = "Monday, November 23, 10 a.m."
        assert happened(client, request) == [
            SENT,
            f"{at} You changed your phone number.",
            f"{at} You changed your good times.",
            f"{at} You took your request back.",
        ]

    def test_what_is_the_desks_own_is_not(self, client: Client) -> None:
        request = make_request()
        workflow.assign(request, "dana", "dana", NOW)
        workflow.note(request, "planted", "dana", NOW)
        workflow.transition(request, Status.WITHDRAWN, "dana", NOW)
        assert happened(client, request) == [SENT]
        html = client.get(address(request)).content.decode()
        assert "dana" not in html
        assert "planted" not in html

    def test_a_step_that_was_undone_did_not_happen(self, client: Client) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        workflow.undo(request, "dana", NOW)
        assert happened(client, request) == [SENT]
        assert PROMISE in state(client, request)


class TestNothingPersonal:
    def test_nothing_that_was_typed_is_shown_with_the_link_alone(self, client: Client) -> None:
        planted: dict[str, Any] = {
            "name": "Zephyrine",
            "note": "planted",
            "interpreter": "Twi",
            "access_note": "ramp",
            "article": "from-x",
            "email": "z@planted.example",
            "phone": "+17275550133",
            "phone_typed": "555-0133",
        }
        html = client.get(address(make_request(**planted))).content.decode()
        assert [value for value in (*planted.values(), "0133") if value in html] == []
