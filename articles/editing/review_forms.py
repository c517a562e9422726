"""What each step of a review needs to be told, and the sentences for what is missing."""

from typing import Any

from django import forms

from articles.editing.sign_off import CHANGED, LONGEST_NOTE, NO_NOTE

NOT_TICKED = "Tick the box to say that you have read the text and stand behind it"
TOO_LONG = f"Keep the note to {LONGEST_NOTE} characters"


class NoteField(forms.CharField):
    """A few sentences for colleagues."""

    def __init__(self, **kwargs: Any) -> None:
        errors = {"max_length": TOO_LONG, "required": NO_NOTE}
        widget = forms.Textarea({"rows": 4})
        super().__init__(max_length=LONGEST_NOTE, widget=widget, error_messages=errors, **kwargs)

    def to_python(self, value: Any) -> str | None:
        """Browsers send two characters for the end of a line, and count one."""
        text = super().to_python(value)
        return text and text.replace("\r\n", "\n")


class StepForm(forms.Form):
    """A step in the review of a text; `seen` is the hash of what the page showed."""

    use_required_attribute = False  # what is missing is told in our words
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{type(self).__name__.lower()}-%s", **kwargs)  # many forms on one page
        self.fields["seen"].error_messages["max_length"] = CHANGED


class AskForm(StepForm):
    note = NoteField(
        label="Note to the reviewer (optional)", required=False, help_text="What you are unsure of, or what is new."
    )
    typing_fix = forms.BooleanField(
        label="Only a typing slip was mended since it was signed; no meaning changed", required=False
    )


class SignForm(StepForm):
    agreed = forms.BooleanField(error_messages={"required": NOT_TICKED})


class TypingFixForm(StepForm):
    pass


class SendBackForm(StepForm):
    note = NoteField(label="What must change", help_text="The editors read it here.")
