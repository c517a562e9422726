"""What the forms of the patient's page take, what they say, and what they change."""

from typing import Any

import pytest
from django.http import QueryDict

from appointments import workflow
from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.status_forms import FORMS, Change, ChangesForm, ConfirmForm, WithdrawForm
from appointments.workflow import ChangedMeanwhile, IllegalTransition, RefusedStep
from tests.appointments.builders import NOW, make_request


def filled(kind: type[Change], request: ConsultationRequest, **data: Any) -> Change:
    """The form as a browser posts it; a list stands for several values of one name."""
    post = QueryDict(mutable=True)
    for name, value in {"version": str(request.version), **data}.items():
        post.setlist(name, value if isinstance(value, list) else [value])
    return kind(request, post)


def apply(form: Change) -> None:
    assert form.is_valid()
    form.apply(NOW)


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

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("9999", "Enter the end of the number as you typed it in the form"),
            ("a@x.example", "If you gave a phone number, enter its last four digits"),
        ],
    )
    def test_what_is_not_right_says_what_to_do(self, typed: str, words: str) -> None:
        form = ConfirmForm({"known": typed})
        assert form.is_valid()
        form.add_mismatch()
        message = form.errors["known"].as_text()
        assert words in message
        assert message.endswith("If you may have mistyped it, call an office")


@pytest.mark.django_db
class TestChanging:
    def test_each_is_known_by_its_step(self) -> None:
        assert [*FORMS.items()] == [("changes", ChangesForm), ("withdrawn", WithdrawForm)]

    def test_a_number_that_is_none_is_told(self) -> None:
        message = "Phone number must have 10 digits, like 727 555 0142"
        assert filled(ChangesForm, make_request(), phone="555 0142").errors == {"phone": [message]}

    def test_a_time_that_is_not_offered_is_told(self) -> None:
        message = "Choose from the answers shown"
        assert filled(ChangesForm, make_request(), best_times="midnight").errors == {"best_times": [message]}

    def test_taking_back_needs_the_box(self) -> None:
        message = "Tick the box to say that you want to take your request back"
        assert filled(WithdrawForm, make_request()).errors == {"sure": [message]}

    @pytest.mark.parametrize(
        ("data", "is_done"),
        [
            ({"best_times": "midday"}, True),
            ({"best_times": "midday", "phone": "727.555.0111"}, True),
            ({"best_times": "midday", "phone": "727.555.0111 x4"}, False),
            ({"best_times": "midday", "phone": "727.555.0122"}, False),
            ({"best_times": ["midday", "afternoon"]}, False),
            ({}, False),
        ],
    )
    def test_it_knows_whether_anything_is_new(self, data: dict[str, Any], is_done: bool) -> None:
        form = filled(ChangesForm, make_request(best_times=("midday",)), **data)
        assert form.is_valid()
        assert form.is_done == is_done


@pytest.mark.django_db
class TestAnew:
    """The same form for the request as it is now."""

    def changed_elsewhere(self, ticked: list[str], before: str = "morning") -> Change:
        """What the patient ticked meanwhile in a page that showed `before`."""
        request = make_request(best_times=("morning",))
        form = filled(ChangesForm, request, phone="555", best_times=ticked, times_before=before)
        workflow.change_times(request, ["midday"], NOW)
        assert form.is_stale
        return form.anew(request)

    def test_it_is_stale_no_more_and_keeps_the_number(self) -> None:
        form = self.changed_elsewhere(["afternoon"])
        assert not form.is_stale
        assert form["phone"].value() == "555"

    @pytest.mark.parametrize(("ticked", "shown"), [(["afternoon"], ["afternoon"]), (["morning"], ["midday"]), ([], [])])
    def test_times_that_the_patient_left_alone_are_those_on_record(self, ticked: list[str], shown: list[str]) -> None:
        form = self.changed_elsewhere(ticked)
        assert (form["best_times"].value(), form["times_before"].value()) == (shown, "midday")

    def test_taking_back_keeps_the_tick(self) -> None:
        request = make_request()
        form = filled(WithdrawForm, request, sure="on")
        workflow.assign(request, "dana", "dana", NOW)
        assert form.is_stale
        again = form.anew(request)
        assert again.is_valid()
        assert not again.is_stale


@pytest.mark.django_db
class TestApplying:
    def test_the_number_is_read_as_people_write_it(self) -> None:
        apply(filled(ChangesForm, make_request(), phone="727.555.0122 x4"))
        stored = ConsultationRequest.objects.get()
        assert (stored.phone, stored.phone_typed, stored.phone_extension) == ("+17275550122", "727.555.0122 x4", "4")

    @pytest.mark.parametrize("times", [[], ["morning", "afternoon"]])
    def test_the_times_are_those_ticked_and_without_a_new_number_the_old_one_stays(self, times: list[str]) -> None:
        apply(filled(ChangesForm, make_request(best_times=("midday",)), phone=" ", best_times=times))
        stored = ConsultationRequest.objects.get()
        assert (stored.best_times, stored.phone) == (times, "+17275550111")

    def test_a_number_is_not_added_where_there_is_none(self) -> None:
        request = make_request(phone="", phone_typed="", email="ana@example.com")
        apply(filled(ChangesForm, request, phone="727 555 0122"))
        assert ConsultationRequest.objects.get().phone == ""

    def test_both_are_changed_or_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def too_late(request: ConsultationRequest, *args: Any) -> None:
            raise ChangedMeanwhile(request)

        monkeypatch.setattr(workflow, "change_times", too_late)
        with pytest.raises(ChangedMeanwhile):
            apply(filled(ChangesForm, make_request(), phone="727 555 0122", best_times="midday"))
        assert ConsultationRequest.objects.get().phone == "+17275550111"

    def test_the_request_is_taken_back_by_the_patient(self) -> None:
        request = make_request()
        apply(filled(WithdrawForm, request, sure="on"))
        assert ConsultationRequest.objects.get().status == Status.WITHDRAWN
        assert str(request.audit_events.last()) == "The patient changed the status from New to Withdrawn"

    def test_a_request_that_has_ended_is_left_as_it_is(self) -> None:
        request = make_request(status=Status.CLOSED)
        with pytest.raises(RefusedStep):
            apply(filled(ChangesForm, request, phone="727 555 0122"))
        with pytest.raises(IllegalTransition):
            apply(filled(WithdrawForm, request, sure="on"))
