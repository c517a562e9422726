"""The forms of the patient's page: input, errors and effect."""

from typing import Any, ClassVar

import pytest
from django.http import QueryDict

from appointments import workflow
from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.patient_page import corrections
from appointments.patient_page.forms import (
    FORMS,
    Change,
    ChangesForm,
    ConfirmForm,
    NeedsForm,
    PrepareForm,
    WithdrawForm,
)
from appointments.policies.refusals import ChangedMeanwhile, IllegalTransition, RefusedStep
from tests.appointments.builders import NOW, make_request


def filled(kind: type[Change], request: ConsultationRequest, **data: Any) -> Change:
    """Return the form as a browser posts it; a list stands for several values of one name."""
    post = QueryDict(mutable=True)
    for name, value in {"version": str(request.version), **data}.items():
        post.setlist(name, value if isinstance(value, list) else [value])
    return kind(request, post)


def apply(form: Change) -> None:
    assert form.is_valid()
    form.apply(NOW)


class TestConfirming:
    @pytest.mark.parametrize("typed", ["0111", "727 555 0111", "a@x.example", "@", " 01 11 "])
    def test_four_digits_or_an_address_are_accepted(self, typed: str) -> None:
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
    def test_other_input_is_an_error(self, typed: str, message: str) -> None:
        assert ConfirmForm({"known": typed}).errors == {"known": [message]}

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("9999", "Enter the end of the number as you typed it in the form"),
            ("a@x.example", "If you gave a phone number, enter its last four digits"),
        ],
    )
    def test_a_mismatch_says_what_to_enter(self, typed: str, words: str) -> None:
        form = ConfirmForm({"known": typed})
        assert not form.confirms(make_request(), NOW)
        message = form.errors["known"].as_text()
        assert words in message
        assert message.endswith("If you may have mistyped it, call an office")


@pytest.mark.django_db
class TestChanging:
    def test_each_step_has_its_form(self) -> None:
        assert [*FORMS.items()] == [
            ("changes", ChangesForm),
            ("needs", NeedsForm),
            ("prepare", PrepareForm),
            ("withdrawn", WithdrawForm),
        ]

    def test_an_invalid_number_is_an_error(self) -> None:
        message = "Phone number must have 10 digits, like 727 555 0142"
        assert filled(ChangesForm, make_request(), phone="555 0142").errors == {"phone": [message]}

    def test_a_time_that_is_not_offered_is_an_error(self) -> None:
        message = "Choose from the answers shown"
        assert filled(ChangesForm, make_request(), best_times="midnight").errors == {"best_times": [message]}

    def test_withdrawing_requires_the_box(self) -> None:
        message = "Tick the box to say that you want to take your request back"
        assert filled(WithdrawForm, make_request()).errors == {"sure": [message]}

    @pytest.mark.parametrize(
        ("data", "changes_nothing"),
        [
            ({"best_times": "midday"}, True),
            ({"best_times": "midday", "phone": "727.555.0111"}, True),
            ({"best_times": "midday", "phone": "727.555.0111 x4"}, False),
            ({"best_times": "midday", "phone": "727.555.0122"}, False),
            ({"best_times": ["midday", "afternoon"]}, False),
            ({}, False),
        ],
    )
    def test_it_changes_nothing_if_nothing_differs(self, data: dict[str, Any], changes_nothing: bool) -> None:
        form = filled(ChangesForm, make_request(best_times=("midday",)), **data)
        assert form.is_valid()
        assert form.changes_nothing == changes_nothing


@pytest.mark.django_db
class TestNeeds:
    SENT: ClassVar[dict[str, Any]] = {"interpreter": "", "interpreter_other": "", "access_note": ""}

    @pytest.mark.parametrize(
        ("stored", "shown"),
        [
            ("", ("", "")),
            ("Spanish", ("Spanish", "")),
            ("Twi", ("other", "Twi")),
            ("Spanish, Twi", ("Spanish", "Twi")),
            ("Twi, Ga", ("other", "Twi, Ga")),
        ],
    )
    def test_a_stored_language_is_shown_as_it_was_entered(self, stored: str, shown: tuple[str, str]) -> None:
        form = NeedsForm(make_request(interpreter=stored))
        assert (form["interpreter"].value(), form["interpreter_other"].value()) == shown

    def test_saving_the_shown_answers_changes_nothing(self) -> None:
        request = make_request(interpreter="Twi", access=("asl",), access_note="Low light")
        form = NeedsForm(request)
        data = {name: form[name].value() for name in form.shown}
        again = filled(NeedsForm, request, **data)
        assert again.is_valid()
        assert again.changes_nothing

    def test_another_language_has_to_be_named(self) -> None:
        form = filled(NeedsForm, make_request(), **self.SENT | {"interpreter": "other"})
        assert form.errors == {"interpreter_other": ["Enter the language you want"]}

    def test_what_to_prepare_includes_the_good_times(self) -> None:
        data = self.SENT | {"interpreter": "Spanish", "access": ["asl"], "best_times": ["midday"]}
        form = filled(PrepareForm, make_request(), **data)
        apply(form)
        stored = ConsultationRequest.objects.get()
        assert (stored.interpreter, stored.access, stored.best_times) == ("Spanish", ["asl"], ["midday"])

    def test_only_other_times_are_a_change(self) -> None:
        form = filled(PrepareForm, make_request(), **self.SENT, best_times="midday")
        assert form.is_valid()
        assert not form.changes_nothing

    def test_an_untouched_answer_becomes_the_stored_one_and_a_touched_one_stays(self) -> None:
        request = make_request(interpreter="Spanish", access=("asl",))
        before = {"interpreter_before": "Spanish", "access_before": "asl", "access_note_before": ""}
        data = {"interpreter": "Spanish", "interpreter_other": "", "access": "asl", "access_note": "Low light"}
        form = filled(NeedsForm, request, **data, **before)
        corrections.change_needs(request, "Korean", ["asl", "relay"], "", NOW)
        again = form.rebound_to(request)
        assert [again[name].value() for name in ("interpreter", "access", "access_note")] == [
            "Korean", ["asl", "relay"], "Low light",
        ]  # fmt: skip
        assert isinstance(again, NeedsForm)
        assert ("interpreter_before", "Korean") in again.before


@pytest.mark.django_db
class TestAnew:
    """`anew()` gives the same form for the request as stored now."""

    def changed_elsewhere(self, ticked: list[str], before: str = "morning") -> Change:
        """Return the form after the times changed elsewhere, ticked as `ticked` on a page that showed `before`."""
        request = make_request(best_times=("morning",))
        form = filled(ChangesForm, request, phone="555", best_times=ticked, times_before=before)
        corrections.change_times(request, ["midday"], NOW)
        assert form.is_stale
        return form.rebound_to(request)

    def test_it_is_not_stale_and_retains_the_number(self) -> None:
        form = self.changed_elsewhere(["afternoon"])
        assert not form.is_stale
        assert form["phone"].value() == "555"

    @pytest.mark.parametrize(("ticked", "shown"), [(["afternoon"], ["afternoon"]), (["morning"], ["midday"]), ([], [])])
    def test_untouched_times_are_the_stored_ones(self, ticked: list[str], shown: list[str]) -> None:
        form = self.changed_elsewhere(ticked)
        assert (form["best_times"].value(), form["times_before"].value()) == (shown, "midday")

    def test_a_withdrawal_retains_the_tick(self) -> None:
        request = make_request()
        form = filled(WithdrawForm, request, sure="on")
        workflow.assign(request, "dana", "dana", NOW)
        assert form.is_stale
        again = form.rebound_to(request)
        assert again.is_valid()
        assert not again.is_stale


@pytest.mark.django_db
class TestApplying:
    def test_the_number_is_parsed_as_people_write_it(self) -> None:
        apply(filled(ChangesForm, make_request(), phone="727.555.0122 x4"))
        stored = ConsultationRequest.objects.get()
        assert (stored.phone, stored.phone_typed, stored.phone_extension) == ("+17275550122", "727.555.0122 x4", "4")

    @pytest.mark.parametrize("times", [[], ["morning", "afternoon"]])
    def test_the_ticked_times_replace_the_old_ones_and_an_empty_number_changes_nothing(self, times: list[str]) -> None:
        apply(filled(ChangesForm, make_request(best_times=("midday",)), phone=" ", best_times=times))
        stored = ConsultationRequest.objects.get()
        assert (stored.best_times, stored.phone) == (times, "+17275550111")

    def test_a_number_is_not_added_to_a_request_without_one(self) -> None:
        request = make_request(phone="", phone_typed="", email="ana@example.com")
        apply(filled(ChangesForm, request, phone="727 555 0122"))
        assert ConsultationRequest.objects.get().phone == ""

    def test_number_and_times_are_saved_together_or_not_at_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def too_late(request: ConsultationRequest, *args: Any) -> None:
            raise ChangedMeanwhile(request)

        monkeypatch.setattr(corrections, "change_times", too_late)
        with pytest.raises(ChangedMeanwhile):
            apply(filled(ChangesForm, make_request(), phone="727 555 0122", best_times="midday"))
        assert ConsultationRequest.objects.get().phone == "+17275550111"

    def test_a_request_is_withdrawn_by_the_patient(self) -> None:
        request = make_request()
        apply(filled(WithdrawForm, request, sure="on"))
        assert ConsultationRequest.objects.get().status == Status.WITHDRAWN
        assert str(request.audit_events.last()) == "The patient changed the status from New to Withdrawn"

    def test_an_ended_request_is_left_unchanged(self) -> None:
        request = make_request(status=Status.CLOSED)
        with pytest.raises(RefusedStep):
            apply(filled(ChangesForm, request, phone="727 555 0122"))
        with pytest.raises(IllegalTransition):
            apply(filled(WithdrawForm, request, sure="on"))
