"""New requests by phone: what is stored, what is asked first, and who may type them in."""

from typing import Any

import pytest
from django.test import Client

from appointments.choices import Action, MailKind
from appointments.models import ConsultationRequest
from appointments.policies.consents import SPOKEN, TEXTS, consents_for_number
from appointments.workflow import join
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import LATER, NOW, make_request
from tests.appointments.desk.request.pages import open_page
from tests.appointments.pages import LIST, Page, errors_on
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PHONE = f"{LIST}phone/"
NONCE = "0123456789abcdef" * 2
CALLER: dict[str, Any] = {
    "name": "Bo Li", "phone": "727 555 0199", "may_call": "on", "adult": "on", "not_emergency": "on", "nonce": NONCE,
}  # fmt: skip
LOOK_FIRST = "Look at the requests below first. If none is this caller's, save again"


def save(desk: Client, **answers: Any) -> Any:
    data = CALLER | answers
    return desk.post(PHONE, {name: value for name, value in data.items() if value is not None})


def stored() -> ConsultationRequest:
    return ConsultationRequest.objects.get()


class TestStoring:
    def test_a_caller_is_stored_with_a_promise_to_read_out(self, desk: Client) -> None:
        response = desk.post(PHONE, CALLER, follow=True)
        request = stored()
        assert response.redirect_chain == [(f"{LIST}{request.pk}/change/", 303)]
        [message] = response.context["messages"]
        assert str(message).replace("\u00a0", " ") == (
            f"{request.reference} is stored. Say: “Your reference is {request.reference}. "
            "By Tuesday, November 24, 5 p.m. you hear from us.”"
        )
        assert (request.name, request.phone, request.by_phone) == ("Bo Li", "+17275550199", True)

    def test_the_trail_and_the_desk_say_that_the_request_came_by_phone(self, desk: Client) -> None:
        save(desk)
        request = stored()
        event = request.audit_events.get(action=Action.SUBMITTED)
        assert str(event) == "front-desk wrote down the request of a caller; status New"
        assert "Received Monday, November 23, 10 a.m., by phone" in open_page(desk, request).text
        assert "By phone" in Page(desk.get(LIST)).text
        page = Client().get(f"/consultation/status/{request.token}/")
        assert "You told us your request on the phone." in Page(page).text

    def test_consents_are_stored_as_spoken(self, desk: Client) -> None:
        save(desk, voicemail="on", texts="on")
        consents = {consent["name"]: consent for consent in stored().consents}
        assert set(consents) == set(SPOKEN) - {"adult", "email"}
        assert {consent["version"] for consent in consents.values()} == {"spoken-1"}
        assert consents["voicemail"]["text"].startswith("As spoken: ")
        assert TEXTS["texts"].text.format(clinic=get_clinic().name) in consents["texts"]["text"]

    def test_a_new_number_repeats_the_consents_as_spoken(self, desk: Client) -> None:
        save(desk)
        [repeated] = consents_for_number(stored().consents, "+17275550100", get_clinic(), LATER)
        assert (repeated["version"], repeated["number"]) == ("spoken-1", "+17275550100")

    def test_every_answer_is_stored(self, desk: Client) -> None:
        save(
            desk, email="bo@example.com", others_may="know", best_times=["morning"], office="lake-wren",
            interpreter="Spanish", access=["relay"], access_note="Low light", for_whom="myself", note="After 3",
            may_call=None, texts="on", voicemail="on",
        )  # fmt: skip
        request = stored()
        assert (request.email, request.others_may, request.best_times) == ("bo@example.com", "know", ["morning"])
        assert (request.office, request.interpreter, request.access) == ("lake-wren", "Spanish", ["relay"])
        assert (request.access_note, request.for_whom, request.note) == ("Low light", "myself", "After 3")
        assert (request.contact_way, request.voicemail, request.texts) == ("no_calls", False, True)
        assert request.messages.filter(kind=MailKind.CONFIRMATION).exists()

    def test_the_second_button_leads_to_the_free_times(self, desk: Client) -> None:
        assert save(desk, then_book="yes")["Location"] == f"{LIST}{stored().pk}/change/#visit"

    def test_a_second_press_stores_nothing_more(self, desk: Client) -> None:
        locations = {save(desk)["Location"] for _ in range(2)}
        assert locations == {f"{LIST}{stored().pk}/change/"}

    def test_a_flood_of_other_requests_refuses_no_caller(self, desk: Client, settings: Any) -> None:
        settings.REQUESTS_A_MINUTE = 1
        make_request()
        assert save(desk).status_code == 303


class TestErrors:
    @pytest.mark.parametrize(
        ("answers", "errors"),
        [
            ({"name": ""}, {"id_name": "Enter the name of the caller"}),
            ({"phone": ""}, {"id_phone": "Enter a phone number or an e-mail address"}),
            (
                {"may_call": None},
                {"id_may_call": "Tick a way of reaching the caller, or enter an e-mail address"},
            ),
            (
                {"phone": "", "email": "bo@example.com", "texts": "on"},
                {"id_phone": "Enter the phone number for texts"},
            ),
            (
                {"adult": None},
                {"id_adult": "Ask whether the caller is 18 or older, and say where the privacy notice is"},
            ),
            (
                {"not_emergency": None},
                {"id_not_emergency": "Ask whether this is an emergency. In an emergency, the caller must dial 911"},
            ),
            (
                {"email": "bo@"},
                {"id_email": "Enter an e-mail address in the correct format, like name@example.com"},
            ),
        ],
    )
    def test_each_missing_answer_is_one_sentence(
        self, desk: Client, answers: dict[str, Any], errors: dict[str, str]
    ) -> None:
        assert errors_on(save(desk, **answers)) == errors
        assert not ConsultationRequest.objects.exists()

    def test_what_is_closed_at_first_is_open_with_an_answer(self, desk: Client) -> None:
        def is_open(response: Any) -> bool:
            [details] = Page(response).all("details")
            return details.get("open") is not None

        assert not is_open(desk.get(PHONE))
        assert not is_open(save(desk, name=""))
        assert is_open(save(desk, name="", interpreter="Spanish"))

    @pytest.mark.parametrize("nonce", [None, "odd"])
    def test_a_form_without_its_number_is_refused(self, desk: Client, nonce: str | None) -> None:
        assert "This page is out of date: open a new one" in Page(save(desk, nonce=nonce)).text

    def test_a_form_is_used_three_times_at_most(self, desk: Client) -> None:
        for number in range(3):
            assert save(desk, note=f"Number {number}").status_code == 303
        assert "This page is out of date: open a new one" in Page(save(desk, note="Number 4")).text
        assert ConsultationRequest.objects.count() == 3


class TestDuplicates:
    def test_look_alikes_are_shown_before_anything_is_stored(self, desk: Client) -> None:
        other = make_request(phone="+17275550199", contact_way="no_calls", email="bo@example.com")
        page = Page(save(desk))
        assert ConsultationRequest.objects.get() == other
        assert LOOK_FIRST in page.text
        assert f"{other.reference}: Ana Torres, New, received Monday, November 23, 10 a.m." in page.text
        assert "Same phone number. Do not call, No voicemail, No texts" in page.text
        assert page.links[other.reference] == f"{LIST}{other.pk}/change/"
        assert str(other.audit_events.reads().get()) == "front-desk saw the request beside another one"
        assert save(desk, seen=page.values["seen"][0]).status_code == 303
        assert ConsultationRequest.objects.count() == 2

    def test_look_alikes_are_shown_beside_other_errors(self, desk: Client) -> None:
        make_request(phone="+17275550199")
        assert LOOK_FIRST in Page(save(desk, adult=None)).text

    def test_other_people_and_joined_requests_are_not_shown(self, desk: Client) -> None:
        first, second = make_request(phone="+17275550199"), make_request(phone="+17275550199")
        join(second, first, "dana", NOW)
        make_request()
        assert Page(save(desk)).values["seen"] == [first.reference]


class TestCrisis:
    def test_words_of_a_crisis_need_no_tick_and_mark_the_request(self, desk: Client) -> None:
        assert save(desk, note="I want to die", not_emergency=None).status_code == 303
        assert stored().crisis
        assert "not_emergency" not in {consent["name"] for consent in stored().consents}

    def test_the_numbers_are_shown_if_the_form_comes_back(self, desk: Client) -> None:
        response = save(desk, note="I want to die", name="")
        page = Page(response)
        assert "Words of a crisis Follow the clinic's crisis plan now." in page.text
        assert "call 988" in page.links
        assert save(desk, crisis_seen=page.values["crisis_seen"][0], not_emergency=None).status_code == 303
        assert stored().crisis


def test_the_page_shows_the_promise_and_every_field_has_a_label(desk: Client) -> None:
    page = Page(desk.get(PHONE))
    assert "Promise: an answer by Tuesday, November 24, 5 p.m." in page.text
    assert page.fields_without_label == []
    assert page.values["may_call"] == ["on"]


@pytest.mark.parametrize("path", ["/admin/", LIST])
def test_the_page_is_linked(desk: Client, path: str) -> None:
    assert Page(desk.get(path)).links["New request by phone"] == PHONE


@pytest.mark.parametrize(
    ("who", "status"), [("front desk", 200), ("owner", 200), ("editor", 403), ("patient", 302), ("stranger", 302)]
)
def test_the_page_requires_the_permission_to_change_requests(sign_in: Cast, who: str, status: int) -> None:
    assert sign_in(who).get(PHONE).status_code == status
