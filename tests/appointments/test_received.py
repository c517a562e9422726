import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments.choices import Status
from appointments.workflow import transition
from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_the_confirmation_shows_reference_and_next_steps(client: Client) -> None:
    request = make_request(office="lake-wren")
    text = Page(client.get(f"/consultation/received/{request.token}/")).text
    assert f"Your reference is {request.reference}" in text
    assert "The Lake Wren office will contact you by Tuesday, November 24, 5 p.m." in text


def test_without_a_preferred_office_one_of_the_offices_answers(client: Client) -> None:
    text = Page(client.get(f"/consultation/received/{make_request().token}/")).text
    assert "One of our offices will contact you by" in text
    assert "Port Alder office: (727) 555-0142" in text


def test_the_confirmation_shows_what_to_do_in_an_emergency(client: Client) -> None:
    html = client.get(f"/consultation/received/{make_request().token}/").content.decode()
    assert all(f'href="tel:{number}"' in html for number in ("911", "988", "+18002221222"))


def test_the_confirmation_repeats_no_typed_text(client: Client) -> None:
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


def test_the_promise_is_not_repeated_after_a_step(client: Client, clock: time_machine.Traveller) -> None:
    late, ended = make_request(), make_request()
    transition(ended, Status.DECLINED, "dana", NOW)
    clock.move_to(late.reply_by, tick=False)
    assert "will contact you by" in Page(client.get(f"/consultation/received/{late.token}/")).text
    clock.shift(dt.timedelta(seconds=1))
    for request in (late, ended):
        page = Page(client.get(f"/consultation/received/{request.token}/"))
        assert "will contact you by" not in page.text
        assert page.links["See where your request stands now."] == f"/consultation/status/{request.token}/"


def test_a_confirmation_mail_is_mentioned_only_if_it_exists(client: Client) -> None:
    """No mail is sent for spam, nor for the fourth request in a day from one address."""
    for _ in range(4):
        text = Page(client.get(f"/consultation/received/{make_request(email='ana@example.com').token}/")).text
    assert "look for a message from us with a link, too. If none comes, call us." in text
    assert "on its way" not in text


@pytest.mark.parametrize("token", ["unknown", "x" * 43, "a.b", "%00", "a%2Fb"])
def test_an_unknown_token_is_not_found(client: Client, token: str) -> None:
    make_request()
    assert client.get(f"/consultation/received/{token}/").status_code == 404


def test_the_link_stops_working_after_thirty_days(client: Client) -> None:
    fresh, old = make_request(), make_request(now=NOW - dt.timedelta(days=30))
    assert client.get(f"/consultation/received/{fresh.token}/").status_code == 200
    assert client.get(f"/consultation/received/{old.token}/").status_code == 404


def test_search_engines_must_not_index_the_page(client: Client) -> None:
    response = client.get(f"/consultation/received/{make_request().token}/")
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.parametrize(("note", "shown"), [("I want to die", True), ("Call after 3", False)])
def test_crisis_words_show_help_first(client: Client, note: str, shown: bool) -> None:
    html = client.get(f"/consultation/received/{make_request(note=note).token}/").content.decode()
    assert ("think about suicide, call or text 988 now" in html) is shown
    assert not shown or html.index("crisis-title") < html.index("<h1")


def test_the_link_later_shows_no_crisis_help(client: Client, clock: time_machine.Traveller) -> None:
    """By then another person may use the phone or read the mail with the link."""
    request = make_request(note="I want to die")
    clock.shift(dt.timedelta(minutes=31))
    assert "think about suicide" not in client.get(f"/consultation/received/{request.token}/").content.decode()
