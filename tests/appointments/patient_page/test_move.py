"""How patients move a visit to another free time, and what happens if somebody was faster."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments import workflow
from appointments.booking import book, cancel
from appointments.choices import MailKind, VisitStatus
from appointments.patient_page.identity import WRONG_TRIES
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, VISIT, make_request, schedule, stored
from tests.appointments.pages import Page, errors_on
from tests.appointments.patient_page.test_views import address, state
from tests.appointments.patient_page.visit_pages import (
    DIGITS,
    at,
    booked,
    notice_on,
    picked,
    radio_times,
    send,
    somebody_acts_first,
    the_visit,
)
from tests.appointments.visits.slots import free_slots, patients_choose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "_patients_choose")]
SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)
MEANWHILE = "Nothing was changed yet Your request changed since you opened this page."
TAKEN = "That time was just taken Nothing was changed."


@pytest.fixture
def _patients_choose() -> Any:
    with patients_choose():
        yield


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
