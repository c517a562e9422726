"""What each step at the desk needs to be told, and the sentences for what is missing."""

from typing import Any, cast

from django import forms
from django.contrib.auth import get_user_model

from appointments.choices import Attempt, DeclineReason, Status
from appointments.fields import NoteField
from appointments.models import NOTE_LENGTH, ConsultationRequest
from appointments.references import normalise
from clinic_site.groups import FRONT_DESK

OUT_OF_DATE = "Nothing was changed. Look at the request as it is now, then take the step again"
NOT_OFFERED = "Choose one of the steps on this page"
NO_REASON = "Choose why the request is declined"
NO_COLLEAGUE = "Choose a colleague from the list"
NO_TEXT = "Write the note before you add it"
MOVES = [(status.value, status.label) for status in Status if status != Status.DECLINED]


def told(message: str) -> dict[str, str]:
    """One sentence, whatever is wrong with the value."""
    return dict.fromkeys(("required", "invalid", "invalid_choice"), message)


class StepForm(forms.Form):
    """A step towards `obj`, the request as it is stored, by the user `actor`."""

    use_required_attribute = False  # what is missing is told in our words

    def __init__(self, data: Any = None, *, obj: ConsultationRequest, actor: str) -> None:
        super().__init__(data, auto_id=f"{type(self).__name__.lower()}-%s")  # many forms on one page
        self.obj = obj
        self.actor = actor


def note_field() -> NoteField:
    return NoteField(
        label="Add a note",
        short="Note",
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        help_text=f"Up to {NOTE_LENGTH:,} characters. No health details. The buttons above add it, too.",
    )


class VersionForm(StepForm):
    """A step that changes the request: it holds for the request as the page showed it.

    `text` is a note that may stand in its box when the step is taken.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=told(OUT_OF_DATE))
    text = note_field()


class AttemptForm(VersionForm):
    outcome = forms.ChoiceField(choices=Attempt.choices, widget=forms.HiddenInput, error_messages=told(NOT_OFFERED))


class MoveForm(VersionForm):
    to = forms.ChoiceField(choices=MOVES, widget=forms.HiddenInput, error_messages=told(NOT_OFFERED))


class DeclineForm(VersionForm):
    because = forms.ChoiceField(
        label="Reason for declining",
        choices=[("", "Choose a reason"), *DeclineReason.choices],
        error_messages=told(NO_REASON),
    )


class AssignForm(VersionForm):
    colleague = forms.ChoiceField(label="Colleague", error_messages=told(NO_COLLEAGUE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted({self.actor, *front_desk()})
        choices = [("", "Choose a colleague"), *((name, name) for name in names)]
        cast("forms.ChoiceField", self.fields["colleague"]).choices = choices


def front_desk() -> list[str]:
    """The user names of those who work at the desk."""
    desk = get_user_model().objects.filter(is_active=True, groups__name=FRONT_DESK)
    return [user.get_username() for user in desk]


class NoteForm(StepForm):
    """Notes are only ever added, so one from a page that is out of date is as welcome."""

    text = note_field()

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(NO_TEXT)
        return text


class JoinForm(VersionForm):
    """`version` is that of the newer one of the two: it is the one that changes."""

    other = forms.ModelChoiceField(
        ConsultationRequest.objects.all(), widget=forms.HiddenInput, error_messages=told(NOT_OFFERED)
    )


class EraseForm(StepForm):
    reference = forms.CharField(required=False, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].label = f"Type {self.obj.reference} to erase it"

    def clean_reference(self) -> str:
        """However it is typed. It proves that somebody means this request, not another."""
        if normalise(self.cleaned_data["reference"]) != self.obj.reference:
            raise forms.ValidationError(f"Type {self.obj.reference} to erase this request")
        return self.obj.reference
