"""Views of pictures: upload, Markdown to copy, where each picture is used, deletion."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from articles.content.pictures import NAME_LENGTH, PictureFacts, Pictures
from articles.editing.pages.base import go_to, show, user_name
from articles.editing.pictures.sanitize import MAX_BYTES, TOO_HEAVY, PictureRefusedError, SafePicture, make_safe
from articles.editing.pictures.storage import (
    NameTakenError,
    Use,
    delete,
    is_taken,
    pictures_on_disk,
    store,
    stored_pictures,
    sync_files,
    uses,
)
from articles.library import get_library
from articles.models import Picture
from clinic_site.content.files import SLUG

PER_PAGE = 48
STORED = "The picture “{name}” is stored. Copy its line into the text, and say between [ ] what it shows."
DELETED = "The picture “{name}” is deleted."
SHOWN = "Nothing was deleted: a page shows the picture “{name}”."
NOT_WRITTEN = (
    "The change is kept, and this machine cannot write its content folder ({why}). "
    "It shows as soon as that is mended: tell who runs the site."
)
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


@dataclass(frozen=True)
class PictureRow:
    """A picture in the list; `by` is "" for a picture that was copied into the folder."""

    small: PictureFacts
    large: PictureFacts
    uses: list[Use]
    by: str = ""
    at: dt.datetime | None = None

    @property
    def name(self) -> str:
        return self.large.name


def pictures_view(request: HttpRequest) -> HttpResponse:
    root = Path(settings.CONTENT_DIR)
    form = PictureForm(root)
    if request.method == "POST":
        form = PictureForm(root, request.POST, request.FILES)
        if form.is_valid() and _try_to_store(form, request):
            _write_out(root, request, STORED.format(name=form.cleaned_data["name"]))
            return go_to("pictures")
    leaf = Paginator(_list(root), PER_PAGE).get_page(request.GET.get("page"))
    return show(request, "pictures/pictures.html", "Pictures", form=form, leaf=leaf)


def delete_view(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for confirmation, then delete the picture, unless a page shows it."""
    widths = stored_pictures().get(name)
    if widths is None:
        raise Http404
    shown = PictureRow(widths[0], widths[-1], uses(get_library()).get(name, []))
    if request.method == "POST" and not shown.uses:
        delete(name, user_name(request), timezone.now())
        _write_out(Path(settings.CONTENT_DIR), request, DELETED.format(name=name))
        return go_to("pictures")
    error = SHOWN.format(name=name) if request.method == "POST" else ""
    return show(request, "pictures/delete.html", f"Delete “{name}”", picture=shown, error=error)


def _try_to_store(form: PictureForm, request: HttpRequest) -> bool:
    """Store the picture. Return False, with a form error, if the name was taken meanwhile."""
    name = form.cleaned_data["name"]
    try:
        store(name, form.cleaned_data["picture"], user_name(request), timezone.now())
    except NameTakenError:
        form.add_error("name", form.taken(name))
        return False
    return True


def _write_out(root: Path, request: HttpRequest, done: str) -> None:
    """Update the files of this machine. Show the message `done`, or why the update failed."""
    try:
        sync_files(root)
    except OSError as error:
        messages.warning(request, NOT_WRITTEN.format(why=error.strerror))
    else:
        messages.success(request, done)


def _list(root: Path) -> list[PictureRow]:
    """Return the stored pictures, newest first, then those that were copied into the folder, by name."""
    stored, uses_by_name = stored_pictures(), uses(get_library())
    rows = [(row.name, row.by, row.at) for row in Picture.objects.here() if row.name in stored]
    others = _unmanaged(root, stored)
    return [
        *(PictureRow(stored[name][0], stored[name][-1], uses_by_name.get(name, []), by, at) for name, by, at in rows),
        *(PictureRow(widths[0], widths[-1], uses_by_name.get(name, [])) for name, widths in others.items()),
    ]


def _unmanaged(root: Path, stored: Pictures) -> Mapping[str, tuple[PictureFacts, ...]]:
    return {name: widths for name, widths in sorted(pictures_on_disk(root).items()) if name not in stored}
