"""What the forms of the patient's page take, what they say, and what they change."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from appointments import workflow
from appointments.choices import Attempt, DeclineReason, Status
from appointments.models import AuditEvent, ConsultationRequest
from appointments.status_forms import FORMS, ConfirmForm, PhoneForm, TimesForm, WithdrawForm
from appointments.workflow import IllegalTransition, RefusedStep
from tests.appointments.builders import LATER, NOW, make_request
from tests.appointments.pages import Page, errors_on
from tests.appointments.test_status_views import address, buttons, change, post

NOTHING_CHANGED = "Nothing was changed"


class TestConfirming:
    @pytest.mark.parametrize("typed", ["0111", "727 555 0111", "a@x.example", "@", " 01 11 "])
    def test_digits_or_an_address_are_taken(self, typed: str) -> None:
        assert ConfirmForm({"known": typed}).is_valid()

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ("", "Enter the last four digits of your phone number"),
            ("  ", "Enter the last four digits of your phone number"),
            ("011", "Enter four digits. If you gave us no phone number, enter your whole e-mail address"),
            ("ana", "Enter four digits. If you gave us no phone number, enter your whole e-mail address"),
            ("@" * 255, "E-mail address must be 254 characters or fewer"),
        ],
    )
    def test_what_can_be_neither_is_told(self, typed: str, message: str) -> None:
        assert ConfirmForm({"known": typed}).errors == {"known": [message]}


class TestChanging:
    def test_each_is_known_by_its_step(self) -> None:
        assert [*FORMS.items()] == [("phone", PhoneForm), ("times", TimesForm), ("withdrawn", WithdrawForm)]

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ("", "Enter your new phone number"),
            ("555 0142", "Phone number must have 10 digits, like 727 555 0142"),
        ],
    )
    def test_a_number_that_is_none_is_told(self, typed: str, message: str) -> None:
        assert PhoneForm({"phone": typed}).errors == {"phone": [message]}

    def test_a_time_that_is_not_offered_is_told(self) -> None:
        assert TimesForm({"best_times": ["midnight"]}).errors == {"best_times": ["Choose from the answers shown"]}

    def test_taking_back_needs_the_box(self) -> None:
        message = "Tick the box to say that you want to take your request back"
        assert WithdrawForm({}).errors == {"sure": [message]}


@pytest.mark.django_db
class TestApplying:
    def test_the_number_is_read_as_people_write_it(self) -> None:
        form = PhoneForm({"phone": "727.555.0122 x4"})
        assert form.is_valid()
        form.apply(make_request(), NOW)
        stored = ConsultationRequest.objects.get()
        assert (stored.phone, stored.phone_typed, stored.phone_extension) == ("+17275550122", "727.555.0122 x4", "4")

    @pytest.mark.parametrize("times", [[], ["morning", "afternoon"]])
    def test_the_times_are_those_ticked(self, times: list[str]) -> None:
        form = TimesForm({"best_times": times})
        assert form.is_valid()
        form.apply(make_request(best_times=("midday",)), NOW)
        assert ConsultationRequest.objects.get().best_times == times

    def test_the_request_is_taken_back_by_the_patient(self) -> None:
        request = make_request()
        form = WithdrawForm({"sure": "on"})
        assert form.is_valid()
        form.apply(request, NOW)
        assert ConsultationRequest.objects.get().status == Status.WITHDRAWN
        assert str(request.audit_events.last()) == "The patient changed the status from New to Withdrawn"

    def test_a_request_that_has_ended_is_left_as_it_is(self) -> None:
        request = make_request(status=Status.CLOSED)
        for form in (PhoneForm({"phone": "727 555 0122"}), TimesForm({"best_times": []})):
            assert form.is_valid()
            with pytest.raises(RefusedStep):
                form.apply(request, NOW)
        with pytest.raises(IllegalTransition):
            WithdrawForm({"sure": "on"}).apply(request, NOW)


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestOnThePage:
    def test_the_corrected_number_is_stored_and_said_to_be(self, client: Client) -> None:
        request = make_request()
        response = change(client, request, "phone", phone="727.555.0122")
        assert response.status_code == 303
        assert response["Location"] == f"{address(request)}?saved=phone"
        assert ConsultationRequest.objects.get().phone == "+17275550122"
        assert "Your new phone number is saved" in Page(client.get(response["Location"])).text

    def test_the_good_times_are_stored(self, client: Client) -> None:
        request = make_request(best_times=("morning",))
        assert change(client, request, "times")["Location"] == f"{address(request)}?saved=times"
        assert ConsultationRequest.objects.get().best_times == []

    def test_the_request_is_taken_back(self, client: Client) -> None:
        request = make_request()
        response = change(client, request, "withdrawn", sure="on")
        assert response["Location"] == f"{address(request)}?saved=withdrawn"
        assert ConsultationRequest.objects.get().status == Status.WITHDRAWN
        text = Page(client.get(response["Location"])).text
        assert "Your request is taken back" in text
        assert "We will not contact you about it." in text

    def test_two_presses_get_the_same_answer_and_are_one_event(self, client: Client) -> None:
        for step, data in [("phone", {"phone": "727 555 0122"}), ("withdrawn", {"sure": "on"})]:
            request = make_request()
            answers = [change(client, request, step, **data) for _ in range(2)]
            assert [each["Location"] for each in answers] == [f"{address(request)}?saved={step}"] * 2
            assert request.audit_events.changes().count() == 2

    @pytest.mark.parametrize(
        ("step", "data", "errors"),
        [
            ("phone", {"phone": "555"}, {"id_phone": "Phone number must have 10 digits, like 727 555 0142"}),
            ("times", {"best_times": "night"}, {"id_best_times_0": "Choose from the answers shown"}),
            ("withdrawn", {}, {"id_sure": "Tick the box to say that you want to take your request back"}),
        ],
    )
    def test_a_mistake_is_told_and_mended_without_confirming_again(
        self, client: Client, step: str, data: dict[str, str], errors: dict[str, str]
    ) -> None:
        request = make_request()
        response = change(client, request, step, **data)
        assert errors_on(response) == errors
        assert request.audit_events.count() == 1
        proof = Page(response).values["proof"][0]
        mended = {"phone": "727 555 0122", "best_times": "midday", "sure": "on"}
        assert post(client, request, step=step, proof=proof, **mended).status_code == 303

    def test_what_was_typed_is_never_run(self, client: Client) -> None:
        attack = "\"><script>alert('x')</script>"
        request = make_request()
        for response in (
            change(client, request, "phone", phone=attack),
            post(client, request, step="phone", phone=attack, known=attack),
            client.get(f"{address(request)}?saved={attack}"),
        ):
            assert "<script" not in response.content.decode()

    def test_nul_characters_do_no_harm(self, client: Client) -> None:
        assert change(client, make_request(), "phone", phone="727 555\0 0122").status_code == 303

    def test_a_number_is_not_added_where_there_is_none(self, client: Client) -> None:
        request = make_request(phone="", phone_typed="", email="ana@example.com")
        assert change(client, request, "phone", phone="727 555 0122").status_code == 200
        assert ConsultationRequest.objects.get().phone == ""


Verb = Callable[..., None]


def desk_acts_first(monkeypatch: pytest.MonkeyPatch, verb: str, act: Callable[[ConsultationRequest], None]) -> None:
    """The desk acts on the same request while the patient's post is on its way to `verb`, once."""
    real: Verb = getattr(workflow, verb)

    def delayed(request: ConsultationRequest, *args: Any) -> None:
        monkeypatch.setattr(workflow, verb, real)
        act(ConsultationRequest.objects.get(pk=request.pk))
        real(request, *args)

    monkeypatch.setattr(workflow, verb, delayed)


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestMeanwhile:
    @pytest.mark.parametrize(
        ("verb", "step", "data"),
        [
            ("correct_phone", "phone", {"phone": "727 555 0122"}),
            ("change_times", "times", {"best_times": "midday"}),
        ],
    )
    def test_a_correction_is_made_although_the_desk_was_faster(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, verb: str, step: str, data: dict[str, str]
    ) -> None:
        desk_acts_first(monkeypatch, verb, lambda seen: workflow.assign(seen, "dana", "dana", NOW))
        assert change(client, make_request(), step, **data).status_code == 303
        stored = ConsultationRequest.objects.get()
        assert (stored.assigned_to, stored.version) == ("dana", 2)

    @pytest.mark.parametrize(
        ("verb", "step", "data"),
        [
            ("correct_phone", "phone", {"phone": "727 555 0122"}),
            ("transition", "withdrawn", {"sure": "on"}),
        ],
    )
    def test_what_the_desk_has_ended_is_shown_as_it_is_now(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, verb: str, step: str, data: dict[str, str]
    ) -> None:
        end = workflow.transition
        desk_acts_first(monkeypatch, verb, lambda seen: end(seen, Status.SCHEDULED, "dana", NOW))
        page = Page(change(client, make_request(), step, **data))
        assert NOTHING_CHANGED in page.text
        assert "Your visit is arranged" in page.text
        assert ConsultationRequest.objects.get().status == Status.SCHEDULED

    def test_the_patient_sees_what_the_desk_did_before_the_request_is_taken_back(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk_acts_first(
            monkeypatch, "transition", lambda seen: workflow.record_attempt(seen, Attempt.NO_ANSWER, "dana", NOW)
        )
        page = Page(change(client, make_request(), "withdrawn", sure="on"))
        assert NOTHING_CHANGED in page.text
        assert "We tried to reach you" in page.text
        assert "Confirm that it is me" in buttons(page)

    def test_what_was_erased_meanwhile_is_not_found(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        desk_acts_first(monkeypatch, "correct_phone", lambda seen: workflow.erase(seen, "dana", LATER))
        assert change(client, make_request(), "phone", phone="727 555 0122").status_code == 404
        assert ConsultationRequest.objects.get().phone == ""

    @pytest.mark.parametrize("data", [{"known": "0111"}, {"known": "9999"}, {"step": "times"}, {}])
    def test_a_request_that_has_ended_takes_no_answer_and_counts_none(
        self, client: Client, data: dict[str, str]
    ) -> None:
        request = make_request()
        workflow.transition(request, Status.DECLINED, "dana", NOW, DeclineReason.NO_ROOM)
        page = Page(post(client, request, **data))
        assert NOTHING_CHANGED in page.text
        assert buttons(page) == []
        assert not AuditEvent.objects.unconfirmed().exists()

    def test_spam_is_refused_in_words_that_fit_every_request(self, client: Client) -> None:
        request = make_request(status=Status.SPAM)
        page = Page(change(client, request, "withdrawn", sure="on"))
        assert NOTHING_CHANGED in page.text
        assert "We have your request" in page.text
