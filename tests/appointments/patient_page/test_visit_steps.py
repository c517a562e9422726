"""What patients do with visits: take an offer, move, cancel, wait for an earlier time. Who was faster, and who may."""

import datetime as dt
from collections.abc import Callable
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
from appointments.patient_page.identity import WRONG_TRIES
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import LATER, NOW, VISIT, make_request, schedule
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
    radio_times,
    send,
    the_visit,
)
from tests.appointments.visits.slots import closed_on, free_slots, patients_choose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)
GONE = "That time is no longer free Nothing was changed."
MEANWHILE = "Nothing was changed yet Your request changed since you opened this page."
MAIL = "ana@example.com"
TAKEN = "That time was just taken Nothing was changed."


@pytest.fixture
def _patients_choose() -> Any:
    with patients_choose():
        yield


def stored(request: ConsultationRequest) -> ConsultationRequest:
    return ConsultationRequest.objects.get(pk=request.pk)


def somebody_acts_first(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], object]) -> None:
    """Run `act` just before the page calls booking.`name`."""
    step = getattr(booking, name)

    def delayed(*args: Any) -> Any:
        act()
        return step(*args)

    monkeypatch.setattr(booking, name, delayed)


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


@pytest.mark.usefixtures("_patients_choose")
class TestMove:
    def test_the_page_shows_free_times_by_day(self, client: Client) -> None:
        request = booked()
        response = client.get(at(request, "move"))
        page = Page(response)
        assert "You have Wednesday, November 25, 2026, 10:30 a.m. now, and keep it" in page.text
        assert page.labels[0] == "Wednesday, November 25, Port Alder office"
        assert len(page.ids) > len(radio_times(response))
        assert page.fields_without_label == []
        assert page.links["Later days"] == "?page=2"
        second = Page(client.get(at(request, "move"), {"page": "2"}))
        assert second.links["Earlier days"] == "?page=1"
        assert response["Cache-Control"] == "no-store"

    def test_times_of_calls_say_their_zone_and_those_of_a_picked_visit_that_it_is_not_booked(
        self, client: Client
    ) -> None:
        call = Page(client.get(at(booked("call", 30), "move")))
        assert call.labels[0].endswith(", EST")
        assert call.labels[1].endswith(f" on {call.labels[0]}")
        assert "now. It is not booked yet." in Page(client.get(at(picked(1), "move"))).text

    def test_looking_at_the_times_holds_none(self, client: Client) -> None:
        request, before = booked(), free_slots()
        client.get(at(request, "move"))
        assert free_slots() == before

    def test_the_visit_moves_and_the_old_time_is_free(self, client: Client) -> None:
        request, old, slot = booked(), free_slots()[0], free_slots()[7]
        was = the_visit(request).starts_at
        response = send(client, request, "move", time=slot.value)
        assert (response.status_code, response["Location"]) == (303, f"{address(request)}?saved=moved")
        assert stored(request).visit_at == slot.starts_at
        assert was in [free.starts_at for free in free_slots()]
        assert old in free_slots()
        assert notice_on(client.get(response["Location"])).startswith("Your visit is moved")

    def test_a_picked_time_moves_and_is_still_not_booked(self, client: Client) -> None:
        request, slot = picked(), free_slots()[7]
        response = send(client, request, "move", time=slot.value)
        assert notice_on(client.get(response["Location"])).startswith("Your new time is held for you It is not yet")
        assert (the_visit(request).status, the_visit(request).starts_at) == (VisitStatus.PENDING, slot.starts_at)

    def test_those_who_go_back_can_choose_again(self, client: Client) -> None:
        """What the visit holds does not block its holder, who also finds the time they left."""
        request = picked()
        first = the_visit(request)
        before = f"{first.calendar}.{first.kind}.{int(first.starts_at.timestamp()) // 900}"
        slot = free_slots()[7]
        assert send(client, request, "move", time=slot.value).status_code == 303
        assert slot.value not in radio_times(client.get(at(request, "move")))
        assert send(client, stored(request), "move", time=before).status_code == 303
        assert the_visit(request).starts_at == first.starts_at

    def test_a_second_press_gets_the_same_response_and_moves_once(self, client: Client) -> None:
        request, slot = booked(email="ana@example.com"), free_slots()[7]
        answers = [send(client, request, "move", time=slot.value) for _ in range(2)]
        assert [answer["Location"] for answer in answers] == [f"{address(request)}?saved=moved"] * 2
        assert request.messages.filter(kind=MailKind.CHANGED).count() == 1

    def test_a_taken_time_shows_the_nearest_and_keeps_what_was_typed(self, client: Client) -> None:
        request, slot = booked(), free_slots()[20]
        book(make_request(), slot, "kim", NOW)
        response = send(client, request, "move", time=slot.value)
        page = Page(response)
        assert notice_on(response).startswith(TAKEN)
        assert page.title.startswith("That time was just taken: ")
        assert page.values["known"] == [DIGITS]
        days = [label.partition(", Port")[0] for label in page.labels if "," in label]
        assert f"{get_clinic().local(slot.starts_at):%A, %B} {get_clinic().local(slot.starts_at).day}" in days
        assert stored(request).visit_at == the_visit(request).starts_at != slot.starts_at

    def test_of_two_after_one_time_the_slower_keeps_their_own(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request, other, slot = booked(), make_request(), free_slots()[7]
        own = request.visit_at
        somebody_acts_first(monkeypatch, "move", lambda: book(other, slot, "kim", NOW))
        assert notice_on(send(client, request, "move", time=slot.value)).startswith(TAKEN)
        assert stored(request).visit_at == own

    @pytest.mark.parametrize("value", ["x", "..", "a.b.1", "a.b.99999999", "alder-first.visit.-1", "\0"])
    def test_an_invented_time_is_not_taken(self, client: Client, value: str) -> None:
        request = booked()
        response = send(client, request, "move", time=f"{value}9")
        assert notice_on(response).startswith(TAKEN)

    def test_another_kind_of_visit_is_not_taken(self, client: Client) -> None:
        request = booked()
        response = send(client, request, "move", time=free_slots("call")[30].value)
        assert notice_on(response).startswith(TAKEN)

    def test_an_office_without_what_the_patient_needs_is_not_offered(self, client: Client) -> None:
        request = booked(access=("step_free",))
        wren = next(slot for slot in free_slots() if slot.office == "lake-wren")
        assert "Lake Wren office" not in " ".join(Page(client.get(at(request, "move"))).labels)
        assert notice_on(send(client, request, "move", time=wren.value)).startswith(TAKEN)
        anyone = booked(number=7)
        assert any("Lake Wren office" in label for label in Page(client.get(at(anyone, "move"))).labels)

    @pytest.mark.parametrize(
        ("data", "errors"),
        [
            ({}, {"id_time_0": "Choose a time"}),
            (
                {"known": ""},
                {"id_time_0": "Choose a time", "id_known": "Enter the last four digits of your phone number"},
            ),
        ],
    )
    def test_a_form_with_gaps_names_them(self, client: Client, data: dict[str, str], errors: dict[str, str]) -> None:
        request = booked()
        response = send(client, request, "move", **data)
        assert errors_on(response) == errors

    def test_wrong_digits_move_nothing_and_the_choice_stays(self, client: Client) -> None:
        request = booked()
        chosen = radio_times(client.get(at(request, "move")))[2]
        response = send(client, request, "move", time=chosen, known="9999")
        assert list(errors_on(response)) == ["id_known"]
        assert Page(response).values["time"] == [chosen]
        for _ in range(WRONG_TRIES - 1):
            send(client, request, "move", time=chosen, known="9999")
        page = Page(send(client, request, "move", time=chosen))
        assert page.title.startswith("Call us to change something")
        assert stored(request).version == request.version

    def test_an_old_page_asks_to_press_again(self, client: Client) -> None:
        request = booked()
        slot = free_slots()[7]
        workflow.assign(stored(request), "dana", "dana", NOW)
        response = send(client, request, "move", time=slot.value)
        page = Page(response)
        assert notice_on(response).startswith(MEANWHILE)
        assert (page.values["time"], page.values["known"]) == ([slot.value], [DIGITS])
        sent = {name: values[0] for name, values in page.values.items() if name in ("time", "known", "version")}
        assert client.post(at(request, "move"), sent).status_code == 303

    def test_a_step_of_the_desk_at_the_same_moment_is_not_overwritten(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request, slots = booked(), free_slots()
        somebody_acts_first(monkeypatch, "move", lambda: book(stored(request), slots[9], "dana", NOW))
        response = send(client, request, "move", time=slots[7].value)
        assert notice_on(response).startswith(MEANWHILE)
        assert stored(request).visit_at == slots[9].starts_at

    def test_a_visit_cancelled_at_the_same_moment_is_not_moved(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request, slot = booked(), free_slots()[7]
        somebody_acts_first(monkeypatch, "move", lambda: cancel(stored(request), "dana", NOW))
        response = send(client, request, "move", time=slot.value)
        assert notice_on(response).startswith("Nothing was changed Something happened")
        assert "Your visit is cancelled" in Page(response).text

    @pytest.mark.parametrize(("seconds", "moves"), [(1, True), (0, False), (-1, False)])
    def test_moving_ends_at_the_second_of_the_cut_off(
        self, client: Client, clock: time_machine.Traveller, seconds: int, moves: bool
    ) -> None:
        request = booked()
        slot = free_slots()[30]
        clock.move_to(the_visit(request).starts_at - 48 * HOUR - seconds * SECOND, tick=False)
        response = send(client, request, "move", time=slot.value)
        assert (response.status_code == 303) == moves
        assert client.get(at(request, "move")).status_code == (200 if moves else 303)
        assert moves or "It is too late to move your visit here. Call us." in notice_on(response)

    def test_a_visit_of_a_date_alone_has_no_page_of_times(self, client: Client) -> None:
        request = make_request()
        schedule(request, VISIT, "dana", NOW)
        assert client.get(at(request, "move"))["Location"] == address(request)
        page = send(client, request, "move", time="x")
        assert notice_on(page).startswith("Nothing was changed Something happened")

    def test_a_page_without_free_times_says_to_call(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        request = booked()
        monkeypatch.setattr("appointments.patient_page.visit_views.times_to_move_to", lambda *_: [])
        assert "No other time is free here." in Page(client.get(at(request, "move"))).text
        assert "No other time is free here." in Page(send(client, request, "move", time="x")).text

    def test_a_visit_moves_over_the_change_of_clocks(self, client: Client, clock: time_machine.Traveller) -> None:
        now = dt.datetime(2026, 10, 26, 14, 0, tzinfo=dt.UTC)
        clock.move_to(now, tick=False)
        request = make_request(now=now)
        before, after = (
            next(slot for slot in free_slots("call", now) if slot.starts_at == dt.datetime(2026, *day, tzinfo=dt.UTC))
            for day in ((10, 30, 19), (11, 2, 20))
        )
        book(request, before, "dana", now)
        assert send(client, request, "move", time=after.value).status_code == 303
        text = state(client, request)
        assert "Monday, November 2, 2026, 3 p.m. EST" in text


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
