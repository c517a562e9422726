import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from appointments.choices import Status
from appointments.forms import REORDERED
from appointments.models import ConsultationRequest
from appointments.request_form import tokens
from tests.appointments.builders import NOW, SHOWN, make_form_data
from tests.appointments.pages import Page, errors_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FORM = "/consultation/"
ASKED_ABOUT = "The Lake Wren office does not offer: American Sign Language interpreter. The Port Alder office does."
# One answer for every visible field, different from its initial value.
EVERYTHING = {
    "adult": "on",
    "name": "Zoë <b>O’Neill</b>",
    "phone": "(727) 555-0133 x9",
    "email": "zoe@example.com",
    "call": "on",
    "best_times": ["morning", "afternoon"],
    "voicemail": "on",
    "mail": "on",
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
    "subject_line": "",
    "needs_seen": ASKED_ABOUT,
    "crisis_seen": "",
}


def post(client: Client, **overrides: Any) -> Any:
    return client.post(FORM, make_form_data(**overrides))


class TestForm:
    def test_the_form_has_a_valid_token(self, client: Client, clock: time_machine.Traveller) -> None:
        token = Page(client.get(FORM)).values["token"][0]
        clock.move_to(NOW + dt.timedelta(minutes=1), tick=False)
        assert post(client, token=token).status_code == 303

    def test_head_is_answered(self, client: Client) -> None:
        assert client.head(FORM).status_code == 200

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_other_methods_are_refused(self, client: Client, method: str) -> None:
        assert getattr(client, method)(FORM).status_code == 405

    def test_emergency_help_is_shown_before_the_first_field(self, client: Client) -> None:
        before, _, _ = client.get(FORM).content.decode().partition("<form")
        assert all(f'href="tel:{number}"' in before for number in ("911", "988", "+18002221222"))

    def test_the_form_shows_the_promise_and_other_ways_of_contact(self, client: Client) -> None:
        text = Page(client.get(FORM)).text
        assert "By Tuesday, November 24, 5 p.m., we will contact you." in text
        assert "Rather talk? Port Alder office (727) 555-0142, open now." in text

    def test_a_closed_office_is_shown_as_closed(self, client: Client, clock: time_machine.Traveller) -> None:
        clock.move_to(NOW + dt.timedelta(hours=12), tick=False)
        assert "Port Alder office (727) 555-0142, closed now." in Page(client.get(FORM)).text

    def test_the_privacy_notice_is_linked_above_the_button(self, client: Client) -> None:
        html = client.get(FORM).content.decode()
        assert html.index('<a href="/privacy/" target="_blank"') < html.index('id="send"')

    def test_no_field_has_an_asterisk_or_browser_validation(self, client: Client) -> None:
        html = client.get(FORM).content.decode()
        form = html[html.index("<form") : html.index("</form>")]
        assert " novalidate" in form
        assert " required" not in form
        assert "*" not in form

    def test_every_optional_field_says_so(self, client: Client) -> None:
        page = Page(client.get(f"{FORM}?from=ketamine-basics"))
        marked = {label.removesuffix(" (optional)") for label in page.labels if label.endswith("(optional)")}
        assert len(marked) == 9
        assert not marked & {"Full name", "Phone number", "E-mail address", "Call me about my request"}

    def test_every_field_has_a_label_and_every_description_exists(self, client: Client) -> None:
        page = Page(post(client, name="", phone="", others_may="x"))
        assert page.fields_without_label == []
        assert page.descriptions - page.ids == set()
        assert len(page.ids) == len(set(page.ids))

    def test_the_form_links_back_to_the_article(self, client: Client) -> None:
        page = Page(client.get(f"{FORM}?from=ketamine-basics"))
        assert page.links["Back to the article"] == "/articles/ketamine-basics/"
        assert page.values["came_from"] == ["ketamine-basics"]
        assert page.values["came_from_ok"] == ["on"]

    @pytest.mark.parametrize("slug", ["", "../admin", "A<script>", "x" * 101, "%00"])
    def test_without_an_article_the_form_links_to_the_home_page(self, client: Client, slug: str) -> None:
        page = Page(client.get(FORM, {"from": slug}))
        assert page.links["Back to the home page"] == "/"
        assert "came_from" not in page.values

    def test_the_honeypot_is_hidden_from_people_and_assistive_technology(self, client: Client) -> None:
        html = client.get(FORM).content.decode()
        trap = re.search(r'<div class="trap" aria-hidden="true">.*?</div>', html, re.DOTALL)
        assert trap
        assert 'tabindex="-1"' in trap[0]
        assert 'autocomplete="off"' in trap[0]


class TestSending:
    def test_a_request_is_stored_and_redirects_to_the_confirmation(self, client: Client) -> None:
        response = post(client)
        request = ConsultationRequest.objects.get()
        assert response.status_code == 303
        assert response["Location"] == f"/consultation/received/{request.token}/"

    def test_every_answer_is_stored(self, client: Client) -> None:
        client.post(FORM, EVERYTHING | {"token": tokens.issue(SHOWN)})
        request = ConsultationRequest.objects.get()
        assert (request.name, request.phone, request.phone_extension) == ("Zoë <b>O’Neill</b>", "+17275550133", "9")
        assert (request.interpreter, request.access, request.note) == (
            "Twi", ["asl", "extra_time"], "After 3\nwould be best",
        )  # fmt: skip
        assert (request.voicemail, request.texts, request.article) == (True, True, "ketamine-basics")
        assert request.others_may == "take_message"

    def test_two_presses_make_one_request_with_one_url(self, client: Client) -> None:
        data = make_form_data()
        first, second = (client.post(FORM, data) for _ in range(2))
        assert first["Location"] == second["Location"]
        assert ConsultationRequest.objects.count() == 1

    def test_going_back_and_correcting_makes_a_second_request(self, client: Client) -> None:
        data = make_form_data()
        client.post(FORM, data)
        client.post(FORM, data | {"phone": "727 555 0112"})
        assert set(ConsultationRequest.objects.values_list("phone", flat=True)) == {"+17275550111", "+17275550112"}

    def test_a_filled_honeypot_gets_the_same_page_and_no_mail(self, client: Client) -> None:
        response = post(client, subject_line="Cheap watches", email="victim@example.com")
        assert client.get(response["Location"]).status_code == 200
        assert ConsultationRequest.objects.get().status == Status.SPAM
        assert mail.outbox == []

    def test_nul_characters_are_accepted(self, client: Client) -> None:
        assert post(client, name="A\0na", note="\0", token=tokens.issue(SHOWN) + "\0").status_code == 303
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
    def test_a_cross_site_post_is_refused(self, client: Client, headers: dict[str, str]) -> None:
        response = client.post(FORM, make_form_data(), headers=headers)
        assert response.status_code == 403
        assert not ConsultationRequest.objects.exists()

    def test_a_same_site_post_needs_no_cookie(self) -> None:
        client = Client(enforce_csrf_checks=True)
        headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
        assert client.post(FORM, make_form_data(), headers=headers).status_code == 303


class TestErrors:
    def test_one_error_is_shown_in_title_summary_and_at_the_field(self, client: Client) -> None:
        assert errors_on(post(client, phone="555 0142")) == {
            "id_phone": "Phone number must have 10 digits, like 727 555 0142"
        }

    def test_errors_are_listed_in_the_order_of_the_page(self, client: Client) -> None:
        page = client.post(FORM, {"token": tokens.issue(SHOWN)})
        assert list(errors_on(page)) == ["id_name", "id_phone", "id_call", "id_adult"]

    def test_an_error_of_a_group_links_to_its_first_choice(self, client: Client) -> None:
        assert errors_on(post(client, for_whom="fax")) == {"id_for_whom_0": "Choose from the answers shown"}

    def test_nothing_is_stored(self, client: Client) -> None:
        post(client, name="")
        assert not ConsultationRequest.objects.exists()

    @pytest.mark.parametrize("ahead", [dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)])
    def test_a_form_from_the_future_is_accepted_at_the_second_press(
        self, client: Client, clock: time_machine.Traveller, ahead: dt.timedelta
    ) -> None:
        response = post(client, token=tokens.issue(NOW + ahead))
        sentence = "We could not tell when this form was opened. Check your answers and press the button again."
        assert errors_on(response) == {"send": sentence}
        clock.shift(dt.timedelta(seconds=5))
        assert client.post(FORM, Page(response).values).status_code == 303

    @pytest.mark.parametrize("name", ["\u3164", "\u200b\ufeff", "\u202e\u202c", "\u2800", "\u0301"])
    def test_an_invisible_name_is_empty(self, client: Client, name: str) -> None:
        response = post(client, name=name)
        assert errors_on(response) == {"id_name": "Enter your name"}
        assert Page(response).values["name"] == [""]

    @pytest.mark.parametrize("field", ["name", "note", "access_note", "interpreter_other"])
    def test_reversed_text_is_shown_once_for_confirmation(self, client: Client, field: str) -> None:
        response = post(client, **{field: "\u202eserroT anA\u202c"})
        assert errors_on(response) == {f"id_{field}": REORDERED}
        shown = Page(response).values
        assert shown[field] == ["serroT anA"]
        assert client.post(FORM, shown).status_code == 303

    def test_invisible_characters_without_effect_are_removed_silently(self, client: Client) -> None:
        post(
            client, name="\u2068Ana\u2069 Tor\u00adres", email="ana@exa\u200bmple.com", phone="\u202a727 555 0142\u202c"
        )
        stored = ConsultationRequest.objects.get()
        assert (stored.name, stored.email, stored.phone_typed) == ("Ana Torres", "ana@example.com", "727 555 0142")

    @pytest.mark.parametrize(
        "phone", ["727 555 0142 or 727 555 0199", "555-0142 Ana", "727 call 555 0142", "+44 20 7946 09581"]
    )
    def test_an_ambiguous_phone_number_is_an_error_and_shown_again(self, client: Client, phone: str) -> None:
        response = post(client, phone=phone)
        assert list(errors_on(response)) == ["id_phone"]
        assert Page(response).values["phone"] == [phone]
        assert not ConsultationRequest.objects.exists()

    def test_a_word_after_a_number_is_stored_as_typed_and_not_dialed(self, client: Client) -> None:
        post(client, phone="+49 30 1234567 Handy")
        stored = ConsultationRequest.objects.get()
        assert (stored.phone, stored.phone_typed) == ("+49301234567", "+49 30 1234567 Handy")

    @pytest.mark.parametrize("missing", ["adult", "name"])
    def test_every_value_is_shown_again(self, client: Client, missing: str) -> None:
        sent = EVERYTHING | {"token": tokens.issue(SHOWN), "email_seen": EVERYTHING["email"]}
        del sent[missing]
        values = Page(client.post(FORM, sent)).values
        empty = {"name": [""]} if missing == "name" else {}
        assert values == {name: value if isinstance(value, list) else [value] for name, value in sent.items()} | empty

    def test_a_cleared_value_stays_empty(self, client: Client) -> None:
        page = Page(post(client, name="", came_from="ketamine-basics", came_from_ok=None))
        assert "came_from_ok" not in page.values
        assert page.values["came_from"] == ["ketamine-basics"]
        assert page.links["Back to the article"] == "/articles/ketamine-basics/"

    @pytest.mark.parametrize("name", [name for name, value in EVERYTHING.items() if value != "on"])
    def test_typed_markup_is_escaped(self, client: Client, name: str) -> None:
        attack = "\"><script>alert('x')</script>"
        html = post(client, **{"adult": None, "token": tokens.issue(SHOWN), name: attack}).content.decode()
        assert "<script" not in html

    def test_a_typo_in_the_email_domain_is_pointed_out(self, client: Client) -> None:
        page = Page(post(client, email="ana@gmial.com"))
        assert "Did you mean ana@gmail.com?" in page.text
        assert post(client, email="ana@gmial.com", email_seen=page.values["email_seen"][0]).status_code == 303


class TestToken:
    @pytest.mark.parametrize(("seconds", "marked"), [(0, True), (2.9, True), (3, False)])
    def test_a_form_sent_within_seconds_is_stored_and_marked(
        self, client: Client, clock: time_machine.Traveller, seconds: float, marked: bool
    ) -> None:
        data = make_form_data(token=tokens.issue(NOW), email="ana@example.com")
        clock.move_to(NOW + dt.timedelta(seconds=seconds), tick=False)
        assert client.post(FORM, data).status_code == 303
        stored = ConsultationRequest.objects.get()
        assert stored.status == Status.NEW
        assert stored.messages.count() == 2
        assert (str(stored.audit_events.get()) == "The patient sent the request within 3 seconds; status New") is marked

    def test_a_second_press_after_the_first_seconds_makes_no_second_request(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        data = make_form_data(token=tokens.issue(NOW))
        client.post(FORM, data)
        clock.move_to(NOW + dt.timedelta(seconds=4), tick=False)
        client.post(FORM, data)
        assert ConsultationRequest.objects.count() == 1

    @pytest.mark.parametrize(
        ("token", "sentence"),
        [
            (None, tokens.Forged.sentence),
            ("nonsense", tokens.Forged.sentence),
            (NOW - dt.timedelta(hours=25), tokens.TokenExpired.sentence),
        ],
    )
    def test_an_invalid_token_is_replaced_and_all_answers_are_preserved(
        self, client: Client, clock: time_machine.Traveller, token: Any, sentence: str
    ) -> None:
        old = tokens.issue(token) if isinstance(token, dt.datetime) else token
        page = post(client, token=old, note="Kept")
        assert errors_on(page) == {"send": sentence}
        values = Page(page).values
        assert values["note"] == ["Kept"]
        clock.move_to(NOW + dt.timedelta(seconds=4), tick=False)
        assert client.post(FORM, values).status_code == 303

    def test_a_token_error_is_shown_with_other_errors(self, client: Client) -> None:
        assert list(errors_on(post(client, token="nonsense", name=""))) == ["send", "id_name"]
