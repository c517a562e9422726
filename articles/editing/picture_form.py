"""The form by which a picture is uploaded."""

import re
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import slugify

from articles.editing.picture_files import is_taken
from articles.editing.safe_pictures import MAX_BYTES, TOO_HEAVY, PictureRefusedError, SafePicture, make_safe
from articles.pictures import NAME_LENGTH
from clinic_site.content_files import SLUG

NO_PICTURE = "Choose a picture"
NO_NAME = "Give the picture a name of small letters, digits and hyphens, like walking-path"
TOO_LONG = f"The name must have {NAME_LENGTH} characters or fewer"
TAKEN = "There is a picture called “{name}” already. Choose another name, like {free}"
NUMBERED = re.compile(r"(.*)-[0-9]+")


class PictureForm(forms.Form):
    """Once it is valid, `picture` and `name` in cleaned_data are what can be stored."""

    use_required_attribute = False  # what is missing is told in our words

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
        """`root`: the content folder."""
        super().__init__(*args, **kwargs)
        self.root = root

    def clean_picture(self) -> SafePicture:
        uploaded: UploadedFile[Any] = self.cleaned_data["picture"]
        if (uploaded.size or 0) > MAX_BYTES:  # before all of it is taken into memory
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
        """The sentence about a name that another picture has, with one that is free."""
        numbered = NUMBERED.fullmatch(name)
        stem = (numbered[1] if numbered else name)[: NAME_LENGTH - 5]
        number = 2
        while is_taken(f"{stem}-{number}", self.root):
            number += 1
        return TAKEN.format(name=name, free=f"{stem}-{number}")

    def _suggested(self) -> str:
        """A name made from the file's own."""
        uploaded = self.files.get("picture")
        stem = Path((uploaded.name if uploaded else None) or "").stem
        return slugify(stem.replace("_", "-"))[:NAME_LENGTH].strip("-")
