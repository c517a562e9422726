"""Who may change a request on the patient's page, and how many guesses are allowed."""

import datetime as dt
import json
import sys
import threading
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client

from appointments.models import AuditEvent, ConsultationRequest
from appointments.patient_page.corrections import change_times
from appointments.patient_page.forms import WRONG, WRONG_ADDRESS
from appointments.patient_page.identity import WRONG_EVER, TooManyTries, confirm, new_proof, proves
from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import Page, errors_on
from tests.appointments.patient_page.test_views import address, buttons, post, shown
from tests.appointments.subprocess_race import all_at_once
from tests.inside import run_apart
from tests.serving import OwnDatabase

ROOT = Path(__file__).parents[3]
HOUR = dt.timedelta(hours=1)
GUESSES = 12
CONFIRM = "Confirm that it is me"
BUTTONS = ["Save", "Save what to prepare", "Take my request back", "Show a copy of my answers"]


def guess_wrong(request: ConsultationRequest, number: int, now: dt.datetime = NOW) -> None:
    for _ in range(number):
        assert not confirm(request, "9999", now)


@pytest.mark.django_db
class TestAnswers:
    @pytest.mark.parametrize(
        "typed",
        [
            "0111",
            " 01 11 ",
            "(727) 555-0111",
            "+1 727 555 0111",
            "ends in 0111",
            "727 555 0111 ext 3",
            "0111 x3",
            "727 555 0111 (cell)",
            "٠١١١",
            "７２７５５５０１１１",
            "۷۲۷ ۵۵۵ ۰۱۱۱",
            "\u202a727 555\u00ad 0111\u202c",
        ],
    )
    def test_the_last_digits_of_the_phone_number_are_correct(self, typed: str) -> None:
        assert confirm(make_request(), typed, NOW)

    @pytest.mark.parametrize("typed", ["ana@example.com", " ANA@Example.com "])
    def test_without_a_number_the_address_is_correct(self, typed: str) -> None:
        assert confirm(make_request(phone="", phone_typed="", email="Ana@example.com"), typed, NOW)

    def test_with_a_number_the_address_proves_nothing(self) -> None:
        """The mail with the link went to that address, and to a stranger if it was mistyped."""
        assert not confirm(make_request(email="ana@example.com"), "ana@example.com", NOW)

    @pytest.mark.parametrize("typed", ["0112", "111", "7275", "", "ana@example.org", "٠١١٢", "0111 12", "é"])
    def test_anything_else_is_incorrect(self, typed: str) -> None:
        assert not confirm(make_request(email="ana@example.com"), typed, NOW)

    @pytest.mark.parametrize("typed", ["", "  ", "0000", "no digits"])
    def test_without_a_number_no_digits_are_correct(self, typed: str) -> None:
        assert not confirm(make_request(phone="", phone_typed="", email="ana@example.com"), typed, NOW)

    @pytest.mark.parametrize("typed", ["@", " @ "])
    def test_without_an_address_no_address_is_correct(self, typed: str) -> None:
        assert not confirm(make_request(), typed, NOW)

    def test_the_current_number_counts(self) -> None:
        request = make_request()
        ConsultationRequest.objects.update(phone="+17275550122")
        assert not confirm(request, "0111", NOW)
        assert confirm(request, "0122", NOW)


@pytest.mark.django_db
class TestAttempts:
    def test_an_incorrect_answer_is_recorded_without_the_input(self) -> None:
        request = make_request()
        confirm(request, "9999", NOW)
        event = AuditEvent.objects.unconfirmed().get()
        assert (event.request, event.at, event.actor, event.detail) == (request, NOW, "", "")
        assert str(event) == "Somebody with the patient's link could not confirm who they are"

    def test_a_correct_answer_is_not_recorded(self) -> None:
        confirm(make_request(), "0111", NOW)
        assert not AuditEvent.objects.unconfirmed().exists()

    @pytest.mark.parametrize("typed", ["ana@example.com", "x0111@example.com"])
    def test_an_address_is_not_counted_if_only_a_number_can_be_correct(self, typed: str) -> None:
        """An address could not be correct here, so the answer gives nothing away."""
        assert not confirm(make_request(email="ana@example.com"), typed, NOW)
        assert not AuditEvent.objects.unconfirmed().exists()

    def test_a_correct_answer_is_accepted_after_four_incorrect_ones(self) -> None:
        request = make_request()
        guess_wrong(request, 4)
        assert confirm(request, "0111", NOW)

    @pytest.mark.parametrize("typed", ["0111", "9999"])
    def test_after_five_incorrect_answers_none_is_accepted_or_counted(self, typed: str) -> None:
        request = make_request()
        guess_wrong(request, 5)
        with pytest.raises(TooManyTries):
            confirm(request, typed, NOW + HOUR)
        assert AuditEvent.objects.unconfirmed().count() == 5

    def test_answers_are_accepted_again_after_an_hour(self) -> None:
        request = make_request()
        guess_wrong(request, 1, NOW - dt.timedelta(minutes=1))
        guess_wrong(request, 4)
        assert confirm(request, "0111", NOW + HOUR)

    def test_other_requests_are_not_affected(self) -> None:
        guess_wrong(make_request(), 5)
        assert confirm(make_request(), "0111", NOW)


@pytest.mark.django_db
class TestProof:
    def test_a_proof_is_valid_for_its_request_alone(self) -> None:
        one, other = make_request(), make_request()
        assert proves(new_proof(one), one)
        assert not proves(new_proof(one), other)

    def test_a_proof_is_valid_for_half_an_hour(self, clock: time_machine.Traveller) -> None:
        request = make_request()
        proof = new_proof(request)
        clock.shift(dt.timedelta(minutes=30))
        assert proves(proof, request)
        clock.shift(dt.timedelta(seconds=1))
        assert not proves(proof, request)

    def test_a_proof_from_the_future_is_invalid(self, clock: time_machine.Traveller) -> None:
        request = make_request()
        proof = new_proof(request)
        clock.shift(dt.timedelta(seconds=-1))
        assert not proves(proof, request)

    def test_a_forged_proof_is_invalid(self) -> None:
        request = make_request()
        forged = ["", request.token, f"{request.token}:1wN7Yt:c2lnbmF0dXJl", new_proof(request) + "x", "é:ö:ü"]
        assert not any(proves(proof, request) for proof in forged)


def guess_at_once() -> None:
    """Make many wrong guesses at the same moment; print how many were answered. Runs in a process of its own."""
    call_command("migrate", verbosity=0)
    request = make_request()
    connected = threading.Barrier(GUESSES)

    def guess() -> bool:
        connection.ensure_connection()  # connecting takes longer than a guess: without this, guesses would not overlap
        connected.wait()
        try:
            return not confirm(request, "9999", NOW)
        except TooManyTries:
            return False

    answered = sum(bool(guessed) for guessed in all_at_once([guess] * GUESSES))
    json.dump({"answered": answered, "counted": AuditEvent.objects.unconfirmed().count()}, sys.stdout)


def test_of_many_simultaneous_guesses_five_are_answered(tmp_path: Path, own_database: OwnDatabase) -> None:
    with own_database(tmp_path / "guesses.sqlite3") as database_url:
        printed = run_apart("tests.appointments.patient_page.test_identity:guess_at_once", database_url)
    assert printed == {"answered": 5, "counted": 5}


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestOnThePage:
    def test_a_correct_answer_opens_the_forms_with_the_stored_values(self, client: Client) -> None:
        page = Page(post(client, make_request(best_times=("morning", "afternoon")), known="0111"))
        assert page.title.startswith("Change your request")
        assert buttons(page) == BUTTONS
        assert page.values["best_times"] == ["morning", "afternoon"]
        assert page.fields_without_label == []
        assert page.descriptions <= page.ids

    def test_only_two_digits_of_the_number_are_shown(self, client: Client) -> None:
        response = post(client, make_request(phone="+17275550133", phone_typed="(727) 555-0133"), known="0133")
        assert "The number we have ends in 33." in Page(response).text
        assert "555-0133" not in response.content.decode()
        assert "0133" not in response.content.decode()

    def test_without_a_number_there_is_no_field_to_correct_it(self, client: Client) -> None:
        request = make_request(phone="", phone_typed="", email="ana@example.com")
        page = Page(post(client, request, known="ana@example.com"))
        assert buttons(page) == BUTTONS
        assert "phone" not in page.values

    @pytest.mark.parametrize("typed", ["\ufeffana@example.com", "ana@exa\u200bmple.com", "ANA@Example.com\u200f"])
    def test_invisible_characters_in_an_address_are_ignored(self, client: Client, typed: str) -> None:
        request = make_request(phone="", phone_typed="", email="ana@example.com")
        assert "Save" in buttons(Page(post(client, request, known=typed)))

    def test_the_number_with_its_extension_is_correct(self, client: Client) -> None:
        request = make_request(phone_typed="727 555 0111 ext 3", phone_extension="3")
        assert "Save" in buttons(Page(post(client, request, known="727 555 0111 ext 3")))
        assert not AuditEvent.objects.unconfirmed().exists()

    def test_an_incorrect_answer_is_an_error_and_remains_in_the_field(self, client: Client) -> None:
        response = post(client, make_request(), known="9999")
        assert errors_on(response) == {"id_known": WRONG}
        assert Page(response).values["known"] == ["9999"]

    def test_an_incorrect_address_gives_the_same_error_for_every_request(self, client: Client) -> None:
        phone, email = make_request(), make_request(phone="", phone_typed="", email="ana@example.com")
        assert errors_on(post(client, phone, known="ana@example.org")) == {"id_known": WRONG_ADDRESS}
        assert errors_on(post(client, email, known="ana@example.org")) == {"id_known": WRONG_ADDRESS}

    def test_an_empty_answer_is_an_error_but_no_attempt(self, client: Client) -> None:
        response = post(client, make_request(), known="")
        missing = "Enter the last four digits of your phone number"
        assert errors_on(response) == {"id_known": missing}
        assert not AuditEvent.objects.unconfirmed().exists()

    def test_after_five_incorrect_answers_the_page_says_to_call(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        request = make_request()
        for _ in range(5):
            assert CONFIRM in buttons(Page(post(client, request, known="9999")))
        for known in ("9999", "0111"):
            page = Page(post(client, request, known=known))
            assert page.title.startswith("Call us to change something")
            assert f"say your reference: {request.reference}" in page.text
            assert "Port Alder office (727) 555-0142" in page.text
            assert buttons(page) == []
        clock.move_to(NOW + HOUR + dt.timedelta(seconds=1), tick=False)
        assert "Save" in buttons(Page(post(client, request, known="0111")))

    def test_the_page_does_not_reveal_whether_a_number_is_stored(self, client: Client) -> None:
        phone, email = make_request(), make_request(phone="", phone_typed="", email="ana@example.com")
        pages = [
            shown(client, request).text.replace(request.reference, "").replace(request.token, "")
            for request in (phone, email)
        ]
        assert pages[0] == pages[1]


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestExpiredProof:
    @pytest.mark.parametrize("proof", ["", "forged", "other"])
    @pytest.mark.parametrize("step", ["changes", "withdrawn", "status", ""])
    def test_without_a_proof_nothing_is_changed_and_the_page_asks_to_confirm(
        self, client: Client, step: str, proof: str
    ) -> None:
        request = make_request()
        proof = new_proof(make_request()) if proof == "other" else proof
        response = post(client, request, step=step, proof=proof, phone="727 555 0122", sure="on")
        assert "Confirm again that it is you" in Page(response).text
        assert CONFIRM in buttons(Page(response))
        assert request.audit_events.count() == 1

    @pytest.mark.parametrize(
        ("step", "data", "notice"),
        [
            (
                "changes",
                {"phone": ["727 555 0122"], "best_times": ["midday", "afternoon"]},
                "Not saved yet Check, and press Save.",
            ),
            ("withdrawn", {"sure": ["True"]}, "Your request is not taken back yet Check, and press"),
        ],
    )
    def test_after_half_an_hour_the_patient_confirms_again_and_the_input_remains(
        self, client: Client, clock: time_machine.Traveller, step: str, data: dict[str, list[str]], notice: str
    ) -> None:
        request = make_request(best_times=("morning",))
        proof, hidden = (
            new_proof(request),
            {"version": ["0"]} | ({"times_before": ["morning"]} if step == "changes" else {}),
        )
        clock.shift(dt.timedelta(minutes=31))
        prompt = Page(post(client, request, step=step, proof=proof, **hidden, **data))
        assert prompt.values == {"step": [step], "known": [""], **hidden, **data}
        again = Page(client.post(address(request), prompt.values | {"known": ["9999"]}))
        assert again.values == prompt.values | {"known": ["9999"]}
        opened = Page(client.post(address(request), again.values | {"known": ["0111"]}))
        shown = {name: opened.values[name] for name in data}
        assert shown == (data if step == "changes" else {"sure": ["on"]})
        assert notice in opened.text
        assert request.audit_events.count() == 2  # submitted, and the incorrect answer: nothing else was changed

    def test_a_change_meanwhile_is_shown_after_confirming(self, client: Client) -> None:
        request = make_request(best_times=("morning",))
        prompt = Page(post(client, request, step="changes", version="0", times_before="morning", best_times="morning"))
        change_times(request, ["midday"], NOW)
        opened = Page(client.post(address(request), prompt.values | {"known": ["0111"]}))
        assert "Your request changed since you opened this page" in opened.text
        assert opened.values["best_times"] == ["midday"]

    def test_unticked_times_stay_unticked(self, client: Client) -> None:
        request = make_request(best_times=("morning",))
        prompt = Page(post(client, request, step="changes", version="0", times_before="morning"))
        opened = Page(client.post(address(request), prompt.values | {"known": ["0111"]}))
        assert "best_times" not in opened.values

    def test_an_error_in_the_input_is_shown_after_confirming(self, client: Client) -> None:
        response = post(client, make_request(), step="changes", phone="555", known="0111")
        assert errors_on(response) == {"id_phone": "Phone number must have 10 digits, like 727 555 0142"}
        assert "Not saved yet" not in Page(response).text


@pytest.mark.django_db
def test_guessing_over_many_days_is_stopped() -> None:
    request = make_request()
    for number in range(WRONG_EVER):
        guess_wrong(request, 1, NOW + dt.timedelta(days=number))
    with pytest.raises(TooManyTries):
        confirm(request, "0111", NOW + dt.timedelta(days=29))
