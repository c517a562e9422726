"""Forms of the patient's page: confirm identity, change something, withdraw the request."""

import datetime as dt
from typing import Any, ClassVar, Self

from django import forms
from django.db import transaction
from django.http import QueryDict

from appointments import workflow
from appointments.choices import BestTime, Status
from appointments.models import ConsultationRequest
from appointments.patient_page import corrections
from appointments.patient_page.identity import DIGITS, confirm, last_digits
from appointments.request_form.fields import (
    EMAIL_LENGTH,
    PhoneField,
    box,
    checkboxes,
    chosen_and_typed,
    interpreter_field,
    interpreter_other_field,
    language,
    missing_language,
    offer_languages,
)
from clinic_site.clinic import ACCESS
from clinic_site.clinic_yaml import get_clinic
from clinic_site.forms import LineField

MISSING = "Enter the last four digits of your phone number"
TOO_SHORT = "Enter four digits. If you gave us no phone number, enter your whole e-mail address"
CHOOSE_TIME = "Choose a time"
WRONG = (
    "This does not match your request. Enter the end of the number as you typed it in the form. "
    "If you may have mistyped it, call an office"
)
WRONG_ADDRESS = (
    "This does not match your request. If you gave a phone number, enter its last four digits. If you gave none, enter "
    "the e-mail address as you typed it in the form. If you may have mistyped it, call an office"
)


class PatientForm(forms.Form):
    use_required_attribute = False
    unmarked = ("best_times",)  # not "(optional)": no time at all is an answer, too


class ConfirmForm(PatientForm):
    known = LineField(
        label="Last four digits of your phone number",
        short="E-mail address",
        missing=MISSING,
        max_length=EMAIL_LENGTH,
        help_text="If you gave us no phone number with your request, enter your e-mail address instead.",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_known(self) -> str:
        """Refuse what can be neither a number nor an address; it does not count as a wrong try."""
        known: str = self.cleaned_data["known"]
        if "@" not in known and len(last_digits(known)) < DIGITS:
            raise forms.ValidationError(TOO_SHORT, code="short")
        return known

    def confirms(self, stored: ConsultationRequest, now: dt.datetime) -> bool:
        """Return whether a right answer confirms the patient; otherwise the form has errors. Raises TooManyTries.

        The error of a wrong answer is equal for every request and does not tell what is on record.
        """
        if self.is_valid() and not confirm(stored, self.cleaned_data["known"], now):
            self.add_error("known", WRONG_ADDRESS if "@" in self.cleaned_data["known"] else WRONG)
        return not self.errors


class CancelVisitForm(ConfirmForm):
    """Form that cancels the visit, for a patient who confirms in the same step who they are."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)  # of the request as the patient saw it

    def is_outdated(self, stored: ConsultationRequest) -> bool:
        """Return whether the request changed since the patient saw it."""
        return bool(self.cleaned_data["version"] != str(stored.version))

    def rebound_to(self, stored: ConsultationRequest) -> Self:
        """Return the form for the request as it is now, with the typed values."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        return type(self)(typed | {"version": str(stored.version)})


class MoveVisitForm(CancelVisitForm):
    """Form that moves the visit. The page draws the radio buttons, in groups by day."""

    time = forms.CharField(
        error_messages={"required": CHOOSE_TIME},
        widget=forms.RadioSelect,  # so that the error links to the first radio button
    )
    field_order = ["time", "known"]


class Change(PatientForm):
    """Form of a change to `stored`, the request as it is now; `post` is what was sent, None for a new form.

    `step` is the word in the post, and in the address of the page that confirms the change.
    """

    step: ClassVar[str]
    version = forms.CharField(required=False, widget=forms.HiddenInput)  # of the request as the patient saw it

    def __init__(self, stored: ConsultationRequest, post: QueryDict | None = None) -> None:
        super().__init__(post, initial=self.values_of(stored))
        self.stored = stored
        self.post = post or QueryDict()

    @staticmethod
    def values_of(stored: ConsultationRequest) -> dict[str, Any]:
        return {"version": str(stored.version)}

    @property
    def is_stale(self) -> bool:
        """Whether the request changed since the patient saw it."""
        return self.post.get("version") != str(self.stored.version)

    @property
    def changes_nothing(self) -> bool:
        """Whether a valid form changes nothing."""
        return False

    def rebound_to(self, stored: ConsultationRequest) -> "Change":
        """Return the form for the request as it is now, with the typed values."""
        post = self.post.copy()
        post["version"] = str(stored.version)
        return type(self)(stored, post)

    def apply(self, now: dt.datetime) -> None:
        """Make the change of a valid form. Raises RefusedStep."""


class ChangesForm(Change):
    """Form of number and good times. An empty number leaves the stored one; without a stored one none can be added."""

    step = "changes"

    phone = PhoneField(
        label="New phone number",
        help_text="Leave it empty to keep the number we have. With area code. "
        "What you agreed to about calls, voicemail, and texts then holds for the new number.",
    )
    best_times = checkboxes("When is a good time?", BestTime.choices)
    times_before = forms.CharField(required=False, widget=forms.HiddenInput)  # to see whether the patient changed them

    def __init__(self, stored: ConsultationRequest, post: QueryDict | None = None) -> None:
        super().__init__(stored, post)
        if not stored.phone:  # there are no consents for a number
            del self.fields["phone"]

    @staticmethod
    def values_of(stored: ConsultationRequest) -> dict[str, Any]:
        times = stored.best_times
        return Change.values_of(stored) | {"best_times": times, "times_before": " ".join(times)}

    @property
    def changes_nothing(self) -> bool:
        phone, stored = self.cleaned_data.get("phone"), self.stored
        same_phone = phone is None or (phone.number, phone.extension) == (stored.phone, stored.phone_extension)
        return same_phone and self.cleaned_data["best_times"] == stored.best_times

    def rebound_to(self, stored: ConsultationRequest) -> Change:
        """Return the form; unchanged times become those on record now."""
        form = super().rebound_to(stored)
        if " ".join(self.post.getlist("best_times")) == self.post.get("times_before"):
            form.post.setlist("best_times", stored.best_times)
        form.post["times_before"] = " ".join(stored.best_times)
        return type(self)(stored, form.post)

    def apply(self, now: dt.datetime) -> None:
        with transaction.atomic():  # both changes or none
            if phone := self.cleaned_data.get("phone"):
                corrections.correct_phone(self.stored, phone, now)
            corrections.change_times(self.stored, self.cleaned_data["best_times"], now)


class NeedsForm(Change):
    """Form of the language and access needs."""

    step = "needs"
    shown: ClassVar[tuple[str, ...]] = ("interpreter", "interpreter_other", "access", "access_note")

    interpreter = interpreter_field()
    interpreter_other = interpreter_other_field()
    access = checkboxes("Access needs", ACCESS.items())
    access_note = LineField(label="Other access needs", short="Access needs")

    def __init__(self, stored: ConsultationRequest, post: QueryDict | None = None) -> None:
        super().__init__(stored, post)
        self.auto_id = "id_needs_%s"  # the page may show the good times and the version twice
        offer_languages(self.fields["interpreter"], get_clinic())

    @staticmethod
    def values_of(stored: ConsultationRequest) -> dict[str, Any]:
        chosen, typed = chosen_and_typed(stored.interpreter, get_clinic())
        needs = {"access": stored.access, "access_note": stored.access_note}
        return Change.values_of(stored) | {"interpreter": chosen, "interpreter_other": typed} | needs

    def clean(self) -> dict[str, Any]:
        for field, message in missing_language(self.cleaned_data):
            self.add_error(field, message)
        return self.cleaned_data

    @property
    def before(self) -> list[tuple[str, str]]:
        """Hidden values of the page: the answers as it shows them, to see which of them the patient changed."""
        names = [f"{name}_before" for name in self.shown]
        if self.is_bound:
            return [(name, value) for name in names for value in self.post.getlist(name)]
        values = self.values_of(self.stored)
        return [(f"{name}_before", value) for name in self.shown for value in _listed(values[name])]

    @property
    def needs(self) -> tuple[str, list[str], str]:
        """Interpreter, access and its note as a request stores them."""
        return language(self.cleaned_data), self.cleaned_data["access"], self.cleaned_data["access_note"]

    @property
    def changes_nothing(self) -> bool:
        return self.needs == (self.stored.interpreter, self.stored.access, self.stored.access_note)

    def rebound_to(self, stored: ConsultationRequest) -> "NeedsForm":
        """Return the form; unchanged answers become those on record now."""
        form, values = super().rebound_to(stored), self.values_of(stored)
        for name in self.shown:
            now = _listed(values[name])
            if self.post.getlist(name) == self.post.getlist(f"{name}_before"):
                form.post.setlist(name, now)
            form.post.setlist(f"{name}_before", now)
        return type(self)(stored, form.post)

    def apply(self, now: dt.datetime) -> None:
        corrections.change_needs(self.stored, *self.needs, now)


class PrepareForm(NeedsForm):
    """Form of everything that the clinic may have to prepare, good times included: asked once, after sending."""

    step = "prepare"
    shown = (*NeedsForm.shown, "best_times")

    best_times = checkboxes("When is a good time?", BestTime.choices)

    @staticmethod
    def values_of(stored: ConsultationRequest) -> dict[str, Any]:
        return NeedsForm.values_of(stored) | {"best_times": stored.best_times}

    @property
    def changes_nothing(self) -> bool:
        return super().changes_nothing and self.cleaned_data["best_times"] == self.stored.best_times

    def apply(self, now: dt.datetime) -> None:
        with transaction.atomic():  # both changes or none
            super().apply(now)
            corrections.change_times(self.stored, self.cleaned_data["best_times"], now)


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


class WithdrawForm(Change):
    step = "withdrawn"

    sure = box("Yes, take it back", "Tick the box to say that you want to take your request back")

    def apply(self, now: dt.datetime) -> None:
        workflow.transition(self.stored, Status.WITHDRAWN, "", now)


FORMS: dict[str, type[Change]] = {form.step: form for form in (ChangesForm, NeedsForm, PrepareForm, WithdrawForm)}
