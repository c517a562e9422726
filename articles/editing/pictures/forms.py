"""The form to upload a picture."""

import re
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import slugify

from articles.content.pictures import NAME_LENGTH
from articles.editing.pictures.sanitize import MAX_BYTES, TOO_HEAVY, PictureRefusedError, SafePicture, make_safe
from articles.editing.pictures.storage import is_taken
from clinic_site.content.files import SLUG

NO_PICTURE = "Choose a picture"
NO_NAME = "Give the picture a name of small letters, digits and hyphens, like walking-path"
TOO_LONG = f"The name must have {NAME_LENGTH} characters or fewer"
TAKEN = "There is a picture called “{name}” already. Choose another name, like {free}"
NUMBERED = re.compile(r"(.*)-[0-9]+")


class PictureForm(forms.Form):
    """A picture and its name. In cleaned_data, `picture` and `name` are ready to be stored."""

    use_required_attribute = False  # our own messages say what is missing
    unmarked = ()  # every optional field is marked as optional

    picture = forms.FileField(
        label="Picture",
        error_messages={"required": NO_PICTURE, "empty": "This file is empty. Choose another", "invalid": NO_PICTURE},
        help_text="JPEG, PNG or WebP, up to 10 MB. Where and with what it was taken is removed before it is kept. "
        "Upload no picture of a patient.",
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    name = forms.CharField(
        label="Name",
        required=False,
        help_text="Small letters, digits and hyphens. Readers can see it. Left empty, it is made from the file’s name.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, root: Path, *args: Any, **kwargs: Any) -> None:
        """Check names against the content folder `root` and the database."""
        super().__init__(*args, **kwargs)
        self.root = root

    def clean_picture(self) -> SafePicture:
        uploaded: UploadedFile[Any] = self.cleaned_data["picture"]
        if (uploaded.size or 0) > MAX_BYTES:  # checked before the file is read into memory
            raise forms.ValidationError(TOO_HEAVY)
        try:
            return make_safe(uploaded.read())
        except PictureRefusedError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_name(self) -> str:
        typed = str(self.cleaned_data["name"])
        name = typed or self._suggested()
        if len(name) > NAME_LENGTH:
            raise forms.ValidationError(TOO_LONG)
        if not SLUG.fullmatch(name):
            raise forms.ValidationError(NO_NAME)
        if is_taken(name, self.root):
            raise forms.ValidationError(self.taken(name))
        return name

    def taken(self, name: str) -> str:
        """Return the error for a name that is taken, with a free name."""
        numbered = NUMBERED.fullmatch(name)
        stem = (numbered[1] if numbered else name)[: NAME_LENGTH - 5]
        number = 2
        while is_taken(f"{stem}-{number}", self.root):
            number += 1
        return TAKEN.format(name=name, free=f"{stem}-{number}")

    def _suggested(self) -> str:
        """Return a name made from the file's name."""
        uploaded = self.files.get("picture")
        stem = Path((uploaded.name if uploaded else None) or "").stem
        return slugify(stem.replace("_", "-"))[:NAME_LENGTH].strip("-")
