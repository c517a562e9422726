import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from appointments import form_tokens
from appointments.choices import Status
from appointments.forms import TURNED
from appointments.models import ConsultationRequest
from tests.appointments.builders import NOW, SHOWN, make_form_data
from tests.appointments.pages import Page, errors_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FORM = "/consultation/"
ASKED_ABOUT = "The Lake Wren office does not offer: American Sign Language interpreter. The Port Alder office does."
# One answer for every field a person sees, none of them what the form starts with.
EVERYTHING = {
    "adult": "on",
    "not_emergency": "on",
    "name": "Zoë <b>O’Neill</b>",
    "phone": "(727) 555-0133 x9",
    "email": "zoe@example.com",
    "contact_way": "text",
    "best_times": ["morning", "afternoon"],
    "voicemail": "yes",
    "others_may": "take_message",
    "texts": "on",
    "office": "lake-wren",
    "interpreter": "other",
    "interpreter_other": "Twi",
    "access": ["asl", "extra_time"],
    "access_note": "A “quiet” room",
    "reason": "visit",
    "for_whom": "someone_else",
    "note": "After 3\nwould be best",
    "came_from_ok": "on",
    "came_from": "ketamine-basics",
    "privacy": "on",
    "subject_line": "",
    "needs_seen": ASKED_ABOUT,
    "crisis_seen": "",
}


def post(client: Client, **overrides: Any) -> Any:
    return client.post(FORM, make_form_data(**overrides))


class TestForm:
    def test_it_opens_with_a_token_that_is_accepted(self, client: Client, clock: time_machine.Traveller) -> None:
        token = Page(client.get(FORM)).values["token"][0]
        clock.move_to(NOW + dt.timedelta(minutes=1), tick=False)
        assert post(client, token=token).status_code == 303

    def test_head_is_answered(self, client: Client) -> None:
        assert client.head(FORM).status_code == 200

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_other_methods_are_refused(self, client: Client, method: str) -> None:
        assert getattr(client, method)(FORM).status_code == 405

    def test_the_emergency_box_stands_before_the_first_field_and_a_line_by_the_button(self, client: Client) -> None:
        before, fields, end = re.split(r"<form|<button", client.get(FORM).content.decode(), maxsplit=2)
        assert all(f'href="tel:{number}"' in before for number in ("911", "988", "+18002221222"))
        assert "Do not use this website or its form in an emergency" in before
        assert 'href="tel:911"' in fields.rpartition("</fieldset>")[2]
        assert "Ask for a consultation" in end

    def test_it_says_by_when_and_how_else_to_reach_the_clinic(self, client: Client) -> None:
        text = Page(client.get(FORM)).text
        assert "the clinic will contact you by Tuesday, November 24, 5 p.m." in text
        assert "Port Alder office (727) 555-0142 Open now" in text

    def test_no_field_is_marked_by_an_asterisk_or_checked_by_the_browser(self, client: Client) -> None:
        html = client.get(FORM).content.decode()
        form = html[html.index("<form") : html.index("</form>")]
        assert " novalidate" in form
        assert " required" not in form
        assert "*" not in form

    def test_every_optional_field_says_so(self, client: Client) -> None:
        page = Page(client.get(f"{FORM}?from=ketamine-basics"))
        marked = {label.removesuffix(" (optional)") for label in page.labels if label.endswith("(optional)")}
        assert len(marked) == 12
        assert not marked & {"Full name", "Phone number", "E-mail address", "I am 18 or older"}

    def test_every_field_has_a_label_and_every_description_exists(self, client: Client) -> None:
        page = Page(post(client, name="", phone="", voicemail="x"))
        assert page.fields_without_label == []
        assert page.descriptions - page.ids == set()
        assert len(page.ids) == len(set(page.ids))

    def test_an_article_leads_here_and_back(self, client: Client) -> None:
        page = Page(client.get(f"{FORM}?from=ketamine-basics"))
        assert page.links["Back to the article"] == "/articles/ketamine-basics/"
        assert page.values["came_from"] == ["ketamine-basics"]
        assert page.values["came_from_ok"] == ["on"]

    @pytest.mark.parametrize("slug", ["", "../admin", "A<script>", "x" * 101, "%00"])
    def test_anything_else_leads_back_home(self, client: Client, slug: str) -> None:
        page = Page(client.get(FORM, {"from": slug}))
        assert page.links["Back to the home page"] == "/"
        assert "came_from" not in page.values

    def test_the_trap_is_hidden_from_people_and_from_assistive_technology(self, client: Client) -> None:
        html = client.get(FORM).content.decode()
        trap = re.search(r'<div class="trap" aria-hidden="true">.*?</div>', html, re.DOTALL)
        assert trap
        assert 'tabindex="-1"' in trap[0]
        assert 'autocomplete="off"' in trap[0]


class TestSending:
    def test_it_is_stored_and_leads_to_the_confirmation(self, client: Client) -> None:
        response = post(client)
        request = ConsultationRequest.objects.get()
        assert response.status_code == 303
        assert response["Location"] == f"/consultation/received/{request.token}/"

    def test_everything_that_was_answered_arrives(self, client: Client) -> None:
        client.post(FORM, EVERYTHING | {"token": form_tokens.issue(SHOWN)})
        request = ConsultationRequest.objects.get()
        assert (request.name, request.phone, request.phone_extension) == ("Zoë <b>O’Neill</b>", "+17275550133", "9")
        assert (request.interpreter, request.access, request.note) == (
            "Twi", ["asl", "extra_time"], "After 3\nwould be best",
        )  # fmt: skip
        assert (request.voicemail, request.texts, request.article) == (True, True, "ketamine-basics")
        assert request.others_may == "take_message"

    def test_two_presses_are_one_request_and_one_address(self, client: Client) -> None:
        data = make_form_data()
        first, second = (client.post(FORM, data) for _ in range(2))
        assert first["Location"] == second["Location"]
        assert ConsultationRequest.objects.count() == 1

    def test_going_back_and_correcting_makes_a_second_request(self, client: Client) -> None:
        data = make_form_data()
        client.post(FORM, data)
        client.post(FORM, data | {"phone": "727 555 0112"})
        assert set(ConsultationRequest.objects.values_list("phone", flat=True)) == {"+17275550111", "+17275550112"}

    def test_a_filled_trap_gets_the_same_page_and_no_mail(self, client: Client) -> None:
        response = post(client, subject_line="Cheap watches", email="victim@example.com")
        assert client.get(response["Location"]).status_code == 200
        assert ConsultationRequest.objects.get().status == Status.SPAM
        assert mail.outbox == []

    def test_nul_characters_do_no_harm(self, client: Client) -> None:
        assert post(client, name="A\0na", note="\0", token=form_tokens.issue(SHOWN) + "\0").status_code == 303
        assert ConsultationRequest.objects.get().name == "Ana"

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    def test_a_post_that_another_site_made_is_refused(self, client: Client, headers: dict[str, str]) -> None:
        response = client.post(FORM, make_form_data(), headers=headers)
        assert response.status_code == 403
        assert not ConsultationRequest.objects.exists()

    def test_a_post_of_our_own_page_needs_no_cookie(self) -> None:
        client = Client(enforce_csrf_checks=True)
        headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
        assert client.post(FORM, make_form_data(), headers=headers).status_code == 303


class TestErrors:
    def test_one_mistake_is_told_in_the_title_on_top_and_beside_the_field(self, client: Client) -> None:
        assert errors_on(post(client, phone="555 0142")) == {
            "id_phone": "Phone number must have 10 digits, like 727 555 0142"
        }

    def test_every_mistake_is_told_in_the_order_of_the_page(self, client: Client) -> None:
        page = client.post(FORM, {"token": form_tokens.issue(SHOWN)})
        assert list(errors_on(page)) == ["id_adult", "id_not_emergency", "id_name", "id_phone", "id_privacy"]

    def test_a_group_is_reached_through_its_first_answer(self, client: Client) -> None:
        assert errors_on(post(client, contact_way="fax")) == {"id_contact_way_0": "Choose from the answers shown"}

    def test_nothing_is_stored(self, client: Client) -> None:
        post(client, name="")
        assert not ConsultationRequest.objects.exists()

    @pytest.mark.parametrize("ahead", [dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)])
    def test_a_form_from_before_the_clock_was_set_back_is_taken_at_the_second_press(
        self, client: Client, clock: time_machine.Traveller, ahead: dt.timedelta
    ) -> None:
        response = post(client, token=form_tokens.issue(NOW + ahead))
        sentence = "We could not tell when this form was opened. Check your answers and press the button again."
        assert errors_on(response) == {"send": sentence}
        clock.shift(dt.timedelta(seconds=5))
        assert client.post(FORM, Page(response).values).status_code == 303

    @pytest.mark.parametrize("name", ["\u3164", "\u200b\ufeff", "\u202e\u202c", "\u2800", "\u0301"])
    def test_a_name_that_shows_nothing_is_no_name(self, client: Client, name: str) -> None:
        response = post(client, name=name)
        assert errors_on(response) == {"id_name": "Enter your name"}
        assert Page(response).values["name"] == [""]

    @pytest.mark.parametrize("field", ["name", "note", "access_note", "interpreter_other"])
    def test_text_that_was_turned_round_comes_back_once_as_it_reads_now(self, client: Client, field: str) -> None:
        response = post(client, **{field: "\u202eserroT anA\u202c"})
        assert errors_on(response) == {f"id_{field}": TURNED}
        shown = Page(response).values
        assert shown[field] == ["serroT anA"]
        assert client.post(FORM, shown).status_code == 303

    def test_invisible_characters_that_change_nothing_to_see_are_taken_out_without_a_word(self, client: Client) -> None:
        post(
            client, name="\u2068Ana\u2069 Tor\u00adres", email="ana@exa\u200bmple.com", phone="\u202a727 555 0142\u202c"
        )
        stored = ConsultationRequest.objects.get()
        assert (stored.name, stored.email, stored.phone_typed) == ("Ana Torres", "ana@example.com", "727 555 0142")

    @pytest.mark.parametrize(
        "phone", ["727 555 0142 or 727 555 0199", "555-0142 Ana", "727 call 555 0142", "+44 20 7946 09581"]
    )
    def test_a_phone_that_is_not_one_number_is_asked_about_and_kept(self, client: Client, phone: str) -> None:
        response = post(client, phone=phone)
        assert list(errors_on(response)) == ["id_phone"]
        assert Page(response).values["phone"] == [phone]
        assert not ConsultationRequest.objects.exists()

    def test_a_word_behind_a_number_is_stored_as_typed_and_never_dialed(self, client: Client) -> None:
        post(client, phone="+49 30 1234567 Handy")
        stored = ConsultationRequest.objects.get()
        assert (stored.phone, stored.phone_typed) == ("+49301234567", "+49 30 1234567 Handy")

    @pytest.mark.parametrize("missing", ["adult", "name", "privacy"])
    def test_every_value_is_kept(self, client: Client, missing: str) -> None:
        sent = EVERYTHING | {"token": form_tokens.issue(SHOWN), "email_seen": EVERYTHING["email"]}
        del sent[missing]
        kept = Page(client.post(FORM, sent)).values
        empty = {"name": [""]} if missing == "name" else {}
        assert kept == {name: value if isinstance(value, list) else [value] for name, value in sent.items()} | empty

    def test_what_was_cleared_stays_clear(self, client: Client) -> None:
        page = Page(post(client, name="", came_from="ketamine-basics", came_from_ok=None))
        assert "came_from_ok" not in page.values
        assert page.values["came_from"] == ["ketamine-basics"]
        assert page.links["Back to the article"] == "/articles/ketamine-basics/"

    @pytest.mark.parametrize("name", [name for name, value in EVERYTHING.items() if value != "on"])
    def test_what_was_typed_is_never_run(self, client: Client, name: str) -> None:
        attack = "\"><script>alert('x')</script>"
        html = post(client, **{"adult": None, "token": form_tokens.issue(SHOWN), name: attack}).content.decode()
        assert "<script" not in html

    def test_a_slip_in_the_address_is_pointed_out(self, client: Client) -> None:
        asked = Page(post(client, email="ana@gmial.com"))
        assert "Did you mean ana@gmail.com?" in asked.text
        assert post(client, email="ana@gmial.com", email_seen=asked.values["email_seen"][0]).status_code == 303


class TestToken:
    TOO_FAST = "We could not take this yet. Wait a moment, and press the button again."

    def test_with_other_errors_to_mend_being_fast_is_not_one(self, client: Client) -> None:
        token = Page(client.get(FORM)).values["token"][0]
        answer = post(client, token=token, name="")
        assert "Enter your name" in answer.content.decode()
        assert self.TOO_FAST not in answer.content.decode()

    def test_very_fast_is_asked_to_press_again_and_then_accepted(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        data = make_form_data(token=form_tokens.issue(NOW))
        page = client.post(FORM, data)
        assert errors_on(page) == {"send": self.TOO_FAST}
        assert Page(page).values["token"] == [data["token"]]
        clock.move_to(NOW + dt.timedelta(seconds=4), tick=False)
        assert client.post(FORM, data).status_code == 303

    @pytest.mark.parametrize(
        ("token", "sentence"),
        [
            (None, form_tokens.Forged.sentence),
            ("nonsense", form_tokens.Forged.sentence),
            (NOW - dt.timedelta(hours=25), form_tokens.Expired.sentence),
        ],
    )
    def test_without_a_good_token_there_is_a_fresh_one_and_nothing_is_lost(
        self, client: Client, clock: time_machine.Traveller, token: Any, sentence: str
    ) -> None:
        old = form_tokens.issue(token) if isinstance(token, dt.datetime) else token
        page = post(client, token=old, note="Kept")
        assert errors_on(page) == {"send": sentence}
        values = Page(page).values
        assert values["note"] == ["Kept"]
        clock.move_to(NOW + dt.timedelta(seconds=4), tick=False)
        assert client.post(FORM, values).status_code == 303

    def test_it_is_told_together_with_the_other_mistakes(self, client: Client) -> None:
        assert list(errors_on(post(client, token="nonsense", name=""))) == ["send", "id_name"]
