"""The form of a shared file: its text, and a checkbox if other pages include it."""

from typing import Any

from django import forms

from clinic_site.forms import LineField

WHY_LENGTH = 200
TICK = "Tick the box to say that you mean it: the passage changes on every page that carries it."


class SharedFileForm(forms.Form):
    use_required_attribute = False
    unmarked = ("text",)  # not marked as optional

    text = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 24, "spellcheck": "true", "class": "desk-source"}),
    )
    why = LineField(label="Why", short="“Why”", max_length=WHY_LENGTH, help_text="A few words for the history.")
    meant = forms.BooleanField(error_messages={"required": TICK})

    def __init__(self, pages: int, data: Any = None, **kwargs: Any) -> None:
        """Build the form for a text that `pages` pages include."""
        super().__init__(data, **kwargs)
        if pages:
            where = "this page" if pages == 1 else f"all {pages} pages"
            self.fields["meant"].label = f"Change the passage on {where}"
        else:
            del self.fields["meant"]

    def clean_text(self) -> str:
        """Return the text with line breaks of one kind: browsers send two characters for each."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")
