"""What the patient's page says of a visit, and that it never claims more than is so."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from appointments import workflow
from appointments.booking import book, cancel, offer_earlier, record_outcome, refuse_offers, want_earlier
from appointments.choices import Attempt, CancelReason, Status, VisitStatus
from appointments.models import ConsultationRequest, Visit
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import LATER, NOW, VISIT, make_request, schedule
from tests.appointments.pages import Page
from tests.appointments.patient_page.test_views import SENT, address, buttons, happened, shown, shown_as, state
from tests.appointments.patient_page.visit_pages import (
    at,
    booked,
    offered,
    picked,
    the_visit,
)
from tests.appointments.visits.slots import closed_on, free_slots, patients_choose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)
MOVE, CANCEL, FILE = "choose another time", "cancel your visit", "Add it to your calendar"
AT = "at the Port Alder office"
EARLIER = "Tell me if an earlier time is free"


class TestBooked:
    def test_a_visit_in_the_office_is_shown_with_all_that_is_needed(self, client: Client) -> None:
        request = booked()
        with patients_choose():
            text, page = state(client, request), shown(client, request)
        assert text.startswith(
            "Your visit is booked Wednesday, November 25, 2026, 10:30 a.m. First consultation in the office "
            "Port Alder office 1 Demonstration Way, Suite 100 Port Alder, Florida 00000 (727) 555-0142"
        )
        assert "This page works until" in text
        assert set(page.links) >= {MOVE, CANCEL, FILE}
        assert "EST" not in text

    def test_a_call_says_the_zone_and_shows_no_number_of_the_patient(self, client: Client) -> None:
        request = booked("call")
        text = state(client, request)
        assert "EST First consultation by phone We call you at the number you gave." in text
        assert "Have at hand A list of the medicines you take" in text
        assert "0111" not in text

    @pytest.mark.parametrize("attempt", [Attempt.WRONG_NUMBER, None])
    def test_a_call_without_a_good_number_says_so(self, client: Client, attempt: Attempt | None) -> None:
        request = make_request() if attempt else make_request(phone="", phone_typed="", email="ana@example.com")
        if attempt:
            workflow.record_attempt(request, attempt, "dana", NOW)
        book(request, free_slots("call")[0], "dana", NOW)
        assert "We have no number that leads to you. Call us before the visit" in state(client, request)

    @pytest.mark.parametrize(("kind", "hours"), [("call", 4), ("visit", 48)])
    def test_moving_ends_at_the_second_of_the_cut_off_and_cancelling_does_not(
        self, client: Client, clock: time_machine.Traveller, kind: str, hours: int
    ) -> None:
        request = booked(kind)
        cut_off = the_visit(request).starts_at - hours * HOUR
        with patients_choose():
            clock.move_to(cut_off - SECOND, tick=False)
            assert f"Until {shown_as(cut_off)} you can choose another time." in state(client, request)
            clock.move_to(cut_off, tick=False)
            page, text = shown(client, request), state(client, request)
        assert MOVE not in page.links
        assert CANCEL in page.links
        assert "To move it, call the Port Alder office, (727) 555-0142." in text
        assert "Even now that is better than saying nothing." in text

    def test_where_the_desk_alone_books_the_page_says_to_call(self, client: Client) -> None:
        page = shown(client, booked())
        assert MOVE not in page.links
        assert "To move it, call the Port Alder office" in page.text

    def test_a_visit_of_a_date_alone_can_be_cancelled_and_offers_no_earlier_time(self, client: Client) -> None:
        request = make_request()
        schedule(request, VISIT, "dana", NOW)
        with patients_choose():
            page = shown(client, request)
        assert (MOVE in page.links, CANCEL in page.links, buttons(page)) == (False, True, [])
        assert "3 p.m. EST" in page.text

    def test_an_earlier_time_is_told_by_mail_alone(self, client: Client) -> None:
        assert EARLIER in buttons(shown(client, booked(email="ana@example.com")))
        without = shown(client, booked(number=1))
        assert EARLIER not in buttons(without)
        assert "To ask for an earlier time, call the Port Alder office, (727) 555-0142." in without.text

    def test_the_page_of_a_booked_visit_leads_to_the_copy_of_the_answers(self, client: Client) -> None:
        assert "Get a copy of your answers" in shown(client, booked()).links

    def test_a_patient_who_has_arrived_changes_nothing(self, client: Client, clock: time_machine.Traveller) -> None:
        request = booked()
        visit = the_visit(request)
        before = visit.starts_at - dt.timedelta(minutes=10)
        record_outcome(request, visit, VisitStatus.ARRIVED, "dana", before)
        clock.move_to(before, tick=False)
        page = shown(client, request)
        assert not {MOVE, CANCEL, FILE} & set(page.links)
        assert state(client, request).startswith("Your visit is booked")

    @pytest.mark.parametrize("outcome", [VisitStatus.FULFILLED, VisitStatus.NO_SHOW])
    def test_after_the_visit_nothing_can_be_changed(
        self, client: Client, clock: time_machine.Traveller, outcome: VisitStatus
    ) -> None:
        request = booked()
        visit = the_visit(request)
        early = visit.starts_at - dt.timedelta(minutes=5)
        record_outcome(request, visit, outcome, "dana", early)
        clock.move_to(early, tick=False)
        assert state(client, request).startswith("Your visit is over")
        clock.move_to(visit.starts_at, tick=False)
        assert state(client, request).startswith("The time of your visit has passed")
        assert CANCEL not in shown(client, request).links

    def test_a_visit_after_the_clocks_change_is_at_the_right_time_of_day(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        now = dt.datetime(2026, 10, 26, 14, 0, tzinfo=dt.UTC)
        clock.move_to(now, tick=False)
        request = make_request(now=now)
        at_three = dt.datetime(2026, 11, 2, 20, 0, tzinfo=dt.UTC)
        book(request, next(slot for slot in free_slots("call", now) if slot.starts_at == at_three), "dana", now)
        with patients_choose():
            text = state(client, request)
        assert "Monday, November 2, 2026, 3 p.m. EST" in text
        assert "Until Monday, November 2, 11 a.m. you can" in text

    def test_a_visit_whose_office_closed_meanwhile_says_to_call(self, client: Client) -> None:
        request = booked()
        with closed_on(get_clinic().today(the_visit(request).starts_at)):
            text, page = state(client, request), shown(client, request)
            file = client.get(f"{address(request)}appointment.ics")
        assert text.startswith("Call us about the time of your visit")
        assert "the office has no hours at that time any more" in text
        assert (FILE in page.links, CANCEL in page.links) == (False, True)
        assert file.status_code == 303

    def test_a_visit_at_an_office_that_is_gone_says_to_call(self, client: Client) -> None:
        request = booked()
        Visit.objects.update(office="gone")
        text = state(client, request)
        assert "we no longer have that office. To agree on another time, call an office." in text


class TestPicked:
    def test_a_picked_time_is_held_and_not_called_booked(self, client: Client) -> None:
        request = picked()
        with patients_choose():
            text, page = state(client, request), shown(client, request)
        assert text.startswith("Your time is held, and not yet confirmed You picked this time. It is held for you.")
        assert f"It is not booked yet: you will hear by {shown_as(request.due_at)} whether it is." in text
        assert set(page.links) >= {MOVE, CANCEL}
        assert FILE not in page.links
        assert EARLIER not in buttons(page)

    def test_a_late_answer_is_admitted(self, client: Client, clock: time_machine.Traveller) -> None:
        request = picked()
        clock.move_to(request.due_at + SECOND, tick=False)
        text = state(client, request)
        assert f"We promised to answer by {shown_as(request.due_at)}, and we are late." in text
        assert "booked" not in text

    def test_a_time_that_passed_unanswered_is_not_called_held(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        request = picked()
        clock.move_to(the_visit(request).starts_at, tick=False)
        text = state(client, request)
        assert text.startswith("Call us about the time you picked")
        assert "is not booked: that time has passed before we answered. We are late." in text
        assert CANCEL not in shown(client, request).links

    def test_a_picked_time_outside_the_hours_says_to_call(self, client: Client) -> None:
        request = picked()
        with closed_on(get_clinic().today(the_visit(request).starts_at)):
            text = state(client, request)
        assert "is not booked: the office has no hours at that time any more." in text
        assert "cancel your visit" in text

    def test_an_attempt_since_then_is_shown_as_well(self, client: Client) -> None:
        request = picked()
        workflow.record_attempt(request, Attempt.WRONG_NUMBER, "dana", LATER)
        text = shown(client, request).text
        assert "Your time is held, and not yet confirmed" in text
        assert "The phone number we have does not lead to you. Correct it below" in text


class TestOffered:
    def test_each_offer_has_a_button_and_the_end_of_its_hold(self, client: Client) -> None:
        slots = free_slots()[:2]
        request = offered(*slots)
        text, page = state(client, request), shown(client, request)
        assert text.startswith("Choose a time Nothing is booked yet.")
        assert text.count("Until Tuesday, November 24, 5 p.m. it is held for you.") == 2
        takes = [f"Take {shown_as(slot.starts_at)} {AT}" for slot in slots]
        assert buttons(page)[:3] == [*takes, "None of these fits"]

    def test_an_offer_whose_hold_ran_out_can_be_taken_while_it_is_free(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        slots = free_slots()[3:5]
        request = offered(*slots)
        clock.move_to(request.due_at, tick=False)
        book(make_request(), slots[0], "kim", request.due_at)
        clock.shift(SECOND)
        text, page = state(client, request), shown(client, request)
        assert "This time is no longer free." in text
        assert "No longer held for you, but still free." in text
        assert "and we are late" in text
        assert buttons(page)[:2] == [
            f"Take {shown_as(slots[1].starts_at)} {AT}",
            "None of these fits",
        ]

    def test_offers_that_are_all_gone_say_what_happens_next(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        request = offered(free_slots()[0])
        with closed_on(get_clinic().today(free_slots()[0].starts_at)):
            text = state(client, request)
        assert text.startswith("The offered times are no longer free Nothing is booked. You will hear from us by")
        clock.move_to(free_slots("visit", NOW + 20 * HOUR)[0].starts_at + 40 * 24 * HOUR, tick=False)
        ConsultationRequest.objects.update(created_at=NOW + 35 * 24 * HOUR)
        assert "and we are late. You need not wait for us" in state(client, request)
        assert buttons(shown(client, request))[0] == "Ask for other times"

    def test_offers_of_a_date_alone_can_be_taken_while_the_office_is_open(self, client: Client) -> None:
        request = offered(free_slots()[0])
        Visit.objects.update(calendar="", kind="", ends_at=None)
        assert any(button.startswith("Take ") for button in buttons(shown(client, request)))

    def test_an_attempt_since_then_is_shown_as_well(self, client: Client) -> None:
        request = offered()
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", LATER)
        text = shown(client, request).text
        assert "Nothing is booked yet." in text
        assert "we tried to reach you" in text

    def test_an_earlier_time_is_shown_beside_the_booked_one(self, client: Client) -> None:
        request, slot = booked(number=20, email="ana@example.com"), free_slots()[0]
        want_earlier(request, True, NOW)
        offer_earlier(request, slot, NOW + 2 * HOUR, NOW)
        text, page = state(client, request), shown(client, request)
        assert text.startswith("Your visit is booked")
        assert "An earlier time for you Your booked time stays yours until you take another one." in text
        assert {f"Take {shown_as(slot.starts_at)} {AT}", "Keep my booked time"} <= set(buttons(page))

    def test_an_earlier_time_that_is_gone_is_not_shown(self, client: Client, clock: time_machine.Traveller) -> None:
        request, slot = booked(number=20), free_slots()[0]
        offer_earlier(request, slot, NOW + 2 * HOUR, NOW)
        book(make_request(), slot, "kim", NOW + 2 * HOUR)
        clock.shift(2 * HOUR)
        assert "An earlier time for you" not in state(client, request)


class TestAfterwards:
    def test_a_cancelled_visit_is_called_cancelled_and_the_promise_is_new(self, client: Client) -> None:
        request = booked()
        cancel(request, "", NOW)
        text = state(client, request)
        assert text.startswith("Your visit is cancelled You will hear from us by Tuesday, November 24, 5 p.m.")

    def test_refused_offers_say_that_nothing_is_booked(self, client: Client, clock: time_machine.Traveller) -> None:
        request = offered()
        refuse_offers(request, NOW)
        assert state(client, request).startswith("No offered time fits you Nothing is booked. You will hear from us")
        clock.move_to(request.due_at + SECOND, tick=False)
        assert "and we are late" in state(client, request)

    def test_a_later_attempt_is_newer_than_a_cancelled_visit(self, client: Client) -> None:
        request = booked()
        cancel(request, "dana", NOW, CancelReason.CLINIC)
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", LATER)
        assert state(client, request).startswith("We tried to reach you")

    def test_the_answer_of_the_desk_is_shown_with_its_moment(self, client: Client) -> None:
        request = make_request()
        workflow.answer(request, "Parking is behind the house.", "dana", LATER)
        text = shown(client, request).text
        assert "Our answer to you Parking is behind the house. Written Monday, November 23, 11 a.m." in text
        assert "Monday, November 23, 11 a.m. We wrote you an answer." in happened(client, request)

    def test_the_answer_stays_on_the_page_of_a_joined_request(self, client: Client) -> None:
        request, other = make_request(), make_request(office="lake-wren")
        workflow.answer(request, "Planted", "dana", NOW)
        workflow.join(request, other, "dana", NOW)
        assert "Our answer to you Planted" in shown(client, request).text
        assert state(client, request).startswith("We put two requests together")

    @pytest.mark.parametrize("page", ["move", "cancel", "times"])
    def test_pages_of_a_request_without_a_visit_lead_back(self, client: Client, page: str) -> None:
        for request in (make_request(), make_request(status=Status.SCHEDULED), make_request(status=Status.DECLINED)):
            response = client.get(at(request, page))
            assert response.status_code == 303
            assert response["Location"].startswith(address(request))

    def test_spam_shows_no_visit(self, client: Client) -> None:
        request = picked()
        workflow.transition(request, Status.SPAM, "dana", NOW)
        assert state(client, request).startswith("We have your request")


class TestHappenings:
    def test_steps_of_a_visit_are_listed(self, client: Client) -> None:
        first, second, third = free_slots()[:3]
        request = offered(first, second, email="ana@example.com")
        refuse_offers(request, NOW)
        book(request, first, "dana", NOW)
        book(request, second, "dana", NOW)
        want_earlier(request, True, NOW)
        offer_earlier(request, third, LATER, NOW)
        refuse_offers(request, NOW)
        want_earlier(request, False, NOW)
        book(request, third, "", NOW)
        cancel(request, "", NOW)
        book(request, first, "", NOW)
        cancel(request, "dana", NOW)
        when = [shown_as(slot.starts_at) for slot in (first, second, third)]
        assert [line.removeprefix("Monday, November 23, 10 a.m. ") for line in happened(client, request)] == [
            "You sent your request.",
            "We offered you times to choose from.",
            "You said that no offered time fits.",
            f"We booked your visit: {when[0]}",
            f"We moved your visit to {when[1]}",
            "You asked for an earlier time.",
            "We offered you an earlier time.",
            "You kept your booked time.",
            "You asked for no earlier time any more.",
            f"You moved your visit to {when[2]}",
            "You cancelled your visit.",
            f"You booked {when[0]}",
            "We cancelled your visit.",
        ]

    def test_a_picked_time_and_a_reopened_request_are_listed(self, client: Client) -> None:
        request = picked()
        book(request, free_slots()[0], "dana", NOW)
        workflow.transition(request, Status.CONTACTING, "dana", NOW)
        lines = [line.removeprefix("Monday, November 23, 10 a.m. ") for line in happened(client, request)]
        assert lines[1].startswith("You picked ")
        assert lines[-1] == "We took up your request again."

    def test_a_request_marked_as_scheduled_without_a_time_names_none(self, client: Client) -> None:
        request = make_request()
        event = {"actor": "dana", "before": Status.NEW, "after": Status.SCHEDULED}
        request.audit_events.create(at=NOW, action="transition", **event)
        assert happened(client, request) == [SENT]

    def test_no_sentence_ends_with_two_periods(self, client: Client) -> None:
        for request in (picked(), booked(number=1), booked("call", 30), offered(*free_slots()[5:7])):
            with patients_choose():
                assert ".." not in shown(client, request).text
                for page in ("move", "cancel"):
                    assert ".." not in Page(client.get(at(request, page), follow=True)).text
