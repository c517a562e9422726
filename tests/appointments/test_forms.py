import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from appointments.forms import ConsultationForm, article_slug, clean_post
from appointments.models import ConsultationRequest
from appointments.phones import parse_phone
from appointments.workflow import submit
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_form_data
from tests.appointments.pages import Page

BANNED = [
    "diagnos", "pain score", "medicine", "medication", "mental", "substance", "alcohol", "pregnan", "sexual", "weight",
    "history", "photo", "file", "birth", "dob", "ssn", "social security", "insurance", "card number", "immigration",
    "employer", "emergency contact", "income", "symptom", "treatment", "condition",
]  # fmt: skip
NOT_SAID = ["please", "sorry", "invalid", "oops", "required"]


def make_valid(article: str = "", **data: Any) -> ConsultationForm:
    form = ConsultationForm(get_clinic(), NOW, article, data=make_form_data(**data))
    assert form.is_valid(), form.errors
    return form


def empty() -> ConsultationForm:
    return ConsultationForm(get_clinic(), NOW, "ketamine-basics")


class TestWhatIsAsked:
    @pytest.mark.parametrize("banned", BANNED)
    def test_no_forbidden_question(self, banned: str) -> None:
        form = empty()
        questions = [f"{name} {field.label}" for name, field in form.fields.items()]
        choices = [str(label) for field in form.fields.values() for _, label in getattr(field, "choices", [])]
        assert [text for text in questions + choices if banned in text.lower()] == []

    def test_consents_start_unticked(self) -> None:
        form = empty()
        assert [form[name].initial for name in ("adult", "voicemail", "texts")] == [None] * 3

    def test_by_default_nobody_else_is_told_about_the_request(self) -> None:
        assert empty()["others_may"].initial == "nothing"
        assert make_valid(others_may="").answers("n").others_may == "nothing"
        assert make_valid(others_may="know").answers("n").others_may == "know"

    def test_calls_and_e_mail_are_ticked_from_the_start(self) -> None:
        form = empty()
        assert [form[name].initial for name in ("call", "mail")] == [True] * 2

    def test_the_note_asks_not_to_enter_health_information(self) -> None:
        assert "Please do not write health details here." in empty().fields["note"].help_text

    def test_without_an_article_no_question_concerns_one(self) -> None:
        assert not {"came_from", "came_from_ok"} & set(ConsultationForm(get_clinic(), NOW).fields)

    def test_every_office_is_offered_with_phone_number_and_promise(self) -> None:
        assert empty().fields["office"].widget.hints["lake-wren"] == (
            "(727) 555-0178. Offers: Large print, Calls through a relay service, Extra time, Spanish interpreter. "
            "Ask now, and we reply by Tuesday, November 24, 5\u00a0p.m."
        )

    def test_an_office_without_special_services_mentions_none(self) -> None:
        clinic = get_clinic()
        bare = dataclasses.replace(clinic.offices[0], access=(), languages=())
        form = ConsultationForm(dataclasses.replace(clinic, offices=(bare,)), NOW)
        assert "Offers" not in form.fields["office"].widget.hints["port-alder"]

    def test_the_languages_of_the_offices_are_choices(self) -> None:
        offered = {choice.data["value"] for choice in empty()["interpreter"].subwidgets}
        assert {language for office in get_clinic().offices for language in office.languages} <= offered

    def test_every_field_is_in_the_layout_once(self) -> None:
        form = empty()
        laid_out = [pointer.name for pointer in form.helper.layout.get_field_names()]
        assert sorted(laid_out) == sorted(form.fields)

    def test_errors_follow_the_order_of_the_page(self) -> None:
        form = empty()
        laid_out = [pointer.name for pointer in form.helper.layout.get_field_names()]
        shown = [name for name in laid_out if not form[name].is_hidden]
        assert shown == [name for name in form.fields if not form[name].is_hidden]


class TestOneFormAfterAnother:
    """Data of one form must not show in the next."""

    @pytest.mark.django_db
    def test_a_form_with_a_crisis_and_errors_does_not_affect_the_next(self, client: Client) -> None:
        before = str(empty())
        page = client.post("/consultation/", {"note": "I want to die", "email": "a@gmial.com", "office": "x"})
        assert "988" in page.content.decode()
        assert str(empty()) == before
        assert empty().fields["adult"].label == "I am 18 or older, and this is not an emergency."

    def test_every_form_promises_by_its_own_time(self) -> None:
        forms = [ConsultationForm(get_clinic(), NOW + dt.timedelta(weeks=weeks)) for weeks in (0, 1)]
        today, next_week = (form.fields["office"].widget.hints["lake-wren"] for form in forms)
        assert "November 24" in today
        assert "December 1" in next_week

    def test_the_texts_follow_the_clinic_facts(self) -> None:
        empty()
        renamed = dataclasses.replace(get_clinic(), name="Other Clinic")
        [office] = renamed.offices[:1]
        only = dataclasses.replace(renamed, offices=(dataclasses.replace(office, name="Other office"),))
        assert "Other office" in str(ConsultationForm(only, NOW)["office"])
        assert "Other office" not in str(empty()["office"])


class TestErrors:
    def test_an_empty_form_reports_all_missing_answers_at_once(self) -> None:
        form = ConsultationForm(get_clinic(), NOW, data={})
        assert {name: list(errors) for name, errors in form.errors.items()} == {
            "name": ["Enter your name"],
            "phone": ["Enter a phone number or an e-mail address"],
            "call": ["Tick at least one way in which we may reach you"],
            "adult": ["Tick the box if you are 18 or older and this is not an emergency. In an emergency, call 911"],
        }

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("others_may", "fax"),
            ("best_times", ["midnight"]),
            ("office", "x"),
            ("access", ["x"]),
            ("interpreter", "x"),
        ],
    )
    def test_an_unknown_choice_is_refused(self, name: str, value: Any) -> None:
        form = ConsultationForm(get_clinic(), NOW, data=make_form_data(**{name: value}))
        assert form.errors[name] == ["Choose from the answers shown"]

    def test_no_error_blames_or_begs(self) -> None:
        nonsense: dict[str, Any] = dict.fromkeys(empty().fields, "x" * 300)
        nonsense |= {"best_times": ["x"], "access": ["x"], "adult": ""}
        everything_wrong = ConsultationForm(get_clinic(), NOW, "a", data=nonsense)
        messages = " ".join(str(error) for errors in everything_wrong.errors.values() for error in errors).lower()
        assert len(everything_wrong.errors) > len(NOT_SAID)
        assert [word for word in NOT_SAID if word in messages] == []

    @pytest.mark.parametrize(
        "field", [name for name, field in ConsultationForm.declared_fields.items() if field.required]
    )
    def test_no_message_is_a_default_of_django(self, field: str) -> None:
        assert "required" not in str(ConsultationForm.declared_fields[field].error_messages["required"])

    def test_a_typo_in_the_email_domain_is_not_an_error(self) -> None:
        assert make_valid(email="ana@gmial.com", email_seen="ana@gmial.com").answers("n").email == "ana@gmial.com"

    def test_a_typo_in_the_email_domain_is_shown_when_the_form_comes_back(self) -> None:
        form = ConsultationForm(get_clinic(), NOW, data=make_form_data(email=" ana@gmial.com"))
        assert "Did you mean ana@gmail.com?" in form.errors["email"][0]


class TestNeedsThatTheOfficeLacks:
    STEP_FREE: dict[str, Any] = {"office": "lake-wren", "access": ["step_free"]}

    def test_an_unmet_need_names_the_office_that_meets_it(self) -> None:
        form = ConsultationForm(get_clinic(), NOW, data=make_form_data(**self.STEP_FREE))
        [message] = form.errors["office"]
        assert str(message).startswith(
            "The Lake Wren office does not offer: Step-free access. The Port Alder office does."
        )

    def test_it_never_stops_anybody(self) -> None:
        asked = ConsultationForm(get_clinic(), NOW, data=make_form_data(**self.STEP_FREE))
        assert not asked.is_valid()
        assert make_valid(**self.STEP_FREE, **asked.hidden_values).answers("n").office == "lake-wren"

    def test_another_answer_is_asked_about_anew(self) -> None:
        asked = ConsultationForm(get_clinic(), NOW, data=make_form_data(**self.STEP_FREE))
        assert not asked.is_valid()
        changed = self.STEP_FREE | {"access": ["asl"]} | asked.hidden_values
        assert "office" in ConsultationForm(get_clinic(), NOW, data=make_form_data(**changed)).errors

    @pytest.mark.parametrize("office", ["", "port-alder"])
    def test_a_suitable_office_or_none_raises_no_question(self, office: str) -> None:
        make_valid(office=office, access=["step_free"], interpreter="Haitian Creole")


class TestCrisis:
    @pytest.mark.parametrize("field", ["note", "access_note"])
    def test_crisis_words_are_detected_and_are_no_error(self, field: str) -> None:
        assert make_valid(**{field: "I want to die"}).speaks_of_crisis
        assert not make_valid(**{field: "Call after 3"}).speaks_of_crisis


class TestAnswers:
    def test_the_shortest_form_is_accepted(self) -> None:
        answers = make_valid().answers("nonce")
        assert (answers.nonce, answers.name, answers.voicemail, answers.trapped) == (
            "nonce",
            "Ana Torres",
            False,
            False,
        )
        assert (answers.phone_typed, answers.phone, answers.email) == ("(727) 555-0111", "+17275550111", "")

    def test_a_form_without_a_phone_number_is_accepted(self) -> None:
        answers = make_valid(phone="", email="ana@example.com").answers("nonce")
        assert (answers.phone_typed, answers.phone, answers.phone_extension) == ("", "", "")

    @pytest.mark.parametrize(
        ("chosen", "typed", "stored"),
        [
            ("", "", ""),
            ("Spanish", "", "Spanish"),
            ("other", "Twi", "Twi"),
            ("", "Twi", "Twi"),
            ("Spanish", "Twi", "Spanish, Twi"),
        ],
    )
    def test_no_language_is_lost(self, chosen: str, typed: str, stored: str) -> None:
        assert make_valid(interpreter=chosen, interpreter_other=typed).answers("n").interpreter == stored

    def test_the_article_is_stored_if_the_box_is_ticked(self) -> None:
        assert make_valid("ketamine-basics", came_from_ok="on").answers("n").article == "ketamine-basics"

    def test_the_article_is_dropped_if_the_box_is_cleared(self) -> None:
        assert make_valid("ketamine-basics").answers("n").article == ""

    def test_an_unknown_article_is_dropped(self) -> None:
        assert make_valid(came_from_ok="on", came_from="ketamine-basics").answers("n").article == ""

    def test_a_filled_honeypot_is_detected(self) -> None:
        assert make_valid(subject_line="Buy now").answers("n").trapped

    def test_the_longest_answers_fit_the_database(self) -> None:
        longest = {"name": 200, "phone_typed": 200, "email": 254, "interpreter": 150, "access_note": 200, "note": 200}
        columns = {field.name: field.max_length for field in ConsultationRequest._meta.fields if field.name in longest}
        assert columns == longest
        form = make_valid(interpreter="Haitian Creole", interpreter_other="x" * 100)
        assert len(form.answers("n").interpreter) <= longest["interpreter"]

    def test_an_extension_fits_the_database(self) -> None:
        phone = parse_phone("727 555 0142 ext. 12345678901234567890")
        assert phone is None or len(phone.extension) <= 20


@pytest.mark.parametrize("slug", ["ketamine-basics", "a", "2026", "a" * 100])
def test_a_valid_slug_is_accepted(slug: str) -> None:
    assert article_slug(slug) == slug


@pytest.mark.parametrize("slug", ["", "A", "a/b", "../a", "a" * 101, "a\n", "é", "<b>", "//evil.example"])
def test_an_invalid_slug_is_dropped(slug: str) -> None:
    assert article_slug(slug) == ""


def test_nul_characters_are_removed_from_every_value() -> None:
    post = QueryDict("name=A%00na&access=a%00&access=b&\u0000=x")
    clean = clean_post(post)
    assert (clean["name"], clean.getlist("access")) == ("Ana", ["a", "b"])


def test_invisible_characters_are_removed_from_every_value() -> None:
    post = QueryDict(mutable=True)
    post.update({"name": "A\u200bna", "email": "\ufeffana@gmial.com", "note": "\u3164"})
    post.setlist("access", ["a\u2060", "b"])
    assert dict(clean_post(post)) == {
        "name": ["Ana"], "email": ["ana@gmial.com"], "note": [""], "access": ["a", "b"]
    }  # fmt: skip


def test_consents_are_stored_in_the_words_of_the_page(client: Client, db: None) -> None:
    page = Page(client.get("/consultation/"))
    form = make_valid(voicemail="on", texts="on", email="ana@example.com", token=None)
    stored = [consent["text"] for consent in submit(form.answers("n"), NOW).consents]
    assert len(stored) == 6
    assert [text for text in stored if text.replace(". May be", " May be") not in page.text] == []
