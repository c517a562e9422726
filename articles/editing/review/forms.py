"""Forms for the steps of a review, and their error messages."""

from typing import Any

from django import forms

from articles.editing.review.sign_off import CHANGED, LONGEST_NOTE, NO_NOTE
from clinic_site.forms import NoteField

NOT_TICKED = "Tick the box to say that you have read the text and stand behind it"


class ReviewStepForm(forms.Form):
    """A step in the review of a text; `seen` is the hash of what the page showed."""

    use_required_attribute = False  # our own messages say what is missing
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(
            data, auto_id=f"{type(self).__name__.lower()}-%s", **kwargs
        )  # unique ids: several forms on one page
        self.fields["seen"].error_messages["max_length"] = CHANGED


class AskForm(ReviewStepForm):
    note = NoteField(
        label="Note to the reviewer (optional)",
        short="The note",
        max_length=LONGEST_NOTE,
        help_text="What you are unsure of, or what is new.",
        widget=forms.Textarea({"rows": 4}),
    )
    typing_fix = forms.BooleanField(
        label="Only a typing slip was mended since it was signed; no meaning changed", required=False
    )


class SignForm(ReviewStepForm):
    agreed = forms.BooleanField(error_messages={"required": NOT_TICKED})


class TypingFixForm(ReviewStepForm):
    pass


class SendBackForm(ReviewStepForm):
    note = NoteField(
        label="What must change",
        short="The note",
        max_length=LONGEST_NOTE,
        missing=NO_NOTE,
        help_text="The editors read it here.",
        widget=forms.Textarea({"rows": 4}),
    )
