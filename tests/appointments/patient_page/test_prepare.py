"""What the clinic should prepare: asked once on the page that confirms a request, and later after a proof."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from appointments import workflow
from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.patient_page.forms import PrepareForm
from appointments.patient_page.identity import new_proof
from tests.appointments.builders import LATER, NOW, make_request
from tests.appointments.pages import Page, errors_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ASKED = "Anything we should prepare?"
NEEDS: dict[str, Any] = {
    "version": "0", "interpreter": "Spanish", "interpreter_other": "", "access": ["asl"], "access_note": "Low light",
    "best_times": ["midday"],
}  # fmt: skip
NOTED = "We noted it The clinic sees it with your request."


def address(request: ConsultationRequest) -> str:
    return f"/consultation/received/{request.token}/"


def prepare(client: Client, request: ConsultationRequest, **changed: Any) -> Any:
    return client.post(address(request), NEEDS | changed)


def answered() -> tuple[str, list[str], str, list[str]]:
    stored = ConsultationRequest.objects.get()
    return stored.interpreter, stored.access, stored.access_note, stored.best_times


class TestJustSent:
    def test_what_to_prepare_is_stored_without_a_proof(self, client: Client) -> None:
        request = make_request()
        response = prepare(client, request)
        assert (response.status_code, response["Location"]) == (303, address(request))
        assert answered() == ("Spanish", ["asl"], "Low light", ["midday"])
        assert [str(event) for event in request.audit_events.all()][1:] == [
            "The patient changed the language and access needs",
            "The patient changed the good times",
        ]

    def test_it_is_asked_once(self, client: Client) -> None:
        request = make_request()
        assert ASKED in Page(client.get(address(request))).text
        prepare(client, request)
        page = Page(client.get(address(request)))
        assert ASKED not in page.text
        assert NOTED in page.text
        assert "will contact you by" in page.text
        assert "Low light" not in page.text

    def test_an_empty_form_changes_nothing_and_may_be_sent_again(self, client: Client) -> None:
        request = make_request()
        empty = {"interpreter": "", "access": [], "access_note": "", "best_times": []}
        assert prepare(client, request, **empty).status_code == 303
        assert request.audit_events.count() == 1
        assert ASKED in Page(client.get(address(request))).text

    def test_a_second_press_stores_nothing_new(self, client: Client) -> None:
        request = make_request()
        for _ in range(2):
            assert prepare(client, request).status_code == 303
        assert request.audit_events.count() == 3

    def test_errors_are_shown_at_their_fields(self, client: Client) -> None:
        response = prepare(client, make_request(), access_note="x" * 201, interpreter="other")
        assert errors_on(response) == {
            "id_needs_interpreter_other": "Enter the language you want",
            "id_needs_access_note": "Access needs must be 200 characters or fewer",
        }
        assert Page(response).values["best_times"] == ["midday"]

    def test_a_number_is_never_changed_here(self, client: Client) -> None:
        prepare(client, make_request(), phone="727 555 0122")
        assert ConsultationRequest.objects.get().phone == "+17275550111"

    def test_words_of_a_crisis_show_help_at_once(self, client: Client) -> None:
        request = make_request()
        prepare(client, request, access_note="I want to die")
        page = Page(client.get(address(request)))
        assert "think about suicide, call or text 988 now" in page.text
        assert "Do not wait for our answer" in page.text

    def test_a_busy_database_loses_nothing(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def busy(form: PrepareForm, now: dt.datetime) -> None:
            raise OperationalError

        monkeypatch.setattr(PrepareForm, "apply", busy)
        response = prepare(client, make_request())
        [message] = errors_on(response).values()
        assert "Our computer is busy" in message
        assert Page(response).values["access_note"] == ["Low light"]

    @pytest.mark.parametrize("given", [{"interpreter": "Twi"}, {"best_times": ("midday",)}, {"access": ("asl",)}])
    def test_who_has_answered_already_is_not_asked(self, client: Client, given: dict[str, Any]) -> None:
        assert ASKED not in Page(client.get(address(make_request(**given)))).text


class TestTooLate:
    def page_after(self, client: Client, request: ConsultationRequest) -> Page:
        response = prepare(client, request)
        assert response.status_code == 200
        page = Page(response)
        assert "First confirm that it is you" in page.text
        assert request.audit_events.filter(action="corrected").count() == 0
        return page

    def test_half_an_hour_later_the_answers_wait_for_a_proof(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        request = make_request()
        clock.shift(dt.timedelta(minutes=30))
        assert ASKED not in Page(client.get(address(request))).text
        prompt = self.page_after(client, request)
        status = f"/consultation/status/{request.token}/"
        opened = Page(client.post(status, prompt.values | {"known": ["0111"]}))
        shown = {name: opened.values[name] for name in ("interpreter", "access", "access_note")}
        assert shown == {"interpreter": ["Spanish"], "access": ["asl"], "access_note": ["Low light"]}
        sent = NEEDS | {"step": "prepare", "proof": opened.values["proof"][0]}
        assert client.post(status, sent)["Location"] == f"{status}?saved=prepare"
        assert answered() == ("Spanish", ["asl"], "Low light", ["midday"])
        assert "Your changes are saved" in Page(client.get(f"{status}?saved=prepare")).text

    def test_after_a_step_of_the_desk_nothing_is_stored_without_a_proof(self, client: Client) -> None:
        request = make_request()
        workflow.assign(ConsultationRequest.objects.get(), "dana", "dana", NOW)
        self.page_after(client, request)

    def test_a_step_of_the_desk_meanwhile_is_not_overwritten(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request, apply = make_request(), PrepareForm.apply

        def delayed(form: PrepareForm, now: dt.datetime) -> None:
            workflow.assign(ConsultationRequest.objects.get(), "dana", "dana", now)
            apply(form, now)

        monkeypatch.setattr(PrepareForm, "apply", delayed)
        assert self.page_after(client, request).values["version"] == ["1"]

    def test_a_request_erased_meanwhile_is_not_found(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        apply = PrepareForm.apply

        def delayed(form: PrepareForm, now: dt.datetime) -> None:
            workflow.erase(ConsultationRequest.objects.get(), "dana", LATER)
            apply(form, now)

        monkeypatch.setattr(PrepareForm, "apply", delayed)
        assert prepare(client, make_request()).status_code == 404

    @pytest.mark.parametrize("status", [Status.CLOSED, Status.DECLINED])
    def test_an_ended_request_changes_nothing(self, client: Client, status: Status) -> None:
        request = make_request(status=status)
        assert "Nothing was changed" in Page(prepare(client, request)).text
        assert answered() == ("", [], "", [])

    def test_spam_is_refused_with_neutral_words(self, client: Client) -> None:
        request = make_request(status=Status.SPAM)
        assert ASKED in Page(client.get(address(request))).text
        assert "We have your request" in Page(prepare(client, request)).text
        assert answered() == ("", [], "", [])


class TestWithProof:
    def test_needs_are_changed_on_the_patients_page(self, client: Client) -> None:
        request = make_request(interpreter="Spanish")
        status = f"/consultation/status/{request.token}/"
        data = NEEDS | {"step": "needs", "proof": new_proof(request), "interpreter": "", "access_note": "I want to die"}
        assert client.post(status, data)["Location"] == f"{status}?saved=needs"
        text = Page(client.get(f"{status}?saved=needs")).text
        assert "Your language and access needs are saved" in text
        assert "You changed your language and access needs." in text
        assert "call or text 988 now" in text
        assert answered() == ("", ["asl"], "I want to die", [])


class TestWhatWeSay:
    def test_the_link_alone_reveals_no_permission(self, client: Client) -> None:
        requests = [make_request(), make_request(voicemail=True, email="ana@example.com")]
        for request in requests:
            text = Page(client.get(f"/consultation/status/{request.token}/")).text
            assert "If you allowed a voicemail, we say only: This is [first name of the caller]." in text
            assert "There is news about your request" in text

    def test_after_a_proof_the_words_fit_the_choices(self, client: Client) -> None:
        wary, open_to_all = make_request(), make_request(voicemail=True, email="ana@example.com")
        texts = [
            Page(client.post(f"/consultation/status/{request.token}/", {"known": "0111"})).text
            for request in (wary, open_to_all)
        ]
        assert "You allowed no voicemail" in texts[0]
        assert "we send no e-mail" in texts[0]
        assert "You allowed a voicemail. In it we say only: This is [first name of the caller]." in texts[1]
        assert f"There is news about your request {open_to_all.reference}" in texts[1]
