import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from appointments.forms import ConsultationForm, article_slug, clean_post, fields_for
from appointments.models import ConsultationRequest
from appointments.phones import parse_phone
from appointments.workflow import submit
from clinic_site.clinic_file import get_clinic
from tests.appointments.builders import NOW, make_form_data

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
    def test_nothing_that_is_forbidden(self, banned: str) -> None:
        form = empty()
        asked = [f"{name} {field.label}" for name, field in form.fields.items()]
        choices = [str(label) for field in form.fields.values() for _, label in getattr(field, "choices", [])]
        assert [text for text in asked + choices if banned in text.lower()] == []

    def test_consents_start_unticked(self) -> None:
        form = empty()
        assert [form[name].initial for name in ("adult", "not_emergency", "texts", "privacy")] == [None] * 4

    def test_who_else_answers_learns_nothing_unless_the_patient_says_so(self) -> None:
        assert empty()["others_may"].initial == "nothing"
        assert make_valid(others_may="").answers("n").others_may == "nothing"
        assert make_valid(others_may="know").answers("n").others_may == "know"

    def test_voicemail_starts_with_no(self) -> None:
        assert empty()["voicemail"].initial == "no"

    def test_the_note_says_that_health_does_not_belong_there(self) -> None:
        assert "Please do not write health details here." in empty().fields["note"].help_text

    def test_without_an_article_nothing_is_asked_about_one(self) -> None:
        assert not {"came_from", "came_from_ok"} & set(ConsultationForm(get_clinic(), NOW).fields)

    def test_each_office_is_offered_with_its_number_and_its_promise(self) -> None:
        assert empty().fields["office"].widget.hint("lake-wren") == (
            "(727) 555-0178. Offers: Large print, Calls through a relay service, Extra time, Spanish interpreter. "
            "Ask now, and we reply by Tuesday, November 24, 5\u00a0p.m."
        )

    def test_an_office_that_offers_nothing_special_says_nothing_of_it(self) -> None:
        clinic = get_clinic()
        bare = dataclasses.replace(clinic.offices[0], access=(), languages=())
        form = ConsultationForm(dataclasses.replace(clinic, offices=(bare,)), NOW)
        assert "Offers" not in form.fields["office"].widget.hint("port-alder")

    def test_the_languages_of_the_offices_are_offered(self) -> None:
        offered = {each.data["value"] for each in empty()["interpreter"].subwidgets}
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


class TestSharedFields:
    """Forms take their fields from one place, and what one person's form says must not show in the next one's."""

    def state(self) -> str:
        return str([(name, vars(field), vars(field.widget)) for name, field in fields_for(get_clinic()).items()])

    def test_a_form_in_a_crisis_and_with_errors_leaves_nothing_behind(self, client: Client) -> None:
        client.get("/consultation/")
        before = self.state()
        page = client.post("/consultation/", {"note": "I want to die", "email": "a@gmial.com", "office": "x"})
        assert "988" in page.content.decode()
        assert self.state() == before
        assert empty().fields["not_emergency"].required

    def test_each_form_promises_by_its_own_hour(self) -> None:
        forms = [ConsultationForm(get_clinic(), NOW + dt.timedelta(weeks=weeks)) for weeks in (0, 1)]
        today, next_week = (form.fields["office"].widget.hint("lake-wren") for form in forms)
        assert "November 24" in today
        assert "December 1" in next_week

    def test_the_words_follow_the_clinics_facts(self) -> None:
        empty()
        renamed = dataclasses.replace(get_clinic(), name="Other Clinic")
        assert "Other Clinic" in str(ConsultationForm(renamed, NOW).fields["texts"].help_text)
        assert "Other Clinic" not in str(empty().fields["texts"].help_text)


class TestErrors:
    def test_an_empty_form_says_all_that_is_missing_at_once(self) -> None:
        form = ConsultationForm(get_clinic(), NOW, data={"voicemail": "no"})
        assert {name: list(errors) for name, errors in form.errors.items()} == {
            "adult": ["Tick the box to say that you are 18 or older"],
            "not_emergency": ["Tick the box to say that this is not an emergency. In an emergency, call 911"],
            "name": ["Enter your name"],
            "phone": ["Enter a phone number or an e-mail address"],
            "privacy": ["Tick the box to say that you have read the privacy notice"],
        }

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("contact_way", "fax"),
            ("best_times", ["midnight"]),
            ("office", "x"),
            ("access", ["x"]),
            ("interpreter", "x"),
        ],
    )
    def test_an_answer_that_was_not_offered_is_refused(self, name: str, value: Any) -> None:
        form = ConsultationForm(get_clinic(), NOW, data=make_form_data(**{name: value}))
        assert form.errors[name] == ["Choose from the answers shown"]

    def test_no_error_blames_or_begs(self) -> None:
        nonsense: dict[str, Any] = dict.fromkeys(empty().fields, "x" * 300)
        nonsense |= {"best_times": ["x"], "access": ["x"], "adult": ""}
        everything_wrong = ConsultationForm(get_clinic(), NOW, "a", data=nonsense)
        said = " ".join(str(error) for errors in everything_wrong.errors.values() for error in errors).lower()
        assert len(everything_wrong.errors) > len(NOT_SAID)
        assert [word for word in NOT_SAID if word in said] == []

    @pytest.mark.parametrize(
        "field", [name for name, field in ConsultationForm.declared_fields.items() if field.required]
    )
    def test_no_message_is_left_to_django(self, field: str) -> None:
        assert "required" not in str(ConsultationForm.declared_fields[field].error_messages["required"])

    def test_a_slip_in_the_address_never_stops_anybody(self) -> None:
        assert make_valid(email="ana@gmial.com", email_seen="ana@gmial.com").answers("n").email == "ana@gmial.com"

    def test_a_slip_is_pointed_out_when_the_form_comes_back(self) -> None:
        form = ConsultationForm(get_clinic(), NOW, data=make_form_data(email=" ana@gmial.com"))
        assert "Did you mean ana@gmail.com?" in form.errors["email"][0]


class TestNeedsThatTheOfficeLacks:
    STEP_FREE: dict[str, Any] = {"office": "lake-wren", "access": ["step_free"]}

    def test_it_is_said_at_once_with_the_office_that_has_it(self) -> None:
        form = ConsultationForm(get_clinic(), NOW, data=make_form_data(**self.STEP_FREE))
        [said] = form.errors["office"]
        assert str(said).startswith(
            "The Lake Wren office does not offer: Step-free access. The Port Alder office does."
        )

    def test_it_never_stops_anybody(self) -> None:
        asked = ConsultationForm(get_clinic(), NOW, data=make_form_data(**self.STEP_FREE))
        assert not asked.is_valid()
        assert make_valid(**self.STEP_FREE, **asked.seen).answers("n").office == "lake-wren"

    def test_another_answer_is_asked_about_anew(self) -> None:
        asked = ConsultationForm(get_clinic(), NOW, data=make_form_data(**self.STEP_FREE))
        assert not asked.is_valid()
        changed = self.STEP_FREE | {"access": ["asl"]} | asked.seen
        assert "office" in ConsultationForm(get_clinic(), NOW, data=make_form_data(**changed)).errors

    @pytest.mark.parametrize("office", ["", "port-alder"])
    def test_an_office_that_has_it_or_no_wish_is_no_matter(self, office: str) -> None:
        make_valid(office=office, access=["step_free"], interpreter="Haitian Creole")


class TestCrisis:
    @pytest.mark.parametrize("field", ["note", "access_note"])
    def test_words_of_a_crisis_are_noticed_and_stop_nobody(self, field: str) -> None:
        assert make_valid(**{field: "I want to die"}).speaks_of_crisis
        assert not make_valid(**{field: "Call after 3"}).speaks_of_crisis


class TestAnswers:
    def test_the_shortest_form(self) -> None:
        answers = make_valid().answers("nonce")
        assert (answers.nonce, answers.name, answers.voicemail, answers.trapped) == (
            "nonce",
            "Ana Torres",
            False,
            False,
        )
        assert (answers.phone_typed, answers.phone, answers.email) == ("(727) 555-0111", "+17275550111", "")

    def test_without_a_phone_number(self) -> None:
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

    def test_the_article_is_kept_while_the_box_is_ticked(self) -> None:
        assert make_valid("ketamine-basics", came_from_ok="on").answers("n").article == "ketamine-basics"

    def test_the_article_is_forgotten_where_the_box_was_cleared(self) -> None:
        assert make_valid("ketamine-basics").answers("n").article == ""

    def test_no_article_is_invented(self) -> None:
        assert make_valid(came_from_ok="on", came_from="ketamine-basics").answers("n").article == ""

    def test_a_filled_trap_is_noticed(self) -> None:
        assert make_valid(subject_line="Buy now").answers("n").trapped

    def test_the_longest_answers_fit_the_database(self) -> None:
        longest = {"name": 200, "phone_typed": 200, "email": 254, "interpreter": 150, "access_note": 200, "note": 200}
        columns = {each.name: each.max_length for each in ConsultationRequest._meta.fields if each.name in longest}
        assert columns == longest
        form = make_valid(interpreter="Haitian Creole", interpreter_other="x" * 100)
        assert len(form.answers("n").interpreter) <= longest["interpreter"]

    def test_an_extension_fits_the_database(self) -> None:
        phone = parse_phone("727 555 0142 ext. 12345678901234567890")
        assert phone is None or len(phone.extension) <= 20


@pytest.mark.parametrize("slug", ["ketamine-basics", "a", "2026", "a" * 100])
def test_a_slug_is_taken(slug: str) -> None:
    assert article_slug(slug) == slug


@pytest.mark.parametrize("slug", ["", "A", "a/b", "../a", "a" * 101, "a\n", "é", "<b>", "//evil.example"])
def test_what_cannot_be_a_slug_is_not(slug: str) -> None:
    assert article_slug(slug) == ""


def test_nul_characters_are_taken_out_of_every_value() -> None:
    post = QueryDict("name=A%00na&access=a%00&access=b&\u0000=x")
    clean = clean_post(post)
    assert (clean["name"], clean.getlist("access")) == ("Ana", ["a", "b"])


def test_invisible_characters_are_taken_out_of_every_value() -> None:
    post = QueryDict(mutable=True)
    post.update({"name": "A\u200bna", "email": "\ufeffana@gmial.com", "note": "\u3164"})
    post.setlist("access", ["a\u2060", "b"])
    assert dict(clean_post(post)) == {
        "name": ["Ana"], "email": ["ana@gmial.com"], "note": [""], "access": ["a", "b"]
    }  # fmt: skip


@pytest.mark.parametrize("name", ["adult", "not_emergency", "privacy"])
def test_the_words_on_the_page_are_the_words_that_are_stored(name: str, db: None) -> None:
    data = make_form_data(texts="on", token=None)
    form = ConsultationForm(get_clinic(), NOW, data=data)
    assert form.is_valid()
    stored = {each["name"]: each["text"] for each in submit(form.answers("n"), NOW).consents}
    assert stored[name] == form.fields[name].label


def test_the_words_about_calls_texts_and_voicemail_stand_beside_their_fields() -> None:
    form = empty()
    assert "You may call me at this number about my request." in form.fields["phone"].help_text
    assert "You may leave a voicemail with only a name and a phone number." in form.fields["voicemail"].help_text
    assert "Reply STOP to end, HELP for help." in form.fields["texts"].help_text
