"""The second page of the form: a time is chosen there, and held from the moment that the request is stored."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from appointments.booking import book
from appointments.choices import Status
from appointments.choose_time import NO_TIME, TAKEN
from appointments.models import ConsultationRequest, Visit
from appointments.visits.holds import TimeTaken, find_slot
from clinic_site.clinic_yaml import get_clinic, pinned_clinic
from tests.appointments.builders import NOW, make_form_data, make_request
from tests.appointments.pages import Page, errors_on, words
from tests.appointments.visits.slots import free_slots, patients_choose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "scheduling")]
FORM = "/consultation/"
CALL, PORT_ALDER, LAKE_WREN = "call.port-alder", "visit.port-alder", "visit.lake-wren"


@pytest.fixture
def scheduling() -> Iterator[None]:
    with patients_choose():
        yield


def press(client: Client, **overrides: Any) -> Any:
    return client.post(FORM, make_form_data(when="choose", **overrides))


def choose(client: Client, **overrides: Any) -> Page:
    return Page(press(client, **overrides))


def take(client: Client, value: str, **overrides: Any) -> Any:
    return press(client, take="yes", time=value, **overrides)


def times(page: Page) -> list[str]:
    return [radio.get("value", "") for radio in page.all("input") if radio.get("type") == "radio"]


def places(page: Page) -> list[str]:
    """Return what the page offers: the shown place first."""
    buttons = [button.get("value", "") for button in page.all("button") if button.get("name") == "place"]
    return [page.values["place"][0], *buttons]


def test_without_scheduling_the_form_asks_for_no_time(client: Client) -> None:
    assert "When would suit you?" in Page(client.get(FORM)).text
    with pinned_clinic(dataclasses.replace(get_clinic(), scheduling=False)):
        assert "When would suit you?" not in Page(client.get(FORM)).text
        assert client.post(FORM, make_form_data(when="choose")).status_code == 303


def test_no_time_is_the_default(client: Client) -> None:
    assert client.post(FORM, make_form_data()).status_code == 303
    assert not Visit.objects.exists()


def test_nothing_is_stored_before_a_time_is_chosen(client: Client) -> None:
    page = choose(client, note="After 3", access=["asl", "relay"])
    assert page.title.startswith("Choose a time: nothing is sent yet")
    assert "Nothing is sent yet. Choose a time" in page.text
    assert (page.values["note"], page.values["access"], page.values["when"]) == (
        ["After 3"],
        ["asl", "relay"],
        ["choose"],
    )
    assert not ConsultationRequest.objects.exists()


def test_an_error_in_the_answers_comes_first(client: Client) -> None:
    assert list(errors_on(press(client, name="")).values()) == ["Enter your name"]


def test_the_page_says_whether_a_time_is_booked_at_once(client: Client) -> None:
    assert "The time is booked at once." in choose(client, place=CALL).text
    assert "We hold the time for you, and tell you by" in choose(client, place=PORT_ALDER).text


def test_after_words_of_a_crisis_the_request_is_stored_at_once_without_a_time(client: Client) -> None:
    page = Page(client.get(press(client, note="I want to die").headers["Location"]))
    assert "988" in page.text
    assert ConsultationRequest.objects.get().crisis
    assert not Visit.objects.exists()


class TestTaking:
    def test_a_time_by_phone_is_booked_at_once(self, client: Client) -> None:
        slot = free_slots("call")[3]
        page = Page(client.get(take(client, slot.value).headers["Location"]))
        request = ConsultationRequest.objects.get()
        assert (request.status, request.visit_at) == (Status.SCHEDULED, slot.starts_at)
        assert page.title.startswith("Your visit is booked")
        assert page.links["Add it to your calendar"].endswith("/appointment.ics")
        assert "A list of the medicines you take" in page.text

    def test_a_time_in_the_office_is_held_and_not_yet_confirmed(self, client: Client) -> None:
        slot = free_slots()[3]
        page = Page(client.get(take(client, slot.value).headers["Location"]))
        assert [visit.status for visit in Visit.objects.all()] == ["pending"]
        assert page.title.startswith("Your time is held, and not yet confirmed")
        assert "Add it to your calendar" not in page.links
        assert "It is not booked yet: you will hear by Tuesday, November 24, 5 p.m. whether it is." in page.text

    def test_a_second_press_finds_the_first_ones_request(self, client: Client) -> None:
        data = make_form_data(when="choose", take="yes", time=free_slots()[3].value)
        first, second = (client.post(FORM, data) for _ in range(2))
        assert first.headers["Location"] == second.headers["Location"]
        assert Visit.objects.count() == 1

    def test_no_time_is_an_error(self, client: Client) -> None:
        response = press(client, take="yes")
        assert list(errors_on(response).values()) == [NO_TIME]
        assert Page(response).values["name"] == ["Ana Torres"]

    def test_a_time_taken_meanwhile_brings_the_page_back_with_the_nearest_times(self, client: Client) -> None:
        slots = [slot for slot in free_slots() if slot.calendar == "alder-first"]
        book(make_request(), slots[40], "dana", NOW)
        response = press(client, take="yes", time=slots[40].value, place=PORT_ALDER, note="After 3")
        assert list(errors_on(response).values()) == [TAKEN]
        page = Page(response)
        assert slots[41].value in times(page)
        assert page.values["note"] == ["After 3"]

    def test_a_time_taken_between_the_look_and_the_store_loses_nothing(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def taken(*_: object, **__: object) -> None:
            raise TimeTaken

        monkeypatch.setattr("appointments.views.submit_with_time", taken)
        assert list(errors_on(take(client, free_slots()[0].value)).values()) == [TAKEN]
        assert not ConsultationRequest.objects.exists()

    @pytest.mark.parametrize("value", ["alder-first.visit.0", "wren-room.visit.1", "x", "alder-first.call.99999999"])
    def test_other_values_are_not_taken(self, client: Client, value: str) -> None:
        assert list(errors_on(press(client, take="yes", time=value)).values()) == [TAKEN]

    def test_a_time_that_does_not_fit_the_answers_is_not_taken(self, client: Client) -> None:
        elsewhere = next(slot for slot in free_slots() if slot.calendar == "wren-room")
        assert list(errors_on(press(client, take="yes", time=elsewhere.value, office="port-alder")).values()) == [TAKEN]

    def test_who_goes_back_may_take_the_same_time_again(self, client: Client) -> None:
        first, second = free_slots()[3:9:5]
        data = make_form_data(when="choose", take="yes")
        for slot in (first, second, first):
            assert client.post(FORM, data | {"time": slot.value}).status_code == 303
        assert [visit.starts_at for visit in Visit.objects.all()] == [first.starts_at]
        assert find_slot(get_clinic(), second.value, NOW) == second


class TestPlaces:
    def test_the_place_with_the_earliest_time_is_shown_first(self, client: Client) -> None:
        assert places(choose(client)) == [CALL, PORT_ALDER, LAKE_WREN]

    def test_another_place_is_a_press_away(self, client: Client) -> None:
        page = choose(client, place=LAKE_WREN)
        assert places(page)[0] == LAKE_WREN
        assert {value.partition(".")[0] for value in times(page)} == {"wren-room"}

    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ({"phone": None, "email": "ana@example.com"}, [PORT_ALDER, LAKE_WREN]),
            ({"call": None, "email": "ana@example.com"}, [PORT_ALDER, LAKE_WREN]),
            ({"office": "lake-wren"}, [LAKE_WREN]),
            ({"access": ["asl"]}, [CALL, PORT_ALDER]),
            ({"interpreter": "Haitian Creole"}, [CALL, PORT_ALDER]),
            ({"interpreter": "Polish"}, [CALL, PORT_ALDER, LAKE_WREN]),
        ],
    )
    def test_only_places_that_fit_the_answers_are_offered(
        self, client: Client, answers: dict[str, Any], expected: list[str]
    ) -> None:
        assert places(choose(client, **answers)) == expected

    def test_without_a_free_time_the_page_sends_the_request_without_one(self, client: Client) -> None:
        clinic = get_clinic()
        offices = tuple(dataclasses.replace(office, calendars=()) for office in clinic.offices)
        with pinned_clinic(dataclasses.replace(clinic, offices=offices)):
            page = choose(client)
            assert "Nothing is sent yet. No time is free here in the next weeks." in page.text
            assert client.post(FORM, make_form_data(when="call")).status_code == 303


@pytest.mark.parametrize(
    ("place", "button", "promise"),
    [
        (CALL, "Book this time", "The time is booked at once."),
        (
            PORT_ALDER,
            "Ask for this time",
            "and tell you by Tuesday, November 24, 5 p.m. whether it is booked.",
        ),
    ],
)
def test_the_page_says_what_the_button_does(client: Client, place: str, button: str, promise: str) -> None:
    page = choose(client, place=place)
    assert f"Choose a time, then press “{button}”." in page.text
    assert promise in page.text
    assert button in [words(each) for each in page.all("button")]


def test_each_time_says_its_day(client: Client) -> None:
    page = choose(client)
    labels = [label for label in page.labels if label.startswith("10 a.m.")]
    assert len(labels) == len(set(labels)) > 1
    assert "10 a.m. on Wednesday, November 25, EST" in labels


def test_later_days_are_a_press_away(client: Client) -> None:
    first, second = choose(client), choose(client, days="2")
    assert times(first)
    assert not set(times(first)) & set(times(second))


def test_the_answers_can_be_changed(client: Client) -> None:
    page = choose(client, edit="yes", note="After 3")
    assert "When would suit you?" in page.text
    assert page.values["note"] == ["After 3"]
    assert not ConsultationRequest.objects.exists()
