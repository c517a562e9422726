"""Where the form helps: needs that an office lacks, words of a crisis, and a promise that does not move."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from appointments.models import ConsultationRequest
from clinic_site.wording import day_and_clock
from tests.appointments.builders import NOW, make_form_data
from tests.appointments.pages import Page, errors_on
from tests.appointments.test_views import FORM, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


class TestNeedsThatTheOfficeLacks:
    def test_it_is_told_once_at_the_office_and_the_second_press_is_taken(self, client: Client) -> None:
        asked = post(client, office="lake-wren", access=["step_free"], interpreter="Korean")
        [(field, message)] = errors_on(asked).items()
        assert field == "id_office_0"
        assert "Step-free access. The Port Alder office does." in message
        assert "Korean interpreter. No other office does." in message
        assert message.endswith("press the button again to keep it: then the clinic will tell you what it can do")
        assert client.post(FORM, Page(asked).values).status_code == 303
        assert ConsultationRequest.objects.get().office == "lake-wren"

    def test_the_office_that_has_it_is_taken_at_once(self, client: Client) -> None:
        asked = post(client, office="lake-wren", access=["step_free"])
        assert client.post(FORM, Page(asked).values | {"office": "port-alder"}).status_code == 303


class TestCrisis:
    def test_help_comes_first_when_the_form_comes_back(self, client: Client) -> None:
        html = post(client, note="I want to die", name="").content.decode()
        assert html.index('id="crisis-title"') < html.index("back-link") < html.index("error-summary")

    def test_the_help_takes_the_focus_from_the_mistakes(self, client: Client) -> None:
        page = Page(post(client, note="I want to die", name=""))
        [focused] = [each for each in page.tree.iter() if each.get("autofocus") is not None]
        assert (focused.get("aria-labelledby"), focused.get("tabindex")) == ("crisis-title", "-1")

    def test_the_request_is_taken_all_the_same(self, client: Client) -> None:
        assert post(client, note="I want to die").status_code == 303
        assert ConsultationRequest.objects.get().crisis

    def test_nobody_has_to_say_that_it_is_no_emergency(self, client: Client) -> None:
        assert post(client, note="I want to die", not_emergency=None).status_code == 303
        stored = ConsultationRequest.objects.get()
        assert stored.crisis
        assert "not_emergency" not in [each["name"] for each in stored.consents]

    def test_words_taken_out_of_the_note_again_still_mark_the_request(self, client: Client) -> None:
        returned = post(client, note="I want to die", name="")
        assert "Your request is not sent yet." in Page(returned).text
        mended = Page(returned).values | {"name": "Ana Torres", "note": ""}
        assert client.post(FORM, mended).status_code == 303
        assert ConsultationRequest.objects.get().crisis


class TestPromise:
    def test_the_promise_that_was_on_the_form_is_the_one_that_is_kept(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        """Opened before the offices do, sent after: with a screen reader that takes its time."""
        before_opening = NOW.replace(hour=12, minute=50)
        clock.move_to(before_opening, tick=False)
        form = Page(client.get(FORM))
        clock.move_to(before_opening + dt.timedelta(minutes=25), tick=False)
        client.post(FORM, make_form_data(token=form.values["token"][0], office="port-alder"))
        stored = ConsultationRequest.objects.get()
        assert day_and_clock(stored.reply_by) == "Monday, November 23, 5\u00a0p.m."
        assert f"Ask now, and we reply by {day_and_clock(stored.reply_by)}" in form.text.replace(" p.m.", "\u00a0p.m.")
