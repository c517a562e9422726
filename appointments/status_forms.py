"""The forms of the patient's own page: one to confirm who they are, and one for each thing they may change."""

import datetime as dt

from django import forms

from appointments import fields, workflow
from appointments.choices import BestTime, Status
from appointments.identity import DIGITS, last_digits
from appointments.models import ConsultationRequest

MISSING = "Enter the last four digits of your phone number"
TOO_SHORT = "Enter four digits. If you gave us no phone number, enter your whole e-mail address"
WRONG = "This does not match your request. Check what you entered, and try again"


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


class PhoneForm(PatientForm):
    step = "phone"
    again = True

    phone = fields.PhoneField(
        label="New phone number",
        missing="Enter your new phone number",
        help_text="With area code. What you agreed to about calls, voicemail, and texts then holds for this number.",
    )

    def apply(self, request: ConsultationRequest, now: dt.datetime) -> None:
        workflow.correct_phone(request, self.cleaned_data["phone"], now)


class TimesForm(PatientForm):
    step = "times"
    again = True

    best_times = fields.checkboxes("When is a good time?", BestTime.choices)

    def apply(self, request: ConsultationRequest, now: dt.datetime) -> None:
        workflow.change_times(request, self.cleaned_data["best_times"], now)


class WithdrawForm(PatientForm):
    step = "withdrawn"
    again = False  # the desk has just acted: the patient should see that before they decide

    sure = fields.box("Yes, take it back", "Tick the box to say that you want to take your request back")

    def apply(self, request: ConsultationRequest, now: dt.datetime) -> None:
        workflow.transition(request, Status.WITHDRAWN, "", now)


# Each has `step`, the word in the post and in the address of the page that says it is saved; `apply`, which raises
# RefusedStep; and `again`: whether to apply it once more, to the request as it is now, when the desk was faster.
Change = PhoneForm | TimesForm | WithdrawForm
FORMS: dict[str, type[Change]] = {each.step: each for each in (PhoneForm, TimesForm, WithdrawForm)}
