"""What patients do with visits: take an offer, cancel, wait for an earlier time. Who was faster, and who may."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from icalendar import Calendar

from appointments import booking, workflow
from appointments.booking import book, cancel, offer_earlier, want_earlier
from appointments.choices import Action, MailKind, Status, VisitStatus
from appointments.models import ConsultationRequest, Visit
from appointments.patient_page import corrections
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import LATER, NOW, make_request, stored
from tests.appointments.pages import Page, errors_on
from tests.appointments.patient_page.test_views import NEW_NUMBER, address, shown, state
from tests.appointments.patient_page.visit_pages import (
    DIGITS,
    at,
    booked,
    notice_on,
    offered,
    picked,
    press,
    send,
    somebody_acts_first,
    the_visit,
)
from tests.appointments.visits.slots import closed_on, free_slots

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SECOND = dt.timedelta(seconds=1)
GONE = "That time is no longer free Nothing was changed."
MEANWHILE = "Nothing was changed yet Your request changed since you opened this page."
MAIL = "ana@example.com"


class TestOffers:
    def test_one_press_takes_one_and_frees_the_others(self, client: Client) -> None:
        slots = free_slots()[:3]
        request = offered(*slots)
        response = press(client, request, take=str(request.visits.offered(NOW)[1].pk))
        assert (response.status_code, response["Location"]) == (303, f"{address(request)}?saved=booked")
        assert stored(request).visit_at == slots[1].starts_at
        assert {slots[0], slots[2]} <= set(free_slots())
        page = client.get(response["Location"])
        assert notice_on(page) == "Your visit is booked Below you see when and where."
        assert state(client, request).startswith("Your visit is booked")

    def test_a_second_press_gets_the_same_response_and_books_once(self, client: Client) -> None:
        request = offered(email="ana@example.com")
        key = str(request.visits.offered(NOW)[0].pk)
        answers = [press(client, request, take=key) for _ in range(2)]
        assert [answer["Location"] for answer in answers] == [f"{address(request)}?saved=booked"] * 2
        assert request.messages.filter(kind=MailKind.BOOKED).count() == 1
        assert request.audit_events.filter(after=Status.SCHEDULED).count() == 1

    def test_two_presses_at_once_book_once(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        request = offered()
        taken = request.visits.offered(NOW)[0]
        take = booking.take_offer
        somebody_acts_first(monkeypatch, "take_offer", lambda: take(stored(request), taken, NOW))
        assert press(client, request, take=str(taken.pk))["Location"] == f"{address(request)}?saved=booked"
        assert request.visits.filter(status=VisitStatus.BOOKED).count() == 1

    def test_an_offer_that_another_patient_got_is_refused_kindly(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        slot = free_slots()[5]
        request = offered(slot)
        lost, later = request.visits.get(), request.due_at
        clock.move_to(later, tick=False)
        book(make_request(), slot, "kim", later)
        page = press(client, request, take=str(lost.pk))
        assert notice_on(page).startswith(GONE)
        assert "The offered times are no longer free Nothing is booked." in Page(page).text
        assert stored(request).status == Status.CONTACTING

    def test_an_offer_that_is_taken_at_this_moment_is_refused_kindly(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request = offered()
        somebody_acts_first(monkeypatch, "take_offer", lambda: cancel_offers(request))
        page = press(client, request, take=str(request.visits.offered(NOW)[0].pk))
        assert notice_on(page).startswith(GONE)
        assert stored(request).visit_at is None

    @pytest.mark.parametrize("key", ["", "0", "x", "999999", "\0"])
    def test_a_press_on_what_was_never_offered_books_nothing(self, client: Client, key: str) -> None:
        others = offered(*free_slots()[5:7]).visits.first()
        request = offered()
        for value in (key, str(others.pk) if others else ""):
            assert notice_on(press(client, request, take=value)).startswith(GONE)
        assert not Visit.objects.filter(status=VisitStatus.BOOKED).exists()

    def test_an_offer_outside_the_hours_cannot_be_taken(self, client: Client) -> None:
        request = offered(free_slots()[0])
        with closed_on(get_clinic().today(free_slots("visit", NOW)[0].starts_at)):
            page = press(client, request, take=str(request.visits.get().pk))
        assert notice_on(page).startswith(GONE)

    def test_none_of_them_frees_all_and_makes_a_new_promise(self, client: Client) -> None:
        slots = free_slots()[:3]
        request = offered(*slots)
        for _ in range(2):
            response = press(client, request, none="yes")
            assert response["Location"] == f"{address(request)}?saved=none"
        assert notice_on(client.get(response["Location"])) == "We know that no offered time fits Nothing is booked."
        assert set(slots) <= set(free_slots())
        assert request.audit_events.filter(action=Action.NO_TIME_FITS).count() == 1

    def test_a_press_that_says_nothing_leads_back(self, client: Client) -> None:
        request = offered()
        assert press(client, request)["Location"] == address(request)
        assert request.visits.offered(NOW).count() == 3

    def test_offers_of_an_ended_request_are_gone(self, client: Client) -> None:
        request = offered()
        key = str(request.visits.offered(NOW)[0].pk)
        workflow.transition(request, Status.WITHDRAWN, "", NOW)
        page = press(client, request, take=key)
        assert notice_on(page).startswith(GONE)
        assert "Your request was taken back" in Page(page).text

    def test_the_link_of_another_site_takes_nothing(self, client: Client) -> None:
        request = offered()
        data = {"take": str(request.visits.offered(NOW)[0].pk)}
        response = client.post(at(request, "times"), data, headers={"Origin": "https://evil.example"})
        assert response.status_code == 403
        assert stored(request).visit_at is None


def cancel_offers(request: ConsultationRequest) -> None:
    """Let the desk offer other times instead."""
    booking.offer(stored(request), free_slots()[8:9], "dana", NOW)


class TestEarlier:
    def test_the_waiting_list_is_turned_on_and_off(self, client: Client) -> None:
        request = booked(email=MAIL)
        for _ in range(2):
            response = press(client, request, earlier="on")
        assert response["Location"] == f"{address(request)}?saved=earlier"
        assert notice_on(client.get(response["Location"])).startswith("We e-mail you if an earlier time is free Your")
        assert stored(request).earlier_wanted_at == NOW
        response = press(client, request, earlier="off")
        assert notice_on(client.get(response["Location"])).startswith("We do not look for an earlier time any more")
        assert stored(request).earlier_wanted_at is None
        assert request.audit_events.filter(action=Action.EARLIER_WANTED).count() == 2

    def test_without_a_booked_visit_there_is_no_waiting_list(self, client: Client) -> None:
        request = picked()
        assert notice_on(press(client, request, earlier="on")).startswith("Nothing was changed")

    def test_without_an_address_for_the_mail_there_is_no_waiting_list(self, client: Client) -> None:
        request = booked()
        assert notice_on(press(client, request, earlier="on")).startswith("Nothing was changed")
        assert stored(request).earlier_wanted_at is None

    def test_taking_the_earlier_time_moves_the_visit(self, client: Client) -> None:
        request, slot = booked(number=20, email=MAIL), free_slots()[0]
        want_earlier(request, True, NOW)
        offer_earlier(request, slot, LATER, NOW)
        response = press(client, request, take=str(request.visits.offered(NOW)[0].pk))
        assert notice_on(client.get(response["Location"])).startswith("Your visit is booked")
        assert (stored(request).visit_at, stored(request).earlier_wanted_at) == (slot.starts_at, None)

    def test_keeping_the_booked_time_changes_nothing_else(self, client: Client) -> None:
        request, slot = booked(number=20), free_slots()[0]
        before = request.visit_at
        offer_earlier(request, slot, LATER, NOW)
        response = press(client, request, none="yes")
        assert notice_on(client.get(response["Location"])).startswith("You keep your booked time")
        assert (stored(request).visit_at, stored(request).status) == (before, Status.SCHEDULED)
        assert slot in free_slots()


class TestCancel:
    def test_the_page_asks_and_cancels_nothing(self, client: Client) -> None:
        request = booked()
        page = Page(client.get(at(request, "cancel")))
        assert "Cancel your visit? Wednesday, November 25, 2026, 10:30 a.m., Port Alder office" in page.text
        assert stored(request).version == request.version

    def test_a_cancelled_time_is_free_and_the_clinic_owes_an_answer(self, client: Client) -> None:
        request = booked(email="ana@example.com")
        was = the_visit(request).starts_at
        response = send(client, request, "cancel")
        assert (response.status_code, response["Location"]) == (303, f"{address(request)}?saved=cancelled")
        assert notice_on(client.get(response["Location"])).startswith("Your visit is cancelled")
        assert stored(request).status == Status.CONTACTING
        assert was in [slot.starts_at for slot in free_slots()]
        assert request.messages.filter(kind=MailKind.CANCELLED).count() == 1

    def test_a_second_press_gets_the_same_response_and_cancels_once(self, client: Client) -> None:
        request = booked()
        answers = [send(client, request, "cancel") for _ in range(2)]
        assert [answer["Location"] for answer in answers] == [f"{address(request)}?saved=cancelled"] * 2
        assert request.audit_events.filter(action=Action.VISIT_CANCELLED).count() == 1

    def test_a_picked_time_can_be_cancelled(self, client: Client) -> None:
        request = picked()
        assert send(client, request, "cancel").status_code == 303
        assert state(client, request).startswith("Your visit is cancelled")

    @pytest.mark.parametrize(("seconds", "cancels"), [(1, True), (0, False)])
    def test_cancelling_is_possible_until_the_start(
        self, client: Client, clock: time_machine.Traveller, seconds: int, cancels: bool
    ) -> None:
        request = booked()
        clock.move_to(the_visit(request).starts_at - seconds * SECOND, tick=False)
        send(client, request, "cancel")
        assert (stored(request).status == Status.CONTACTING) == cancels
        assert state(client, request).startswith("Your visit is cancelled" if cancels else "The time of your visit")

    def test_the_link_of_an_old_request_says_that_the_visit_is_cancelled(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        request = booked(number=-1)
        clock.move_to(NOW + dt.timedelta(days=31), tick=False)
        assert the_visit(request).starts_at > NOW + dt.timedelta(days=31)
        response = send(client, request, "cancel")
        assert notice_on(client.get(response["Location"])).startswith("Your visit is cancelled")

    def test_a_visit_that_moved_since_is_shown_first(self, client: Client) -> None:
        request = booked()
        book(stored(request), free_slots()[7], "dana", NOW)
        response = send(client, request, "cancel")
        assert notice_on(response).startswith(MEANWHILE)
        assert Page(response).values["known"] == [DIGITS]
        assert stored(request).status == Status.SCHEDULED
        assert send(client, stored(request), "cancel").status_code == 303

    def test_a_visit_that_ends_at_the_same_moment_is_not_cancelled_twice(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request = booked()
        once = booking.cancel
        somebody_acts_first(monkeypatch, "cancel", lambda: once(stored(request), "dana", NOW))
        assert send(client, request, "cancel").status_code == 303
        assert request.audit_events.filter(action=Action.VISIT_CANCELLED).count() == 1

    @pytest.mark.parametrize("known", ["", "9999", "555"])
    def test_without_the_right_digits_nothing_is_cancelled(self, client: Client, known: str) -> None:
        request = booked()
        assert list(errors_on(send(client, request, "cancel", known=known))) == ["id_known"]
        assert stored(request).status == Status.SCHEDULED

    def test_an_ended_request_has_nothing_to_cancel(self, client: Client) -> None:
        request = make_request(status=Status.DECLINED)
        assert send(client, request, "cancel").status_code == 303
        assert shown(client, request).title.startswith("Where your request stands")


class TestCalendarFile:
    def test_the_file_is_a_private_download(self, client: Client) -> None:
        request = booked()
        response = client.get(f"{address(request)}appointment.ics")
        assert response["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
        assert response["Content-Disposition"] == 'attachment; filename="appointment.ics"'
        assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
        event = Calendar.from_ical(response.content.decode()).events[0]
        assert event.start == the_visit(request).starts_at

    def test_what_is_not_booked_has_no_file(self, client: Client) -> None:
        for request in (picked(), offered(*free_slots()[5:7]), make_request()):
            response = client.get(f"{address(request)}appointment.ics")
            assert (response.status_code, response["Location"]) == (303, address(request))

    def test_a_file_is_only_read(self, client: Client) -> None:
        assert client.post(f"{address(booked())}appointment.ics").status_code == 405

    @pytest.mark.parametrize("page", ["move/", "cancel/", "times/", "appointment.ics"])
    def test_an_unknown_link_opens_nothing(self, client: Client, page: str) -> None:
        erased = booked()
        old = address(erased)
        workflow.erase(erased, "dana", NOW)
        for path in (f"/consultation/status/unknown/{page}", f"{old}{page}"):
            response = client.get(path)
            assert response.status_code == 404
            assert "This link does not work" in Page(response).text
            assert response["Cache-Control"] == "no-store"


class TestNotices:
    @pytest.mark.parametrize("saved", ["booked", "moved", "cancelled", "none", "earlier"])
    def test_a_notice_that_nothing_confirms_is_ignored(self, client: Client, saved: str) -> None:
        for request in (make_request(), booked()):
            assert notice_on(client.get(address(request), {"saved": saved})) == ""

    def test_a_notice_ends_after_ten_minutes(self, client: Client, clock: time_machine.Traveller) -> None:
        request = booked()
        cancel(request, "", NOW)
        clock.shift(dt.timedelta(minutes=10))
        assert notice_on(client.get(address(request), {"saved": "cancelled"}))
        clock.shift(SECOND)
        assert not notice_on(client.get(address(request), {"saved": "cancelled"}))

    def test_a_withdrawn_request_is_not_called_booked(self, client: Client) -> None:
        request = make_request()
        workflow.transition(request, Status.WITHDRAWN, "", NOW)
        assert notice_on(client.get(address(request), {"saved": "booked"})) == ""

    def test_a_number_can_be_corrected_while_a_time_is_held(self, client: Client) -> None:
        request = picked()
        corrections.correct_phone(request, NEW_NUMBER, NOW)
        assert notice_on(client.get(address(request), {"saved": "changes"})).startswith(
            "Your new phone number is saved"
        )

    def test_a_busy_database_changes_nothing_and_says_so(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def busy(*_: Any) -> None:
            raise OperationalError

        monkeypatch.setattr(booking, "cancel", busy)
        response = send(client, booked(), "cancel")
        assert notice_on(response).startswith("Nothing was changed Our computer is busy.")
