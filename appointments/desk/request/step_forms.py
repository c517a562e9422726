"""Forms of the desk's steps, and the sentences for what is missing."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.contrib.auth import get_user_model

from appointments.choices import Attempt, DeclineReason, Status
from appointments.models import NOTE_LENGTH, ConsultationRequest
from appointments.references import normalise
from clinic_site.database.group_permissions import FRONT_DESK
from clinic_site.forms import NoteField

OUT_OF_DATE = "Nothing was changed. Look at the request as it is now, then take the step again"
NOT_OFFERED = "Choose one of the steps on this page"
NO_REASON = "Choose why the request is declined"
NO_COLLEAGUE = "Choose a colleague from the list"
NO_TEXT = "Write the note before you add it"
FORM_OF_ITS_OWN = (Status.DECLINED, Status.SCHEDULED)
MOVES = [(status.value, status.label) for status in Status if status not in FORM_OF_ITS_OWN]


def one_message(message: str) -> dict[str, str]:
    """Return error messages with one sentence for every kind of error."""
    return dict.fromkeys(("required", "invalid", "invalid_choice"), message)


class StepForm(forms.Form):
    """Form of a step on `obj`, the stored request, by the user `actor`.

    `typed` are the values posted with another step of the page, shown again if that step is refused.
    """

    use_required_attribute = False  # missing answers get our own messages

    def __init__(
        self, data: Any = None, *, obj: ConsultationRequest, actor: str, typed: Mapping[str, Any] | None = None
    ) -> None:
        initial = {**self.values_of(obj), **(typed or {})}
        super().__init__(data, initial=initial, auto_id=f"{type(self).__name__.lower()}-%s")  # unique on the page
        self.obj = obj
        self.actor = actor

    @staticmethod
    def values_of(obj: ConsultationRequest) -> dict[str, Any]:
        """Return the initial values of the fields."""
        return {}


def note_field() -> NoteField:
    return NoteField(
        label="Add a note",
        short="Note",
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        help_text=f"Up to {NOTE_LENGTH:,} characters. No health details. The buttons above add it, too.",
    )


class VersionForm(StepForm):
    """Form of a step that changes the request, bound to the version that the page showed.

    `text` is a note that may be in its box when the step is taken.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=one_message(OUT_OF_DATE))
    text = note_field()


class AttemptForm(VersionForm):
    outcome = forms.ChoiceField(
        choices=Attempt.choices, widget=forms.HiddenInput, error_messages=one_message(NOT_OFFERED)
    )


class MoveForm(VersionForm):
    to = forms.ChoiceField(choices=MOVES, widget=forms.HiddenInput, error_messages=one_message(NOT_OFFERED))


class DeclineForm(VersionForm):
    because = forms.ChoiceField(
        label="Reason for declining",
        choices=[("", "Choose a reason"), *DeclineReason.choices],
        error_messages=one_message(NO_REASON),
    )


class AssignForm(VersionForm):
    colleague = forms.ChoiceField(label="Colleague", error_messages=one_message(NO_COLLEAGUE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted({self.actor, *front_desk()})
        choices = [("", "Choose a colleague"), *((name, name) for name in names)]
        cast("forms.ChoiceField", self.fields["colleague"]).choices = choices


def front_desk() -> list[str]:
    """Return the user names of those who work at the desk."""
    desk = get_user_model().objects.filter(is_active=True, groups__name=FRONT_DESK)
    return [user.get_username() for user in desk]


class NoteForm(StepForm):
    """Form of a note. Notes are only added, so a page that is out of date may add one."""

    text = note_field()

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(NO_TEXT)
        return text


class JoinForm(VersionForm):
    """Form to join two requests; `version` is that of the newer one, which changes."""

    other = forms.ModelChoiceField(
        ConsultationRequest.objects.all(), widget=forms.HiddenInput, error_messages=one_message(NOT_OFFERED)
    )


class EraseForm(StepForm):
    reference = forms.CharField(required=False, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].label = f"Type {self.obj.reference} to erase it"

    def clean_reference(self) -> str:
        """Check the reference, however it is typed: it proves that somebody means this request."""
        if normalise(self.cleaned_data["reference"]) != self.obj.reference:
            raise forms.ValidationError(f"Type {self.obj.reference} to erase this request")
        return self.obj.reference
