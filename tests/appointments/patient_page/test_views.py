"""The patient's own page: what the link shows, and to whom. test_changes.py tests the changes."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments import workflow
from appointments.booking import cancel
from appointments.choices import Attempt, DeclineReason, Status
from appointments.models import ConsultationRequest, Visit
from appointments.patient_page import corrections
from appointments.patient_page.identity import new_proof
from appointments.phones import Phone
from appointments.visit_time import VisitTime
from clinic_site.dates import NO_BREAK, day_and_clock
from tests.appointments.builders import NOW, VISIT, make_request, move, schedule
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
    """Post a change as somebody who has just confirmed who they are, on the page that shows `request`."""
    return post(client, request, step=step, proof=new_proof(request), version=request.version, **data)


def buttons(page: Page) -> list[str]:
    return [words(button) for button in page.all("button")]


def shown(client: Client, request: ConsultationRequest) -> Page:
    return Page(client.get(address(request)))


def state(client: Client, request: ConsultationRequest) -> str:
    """Return the panel of the page that describes the state of the request."""
    page = shown(client, request)
    return next(words(box) for box in page.all("div") if box.get("class") == "panel")


def happened(client: Client, request: ConsultationRequest) -> list[str]:
    items = shown(client, request).all("ol")
    return [words(item) for item in next(items)]


def shown_as(moment: dt.datetime) -> str:
    return day_and_clock(moment).replace(NO_BREAK, " ")


class TestLink:
    @pytest.mark.parametrize("token", ["unknown", "x" * 43, "a.b", "%00"])
    def test_an_unknown_token_is_not_found(self, client: Client, token: str) -> None:
        make_request()
        assert client.get(f"/consultation/status/{token}/").status_code == 404

    def test_a_link_works_for_thirty_days_and_not_for_an_erased_request(self, client: Client) -> None:
        fresh, old, erased = make_request(), make_request(now=NOW - dt.timedelta(days=30)), make_request()
        before = address(erased)
        workflow.erase(erased, "dana", NOW)
        assert client.get(address(fresh)).status_code == 200
        assert [client.get(path).status_code for path in (address(old), before, address(erased))] == [404] * 3
        assert post(client, old, known="0111").status_code == 404

    def test_the_page_is_not_indexed(self, client: Client) -> None:
        request = make_request()
        for response in (client.get(address(request)), post(client, request, known="0111")):
            assert response["X-Robots-Tag"] == "noindex"
            assert '<meta name="robots" content="noindex">' in response.content.decode()

    def test_head_is_answered_and_other_methods_are_refused(self, client: Client) -> None:
        request = make_request()
        assert client.head(address(request)).status_code == 200
        assert [getattr(client, method)(address(request)).status_code for method in ("put", "delete")] == [405, 405]

    def test_a_cross_site_post_is_refused(self, client: Client) -> None:
        request = make_request()
        data = {"step": "withdrawn", "proof": new_proof(request), "sure": "on"}
        assert client.post(address(request), data, headers={"Origin": "https://evil.example"}).status_code == 403
        assert ConsultationRequest.objects.get().status == Status.NEW

    def test_a_post_needs_no_cookie(self) -> None:
        client = Client(enforce_csrf_checks=True)
        assert post(client, make_request(), known="0111").status_code == 200


class TestStatus:
    def test_a_new_request_shows_the_promised_time(self, client: Client) -> None:
        assert state(client, make_request()).startswith(f"We have your request {PROMISE}, in a way you allowed.")

    def test_reference_phones_and_emergency_numbers_are_shown(self, client: Client) -> None:
        request = make_request()
        page = shown(client, request)
        assert f"Your reference is {request.reference}" in page.text
        assert "Port Alder office (727) 555-0142 Open now" in page.text
        assert set(page.links.values()) >= {"tel:911", "tel:988", "tel:+17275550142", "tel:+17275550178"}

    def test_a_request_being_contacted_says_so(self, client: Client) -> None:
        request = make_request()
        workflow.transition(request, Status.CONTACTING, "dana", NOW)
        assert state(client, request).startswith(f"We are working on your request {PROMISE}")

    @pytest.mark.parametrize("status", [Status.NEW, Status.CONTACTING, Status.SPAM])
    def test_a_missed_promise_is_admitted(self, client: Client, clock: time_machine.Traveller, status: Status) -> None:
        request = make_request(status=status)
        clock.move_to(request.reply_by, tick=False)
        assert "We are late" not in state(client, request)
        clock.shift(dt.timedelta(seconds=1))
        late = state(client, request)
        assert "We promised to contact you by Tuesday, November 24, 5 p.m., and we are late." in late
        assert "call us" in late

    def test_words_of_a_crisis_change_nothing_in_the_promise(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        """At the desk the request is due at once."""
        request = make_request(note="I want to die")
        clock.move_to(request.reply_by, tick=False)
        assert "You will hear from us by Tuesday, November 24, 5 p.m." in state(client, request)
        clock.shift(dt.timedelta(seconds=1))
        assert "We promised to contact you by Tuesday, November 24, 5 p.m." in state(client, request)

    @pytest.mark.parametrize("attempt", [Attempt.NO_ANSWER, Attempt.VOICEMAIL, Attempt.WROTE, Attempt.WRONG_NUMBER])
    def test_a_missed_next_try_is_admitted(
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

    def test_a_missed_answer_after_contact_is_admitted(self, client: Client, clock: time_machine.Traveller) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.REACHED, "dana", NOW)
        clock.move_to(request.due_at + dt.timedelta(seconds=1), tick=False)
        assert "we are late: we wanted to act by Tuesday, November 24, 5 p.m. at the latest." in state(client, request)

    @pytest.mark.parametrize("attempt", [Attempt.NO_ANSWER, Attempt.VOICEMAIL, Attempt.WROTE])
    def test_an_attempt_is_shown_with_its_time_and_the_next_try(self, client: Client, attempt: Attempt) -> None:
        request = make_request(voicemail=True, texts=True)
        workflow.record_attempt(request, attempt, "dana", NOW)
        tried = state(client, request)
        by = shown_as(request.due_at)
        assert tried.startswith("We tried to reach you On Monday, November 23, 10 a.m. we tried to reach you.")
        assert tried.endswith(f"We will try again by {by} at the latest. You can also call us.")

    def test_a_wrong_number_asks_for_a_correction(self, client: Client) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW)
        text = state(client, request)
        assert "we last tried to reach you. The phone number we have does not lead to you. Correct it below, or" in text

    def test_a_corrected_number_renews_the_promise(self, client: Client, clock: time_machine.Traveller) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW)
        corrections.correct_phone(request, NEW_NUMBER, NOW)
        assert state(client, request).startswith(f"You corrected your number {PROMISE}")
        clock.move_to(request.due_at + dt.timedelta(seconds=1), tick=False)
        assert state(client, request).startswith("We are late")
        workflow.record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW + 48 * HOUR)
        assert state(client, request).startswith("We could not reach you")

    def test_after_contact_the_page_says_to_call(self, client: Client) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.REACHED, "dana", NOW)
        text = "On Monday, November 23, 10 a.m. we reached you. If you still wait for something, call us."
        assert text in state(client, request)

    @pytest.mark.parametrize(
        ("status", "heading"),
        [
            (Status.SCHEDULED, "Your visit"),
            (Status.DECLINED, "We cannot take your request"),
            (Status.WITHDRAWN, "Your request was taken back"),
            (Status.CLOSED, "Your request is closed"),
        ],
    )
    def test_an_ended_request_says_so_and_offers_no_change(self, client: Client, status: Status, heading: str) -> None:
        request = make_request()
        move(request, status, "dana", NOW)
        page = shown(client, request)
        assert state(client, request).startswith(heading)
        other = " else" if status == Status.SCHEDULED else ""
        assert f"To change something{other}, call an office." in page.text
        assert buttons(page) == []

    def test_a_visit_is_shown_with_time_and_office_alone(self, client: Client) -> None:
        request = make_request(office="lake-wren")
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        schedule(request, VISIT, "dana", NOW)
        assert state(client, request) == (
            "Your visit is booked Tuesday, December 1, 2026, 3 p.m. EST "
            "Port Alder office 1 Demonstration Way, Suite 100 Port Alder, Florida 00000 (727) 555-0142 "
            "Add it to your calendar Move or cancel To move it, call the Port Alder office, (727) 555-0142. "
            "If you cannot come, cancel your visit. "
            "This page works until Wednesday, December 23, 10 a.m.: write the time down."
        )

    def test_the_current_time_of_a_visit_is_shown_until_cancelled(self, client: Client) -> None:
        request = make_request()
        schedule(request, VISIT, "dana", NOW)
        schedule(request, VisitTime(VISIT.at + 48 * HOUR, "lake-wren"), "dana", NOW)
        text = state(client, request)
        assert "Thursday, December 3, 2026, 3 p.m. EST Lake Wren office" in text
        assert "Port Alder office" not in text
        cancel(request, "dana", NOW)
        assert "December 3" not in state(client, request)

    def test_a_past_visit_is_shown_as_past(self, client: Client, clock: time_machine.Traveller) -> None:
        request = make_request()
        schedule(request, VISIT, "dana", NOW)
        clock.move_to(VISIT.at - dt.timedelta(seconds=1), tick=False)
        assert state(client, request).startswith("Your visit is booked Tuesday")
        clock.move_to(VISIT.at, tick=False)
        text = state(client, request)
        assert text.startswith(
            "The time of your visit has passed It was Tuesday, December 1, 2026, 3 p.m. EST, Port Alder office."
        )
        assert "change it" not in text

    def test_a_visit_without_a_time_shows_none(self, client: Client) -> None:
        text = state(client, make_request(status=Status.SCHEDULED))
        assert text.startswith("Ask us for the time of your visit")
        assert not any(char.isdigit() for char in text)

    def test_a_visit_at_a_removed_office_says_to_ask(self, client: Client) -> None:
        request = make_request()
        schedule(request, VISIT, "dana", NOW)
        Visit.objects.update(office="gone")
        assert "we no longer have that office. To agree on another time, call an office." in state(client, request)

    def test_no_state_claims_an_agreement_or_a_conversation(self, client: Client) -> None:
        """The desk records that somebody was reached, but not how, and records no agreement."""
        requests = [make_request(status=status) for status in Status]
        for number, attempt in enumerate(Attempt):
            own: dict[str, Any] = {"name": f"Ana {number}", "phone": f"+1727555013{number}"}
            requests.append(make_request(voicemail=True, texts=True, **own))
            workflow.record_attempt(requests[-1], attempt, "dana", NOW)
        texts = [shown(client, request).text for request in requests]
        assert not [text for text in texts if "agreed" in text or "spoke" in text or "arranged" in text]

    def test_a_letter_after_a_wrong_number_is_not_shown_as_a_call(self, client: Client) -> None:
        request = make_request(email="ana@example.com")
        workflow.record_attempt(request, Attempt.WRONG_NUMBER, "dana", NOW)
        workflow.record_attempt(request, Attempt.WROTE, "dana", NOW + HOUR)
        text = state(client, request)
        assert "On Monday, November 23, 11 a.m. we last tried to reach you. The phone number we have does not" in text

    @pytest.mark.parametrize("reason", DeclineReason)
    def test_the_reason_for_declining_is_not_shown(self, client: Client, reason: DeclineReason) -> None:
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

    def test_a_joined_request_says_so_without_naming_the_other(self, client: Client) -> None:
        request, other = make_request(), make_request(office="lake-wren")
        workflow.join(request, other, "dana", NOW)
        page = shown(client, request)
        assert state(client, request).startswith("We put two requests together")
        assert other.reference not in page.text
        assert "To change something, call an office." in page.text

    def test_every_status_has_a_text(self, client: Client) -> None:
        assert all(state(client, make_request(status=status)) for status in Status)

    @pytest.mark.parametrize("hours", [0, 24 * 20])
    def test_no_sentence_ends_with_two_periods(self, client: Client, clock: time_machine.Traveller, hours: int) -> None:
        requests = [make_request(status=status, voicemail=True, texts=True) for status in Status]
        for number, attempt in enumerate(Attempt):
            own: dict[str, Any] = {"name": f"Ana {number}", "phone": f"+1727555013{number}"}
            requests.append(make_request(voicemail=True, texts=True, **own))
            workflow.record_attempt(requests[-1], attempt, "dana", NOW)
        clock.shift(hours * HOUR)
        assert not any(".." in shown(client, request).text for request in requests)


class TestHappenings:
    def test_each_outcome_of_an_attempt_is_listed(self, client: Client) -> None:
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

    def test_changes_by_the_patient_are_listed(self, client: Client) -> None:
        request = make_request()
        corrections.correct_phone(request, NEW_NUMBER, NOW)
        corrections.change_times(request, ["midday"], NOW)
        workflow.transition(request, Status.WITHDRAWN, "", NOW)
        at = "Monday, November 23, 10 a.m."
        assert happened(client, request) == [
            SENT,
            f"{at} You changed your phone number.",
            f"{at} You changed your good times.",
            f"{at} You took your request back.",
        ]

    def test_internal_steps_of_the_desk_are_not_listed(self, client: Client) -> None:
        request = make_request()
        workflow.assign(request, "dana", "dana", NOW)
        workflow.note(request, "planted", "dana", NOW)
        workflow.transition(request, Status.WITHDRAWN, "dana", NOW)
        assert happened(client, request) == [SENT]
        html = client.get(address(request)).content.decode()
        assert "dana" not in html
        assert "planted" not in html

    def test_undone_steps_are_not_listed(self, client: Client) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        workflow.undo(request, "dana", NOW)
        assert happened(client, request) == [SENT]
        assert PROMISE in state(client, request)


class TestNothingPersonal:
    def test_the_link_alone_shows_nothing_the_patient_typed(self, client: Client) -> None:
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
