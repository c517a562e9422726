"""Forms for a new article and for a new address."""

from typing import Any

from django import forms

from articles.editing.addresses.rename import LONGEST_SLUG, why_taken
from articles.library import Library

LONGEST_TITLE = 200
NO_BASE = "Open the page again, then take the step"
SMALL_LETTERS = "Small letters, digits and hyphens, as in “sleep-and-pain”."


def address_field(label: str, help_text: str, missing: str = "") -> forms.CharField:
    """Build the field for an address. `missing` is the error for an empty field; without it the field is optional."""
    widget = forms.TextInput({"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"})
    errors = {"required": missing, "max_length": f"Keep the address to {LONGEST_SLUG} characters"}
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=bool(missing),
        max_length=LONGEST_SLUG,
        widget=widget,
        error_messages=errors,
    )


class AddressForm(forms.Form):
    use_required_attribute = False  # our own messages say what is missing

    def __init__(self, *args: Any, library: Library, own: str = "", **kwargs: Any) -> None:
        """Check addresses against `library`. `own` is the slug of the article to rename; "" for a new article."""
        super().__init__(*args, **kwargs)
        self.library = library
        self.own = own

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        refusal = why_taken(slug, self.library, self.own) if slug else ""
        if refusal:
            raise forms.ValidationError(refusal)
        return slug


class NewForm(AddressForm):
    unmarked = ("slug",)  # not marked as optional: its hint says so

    title = forms.CharField(
        label="Title",
        help_text="As readers will see it. It can be changed later.",
        max_length=LONGEST_TITLE,
        error_messages={
            "required": "Write a title",
            "max_length": f"Keep the title to {LONGEST_TITLE} characters",
        },
    )
    slug = address_field("Address", f"Leave it empty, and one is made from the title. {SMALL_LETTERS}")


class RenameForm(AddressForm):
    slug = address_field("New address", SMALL_LETTERS, missing="Write the new address")
    base = forms.IntegerField(widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), NO_BASE))
