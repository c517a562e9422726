import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_it_says_the_reference_and_what_happens_next(client: Client) -> None:
    request = make_request(office="lake-wren")
    text = Page(client.get(f"/consultation/received/{request.token}/")).text
    assert f"Your reference is {request.reference}" in text
    assert "The Lake Wren office will contact you by Tuesday, November 24, 5 p.m." in text


def test_without_a_wish_one_of_the_offices_answers(client: Client) -> None:
    text = Page(client.get(f"/consultation/received/{make_request().token}/")).text
    assert "One of our offices will contact you by" in text
    assert "Port Alder office: (727) 555-0142" in text


def test_it_shows_what_to_do_in_an_emergency(client: Client) -> None:
    html = client.get(f"/consultation/received/{make_request().token}/").content.decode()
    assert all(f'href="tel:{number}"' in html for number in ("911", "988", "+18002221222"))


def test_it_repeats_nothing_that_was_typed(client: Client) -> None:
    planted: dict[str, Any] = {
        "name": "Zephyrine",
        "note": "planted",
        "interpreter": "Twi",
        "access_note": "ramp",
        "article": "from-x",
    }
    request = make_request(email="z@planted.example", phone_typed="555-0133", phone="+17275550133", **planted)
    html = client.get(f"/consultation/received/{request.token}/").content.decode()
    assert [value for value in (*planted.values(), "z@planted", "0133") if value in html] == []


@pytest.mark.parametrize("token", ["unknown", "x" * 43, "a.b", "%00", "a%2Fb"])
def test_an_unknown_token_is_not_found(client: Client, token: str) -> None:
    make_request()
    assert client.get(f"/consultation/received/{token}/").status_code == 404


def test_the_link_stops_working_after_thirty_days(client: Client) -> None:
    fresh, old = make_request(), make_request(now=NOW - dt.timedelta(days=30))
    assert client.get(f"/consultation/received/{fresh.token}/").status_code == 200
    assert client.get(f"/consultation/received/{old.token}/").status_code == 404


def test_search_engines_are_told_to_stay_out(client: Client) -> None:
    response = client.get(f"/consultation/received/{make_request().token}/")
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.parametrize(("note", "shown"), [("I want to die", True), ("Call after 3", False)])
def test_words_of_a_crisis_bring_up_help_before_anything_else(client: Client, note: str, shown: bool) -> None:
    html = client.get(f"/consultation/received/{make_request(note=note).token}/").content.decode()
    assert ("think about suicide, call or text 988 now" in html) is shown
    assert not shown or html.index("crisis-title") < html.index("<h1")


def test_later_the_same_link_says_nothing_of_it(client: Client, clock: time_machine.Traveller) -> None:
    """By then somebody else may hold the phone, or read the mail with the link."""
    request = make_request(note="I want to die")
    clock.shift(dt.timedelta(minutes=31))
    assert "think about suicide" not in client.get(f"/consultation/received/{request.token}/").content.decode()
