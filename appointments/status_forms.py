"""The forms of the patient's own page: to confirm who they are, to change something, and to take it all back."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import QueryDict

from appointments import fields, workflow
from appointments.choices import BestTime, Status
from appointments.identity import DIGITS, last_digits
from appointments.models import ConsultationRequest

MISSING = "Enter the last four digits of your phone number"
TOO_SHORT = "Enter four digits. If you gave us no phone number, enter your whole e-mail address"
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
    known = fields.LineField(
        label="Last four digits of your phone number",
        short="E-mail address",
        missing=MISSING,
        max_length=fields.EMAIL_LENGTH,
        help_text="If you gave us no phone number with your request, enter your e-mail address instead.",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_known(self) -> str:
        """What can be neither of the two is told, and is no wrong try."""
        known: str = self.cleaned_data["known"]
        if "@" not in known and len(last_digits(known)) < DIGITS:
            raise forms.ValidationError(TOO_SHORT, code="short")
        return known

    def add_mismatch(self) -> None:
        """The words hold for every request: they do not tell which of the two is on record."""
        self.add_error("known", WRONG_ADDRESS if "@" in self.cleaned_data["known"] else WRONG)


class Change(PatientForm):
    """What a patient may change in `stored`, the request as it is now; `post` is what they sent, None for a new form.

    `step` is the word in the post, and in the address of the page that says it is done.
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
    def is_done(self) -> bool:
        """Whether a valid form asks for nothing that is not so already."""
        return False

    def anew(self, stored: ConsultationRequest) -> "Change":
        """The same form for the request as it is now, with what was typed."""
        post = self.post.copy()
        post["version"] = str(stored.version)
        return type(self)(stored, post)

    def apply(self, now: dt.datetime) -> None:
        """Makes the change of a valid form. Raises RefusedStep."""


class ChangesForm(Change):
    """Number and good times. No number means the one on record; where there is none, none can be added."""

    step = "changes"

    phone = fields.PhoneField(
        label="New phone number",
        help_text="Leave it empty to keep the number we have. With area code. "
        "What you agreed to about calls, voicemail, and texts then holds for the new number.",
    )
    best_times = fields.checkboxes("When is a good time?", BestTime.choices)
    times_before = forms.CharField(required=False, widget=forms.HiddenInput)  # to see whether the patient changed them

    def __init__(self, stored: ConsultationRequest, post: QueryDict | None = None) -> None:
        super().__init__(stored, post)
        if not stored.phone:  # nothing was agreed to for a number
            del self.fields["phone"]

    @staticmethod
    def values_of(stored: ConsultationRequest) -> dict[str, Any]:
        times = stored.best_times
        return Change.values_of(stored) | {"best_times": times, "times_before": " ".join(times)}

    @property
    def is_done(self) -> bool:
        phone, stored = self.cleaned_data.get("phone"), self.stored
        same_phone = phone is None or (phone.number, phone.extension) == (stored.phone, stored.phone_extension)
        return same_phone and self.cleaned_data["best_times"] == stored.best_times

    def anew(self, stored: ConsultationRequest) -> Change:
        """Times that the patient left as they were are those on record now: they never meant to change them."""
        form = super().anew(stored)
        if " ".join(self.post.getlist("best_times")) == self.post.get("times_before"):
            form.post.setlist("best_times", stored.best_times)
        form.post["times_before"] = " ".join(stored.best_times)
        return type(self)(stored, form.post)

    def apply(self, now: dt.datetime) -> None:
        with transaction.atomic():  # both or none
            if phone := self.cleaned_data.get("phone"):
                workflow.correct_phone(self.stored, phone, now)
            workflow.change_times(self.stored, self.cleaned_data["best_times"], now)


class WithdrawForm(Change):
    step = "withdrawn"

    sure = fields.box("Yes, take it back", "Tick the box to say that you want to take your request back")

    def apply(self, now: dt.datetime) -> None:
        workflow.transition(self.stored, Status.WITHDRAWN, "", now)


FORMS: dict[str, type[Change]] = {each.step: each for each in (ChangesForm, WithdrawForm)}
