"""Help on the form: unmet needs, crisis words, and a fixed promise."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments.models import ConsultationRequest
from clinic_site.dates import day_and_clock
from tests.appointments.builders import NOW, make_form_data
from tests.appointments.pages import Page, errors_on, words
from tests.appointments.test_views import FORM, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def errors_on_help(response: Any) -> list[str]:
    """Return the errors of a page on which the crisis help has the focus."""
    page = Page(response)
    summary = next(element for element in page.tree.iter() if element.get("class") == "error-summary")
    return [words(link) for link in summary.iter("a")]


class TestNeedsThatTheOfficeLacks:
    def test_an_unmet_need_is_shown_once_and_the_second_press_is_accepted(self, client: Client) -> None:
        response = post(client, office="lake-wren", access=["step_free"], interpreter="Korean")
        [(field, message)] = errors_on(response).items()
        assert field == "id_office_0"
        assert "Step-free access. The Port Alder office does." in message
        assert "Korean interpreter. No other office does." in message
        assert message.endswith("press the button again to keep it: then the clinic will tell you what it can do")
        assert client.post(FORM, Page(response).values).status_code == 303
        assert ConsultationRequest.objects.get().office == "lake-wren"

    def test_a_suitable_office_is_accepted_at_once(self, client: Client) -> None:
        response = post(client, office="lake-wren", access=["step_free"])
        assert client.post(FORM, Page(response).values | {"office": "port-alder"}).status_code == 303


class TestCrisis:
    def test_help_comes_first_when_the_form_comes_back(self, client: Client) -> None:
        html = post(client, note="I want to die", name="").content.decode()
        assert html.index('id="crisis-title"') < html.index("back-link") < html.index("error-summary")

    def test_the_help_has_the_focus_instead_of_the_errors(self, client: Client) -> None:
        page = Page(post(client, note="I want to die", name=""))
        [focused] = [element for element in page.tree.iter() if element.get("autofocus") is not None]
        assert (focused.get("aria-labelledby"), focused.get("tabindex")) == ("crisis-title", "-1")

    def test_a_request_with_crisis_words_is_accepted(self, client: Client) -> None:
        assert post(client, note="I want to die").status_code == 303
        assert ConsultationRequest.objects.get().crisis

    def test_nobody_has_to_say_that_it_is_no_emergency(self, client: Client) -> None:
        returned = post(client, note="I want to die", adult=None)
        assert errors_on_help(returned) == ["Tick the box to say that you are 18 or older"]
        assert "this is not an emergency" not in Page(returned).text
        assert client.post(FORM, Page(returned).values | {"adult": "on"}).status_code == 303
        stored = ConsultationRequest.objects.get()
        assert stored.crisis
        assert [consent["text"] for consent in stored.consents if consent["name"].startswith("adult")] == [
            "I am 18 or older"
        ]

    def test_the_words_that_were_ticked_are_stored(self, client: Client) -> None:
        post(client, note="I want to die")
        [consent] = [each for each in ConsultationRequest.objects.get().consents if each["name"].startswith("adult")]
        assert consent["text"] == "I am 18 or older, and this is not an emergency."

    def test_removed_crisis_words_still_mark_the_request(self, client: Client) -> None:
        returned = post(client, note="I want to die", name="")
        assert "Your request is not sent yet." in Page(returned).text
        mended = Page(returned).values | {"name": "Ana Torres", "note": ""}
        assert client.post(FORM, mended).status_code == 303
        assert ConsultationRequest.objects.get().crisis


class TestPromise:
    def test_the_promise_shown_on_the_form_is_stored(self, client: Client, clock: time_machine.Traveller) -> None:
        """Opened before the offices open, and sent after, for example with a screen reader."""
        before_opening = NOW.replace(hour=12, minute=50)
        clock.move_to(before_opening, tick=False)
        form = Page(client.get(FORM))
        clock.move_to(before_opening + dt.timedelta(minutes=25), tick=False)
        client.post(FORM, make_form_data(token=form.values["token"][0], office="port-alder"))
        stored = ConsultationRequest.objects.get()
        assert day_and_clock(stored.reply_by) == "Monday, November 23, 5\u00a0p.m."
        assert f"Ask now, and we reply by {day_and_clock(stored.reply_by)}" in form.text.replace(" p.m.", "\u00a0p.m.")
